package pepaytest_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const consoleToken = "a-token-of-this-start"

func newConsole(t *testing.T, opts ...pepaytest.Option) *pepaytest.Server {
	t.Helper()
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "the page at "+r.URL.Path) })
	return pepaytest.NewServer(t, append(opts, pepaytest.WithConsole(consoleToken, page))...)
}

// control asks a control endpoint as the page does. body is JSON or empty.
func control(t *testing.T, s *pepaytest.Server, method, path, body string) reply {
	t.Helper()
	r, err := request(t, s, method, "/_pepaytest/"+path, body, "x-pepaytest-token", consoleToken, "Sec-Fetch-Site", "same-origin", "Origin", s.URL())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// controlled is the data of an answer that has to be a success.
func controlled[T any](t *testing.T, s *pepaytest.Server, method, path, body string) T {
	t.Helper()
	r := control(t, s, method, path, body)
	if r.status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	return decode[struct{ Data T }](t, r).Data
}

func TestConsolePage(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	cases := []struct {
		name, method, path string
		headers            []string
		status             int
		body               string
	}{
		{"the page", "GET", "/console/", nil, 200, "the page at /console/"},
		{"a file of it", "GET", "/console/static/a.js?v=1", nil, 200, "the page at /console/static/a.js"},
		{"its head", "HEAD", "/console/", nil, 200, ""},
		{"without the slash", "GET", "/console", nil, 302, ""},
		{"a link from elsewhere", "GET", "/console/", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://docs.example"}, 200, "the page"},
		{"another host", "GET", "/console/", []string{"Host", "evil.example"}, 421, "HOST_NOT_ALLOWED"},
		{"writing", "POST", "/console/", nil, 405, "METHOD_NOT_ALLOWED"},
		{"a question about it", "OPTIONS", "/console/", []string{"Origin", "https://evil.example"}, 405, "METHOD_NOT_ALLOWED"},
		{"a name that begins alike", "GET", "/consolex", nil, 404, "NOT_FOUND"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := request(t, s, tc.method, tc.path, "", tc.headers...)
			if err != nil || r.status != tc.status || !strings.Contains(r.body, tc.body) {
				t.Errorf("%d %q (%v), want %d %q", r.status, r.body, err, tc.status, tc.body)
			}
			if r.header.Get("Access-Control-Allow-Origin") != "" {
				t.Error("other origins may read it")
			}
		})
	}
	t.Cleanup(func() {
		if got := s.Requests(); len(got) != 1 || got[0].Path != "/consolex" {
			t.Errorf("recorded %v, want the one that is not for the page", got)
		}
	})
}

func TestConsoleIsOff(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	for _, headers := range [][]string{{"x-pepaytest-token", ""}, {"x-pepaytest-token", consoleToken}} {
		r, err := request(t, s, http.MethodGet, "/_pepaytest/state", "", headers...)
		if err != nil || r.status != http.StatusUnauthorized {
			t.Errorf("%d %s (%v)", r.status, r.body, err)
		}
	}
	if r, err := request(t, s, http.MethodGet, "/console/", ""); err != nil || r.status != http.StatusNotFound {
		t.Errorf("%d %s (%v)", r.status, r.body, err)
	}
}

func TestWithConsoleRefuses(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]pepaytest.Option{
		"no token":           pepaytest.WithConsole("", http.NotFoundHandler()),
		"a space":            pepaytest.WithConsole("a b", http.NotFoundHandler()),
		"a line break":       pepaytest.WithConsole("a\nb", http.NotFoundHandler()),
		"another alphabet":   pepaytest.WithConsole("ключ", http.NotFoundHandler()),
		"no page":            pepaytest.WithConsole("token", nil),
		"the secret's quote": pepaytest.WithConsole(pepay.Secret("canary-1 2"), http.NotFoundHandler()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := pepaytest.Start("", option); err == nil || !strings.Contains(err.Error(), "WithConsole") || strings.Contains(err.Error(), "canary") {
				t.Errorf("%v", err)
			}
		})
	}
}

// The page sends the token with every question, and needs no key.
func ExampleWithConsole() {
	token := pepay.Secret(rand.Text())
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "<!doctype html><meta name=token content=%s>", token.Reveal())
	})
	server, err := pepaytest.Start("", pepaytest.WithConsole(token, page))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()

	req, err := http.NewRequest(http.MethodGet, server.URL()+"/_pepaytest/state", http.NoBody)
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("x-pepaytest-token", token.Reveal())
	resp, err := server.Client().Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()
	fmt.Println(resp.Status)
	// Output: 200 OK
}

func TestControlState(t *testing.T) {
	t.Parallel()
	s := newConsole(t, pepaytest.WithClock(fixedClock))
	createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	openMerchant(t, s, "")
	s.AddWebhook("http://127.0.0.1:1/", "secret", "test.ping")
	s.Advance(1500_000_000)
	state := controlled[struct {
		Clock struct {
			Now      int64 `json:"now"`
			OffsetMS int64 `json:"offset_ms"`
		}
		Environment string
		Counts      map[string]int
		StartedAt   int64 `json:"started_at"`
	}](t, s, http.MethodGet, "state", "")
	if want := fixedClock().UnixMilli() + 1500; state.Clock.Now != want || state.Clock.OffsetMS != 1500 || state.Environment != "devnet" || state.StartedAt == 0 {
		t.Errorf("%+v, want now %d", state, want)
	}
	want := map[string]int{"invoices": 1, "orders": 0, "events": 1, "requests": 2, "endpoints": 1, "streams": 1}
	if sprint(state.Counts) != sprint(want) {
		t.Errorf("%v, want %v", state.Counts, want)
	}
}
