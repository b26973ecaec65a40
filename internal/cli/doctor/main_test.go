package doctor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

// canary is part of every key, secret and password of the tests. No finding may have it.
const canary = "canary_5b1f0c7de9"

// patience bounds what has to work; impatience what is meant to time out.
const (
	patience   = 30 * time.Second
	impatience = 2 * time.Second
)

// config is for one merchant's key at an address.
func config(t *testing.T, address string, keys ...string) Config {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := wrapper.New(wrapper.WithAPIKey("none"), wrapper.WithBaseURL(address), wrapper.WithRetry(wrapper.RetryPolicy{}),
		wrapper.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Version: "1.2.3", Timeout: patience, Client: client, Transport: transport,
		API:     Address{URL: client.BaseURL(), From: "from a test", Setting: "PEPAY_API_URL"},
		Streams: Address{URL: client.StreamURL(), From: "from a test", Setting: "PEPAY_WS_URL"},
	}
	for _, value := range keys {
		key := Key{Name: "PEPAY_API_KEY", From: "from a test", Value: pepay.Secret(value), CommerceOnly: strings.HasPrefix(value, "ck_")}
		option := wrapper.WithAPIKey
		if key.CommerceOnly {
			key.Name, option = "PEPAY_COMMERCE_API_KEY", wrapper.WithCommerceAPIKey
		}
		if key.Client, err = client.With(option(value)); err != nil {
			t.Fatal(err)
		}
		c.Keys = append(c.Keys, key)
	}
	return c
}

const (
	merchantKey = "pk_" + canary
	commerceKey = "ck_" + canary
)

// simulator knows both keys.
func simulator(t *testing.T, opts ...pepaytest.Option) *pepaytest.Server {
	t.Helper()
	return pepaytest.NewServer(t, append([]pepaytest.Option{
		pepaytest.WithKey(merchantKey, pepaytest.Key{}),
		pepaytest.WithKey(commerceKey, pepaytest.Key{Scope: pepay.WSTokenScopeCommerce}),
	}, opts...)...)
}

// reports are what the checks found, in order.
type reports []Report

func run(t *testing.T, c Config) reports {
	t.Helper()
	var all reports
	secrets := []string{merchantKey, commerceKey, signingSecret}
	err := Run(t.Context(), Checks(c), c.Timeout, secrets, func(string) {}, func(r Report) error {
		all = append(all, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if text := all.String(); strings.Contains(text, canary) {
		t.Errorf("a secret is shown:\n%s", text)
	}
	return all
}

func (all reports) String() string {
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "%-7s %s.%s: %s\n", r.Status, r.Group.ID, r.ID, r.Text)
		for _, line := range r.Advice {
			fmt.Fprintf(&b, "        → %s\n", line)
		}
	}
	return b.String()
}

// want checks how a check ended, and what it says: every text is in its finding or advice.
func (all reports) want(t *testing.T, id string, status Status, texts ...string) {
	t.Helper()
	at := slices.IndexFunc(all, func(r Report) bool { return r.Group.ID+"."+r.ID == id })
	if at < 0 {
		t.Fatalf("there is no check %s:\n%s", id, all)
	}
	r := all[at]
	if r.Status != status {
		t.Errorf("%s is %s, want %s:\n%s", id, r.Status, status, all)
	}
	said := strings.Join(append([]string{r.Text}, r.Advice...), "\n")
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("%s does not say %q:\n%s", id, text, said)
		}
	}
	if status == Failed && len(r.Advice) == 0 {
		t.Errorf("%s failed and says not what to do: %s", id, r.Text)
	}
}

// wantOnly checks that nothing else failed, or was a warning.
func (all reports) wantOnly(t *testing.T, ids ...string) {
	t.Helper()
	for _, r := range all {
		if id := r.Group.ID + "." + r.ID; (r.Status == Failed || r.Status == Warning) != slices.Contains(ids, id) {
			t.Errorf("%s is %s:\n%s", id, r.Status, all)
		}
	}
}

func (all reports) refused() bool {
	return slices.ContainsFunc(all, func(r Report) bool { return r.Refused })
}

// before puts a reverse proxy before a server.
func before(t *testing.T, address string, request func(*http.Request), response func(*http.Response)) string {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			if request != nil {
				request(r.Out)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if response != nil {
				response(r)
			}
			return nil
		},
	})
	t.Cleanup(func() {
		proxy.Close()
		transport.CloseIdleConnections()
	})
	return proxy.URL
}

// serve answers everything with a handler.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

const signingSecret = "whsec_" + canary

// signedPing is a signed test.ping.
func signedPing(secret pepay.Secret, at time.Time) (string, http.Header, []byte, error) {
	id := fmt.Sprintf("evt_%d-%d", at.UnixMilli(), at.Nanosecond())
	body, err := json.Marshal(map[string]any{"id": id, "object": "event", "type": "test.ping", "created": at.Unix(), "data": map[string]any{"object": map[string]any{}}})
	return id, webhook.Sign(secret, at, body), body, err
}
