package wstoken

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func newClient(t *testing.T, server *pepaytest.Server, opts ...wrapper.Option) *wrapper.Client {
	t.Helper()
	client, err := wrapper.New(append([]wrapper.Option{
		wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey()),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestSourceMintsEachTime(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	src := NewSource(newClient(t, server).WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant, TTL: 30 * time.Second})
	first, err1 := src.Token(t.Context())
	second, err2 := src.Token(t.Context())
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if first.Token == second.Token || first.Scope != pepay.WSTokenScopeMerchant || len(server.Requests()) != 2 {
		t.Errorf("got %+v and %+v", first, second)
	}
}

func TestSourceReturnsTheMintsError(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	src := NewSource(newClient(t, server, wrapper.WithAPIKey("unknown-key")).WSTokens, wrapper.MintParams{})
	if _, err := src.Token(t.Context()); !errors.Is(err, wrapper.ErrUnauthorized) {
		t.Errorf("got %v", err)
	}
}

// A token has the life that Pepay gave it, also where our clock is wrong.
func TestSourceCorrectsClockSkew(t *testing.T) {
	t.Parallel()
	for name, skew := range map[string]time.Duration{
		"same": 0, "an hour ahead": time.Hour, "an hour behind": -time.Hour, "a minute ahead": time.Minute, "half a second behind": -500 * time.Millisecond,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := pepaytest.NewServer(t, pepaytest.WithClock(func() time.Time { return time.Now().Add(skew) }))
			token, err := NewSource(newClient(t, server).WSTokens, wrapper.MintParams{TTL: time.Minute}).Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if left := time.Until(token.ExpiresAt.Time); left > 61*time.Second || left < 55*time.Second {
				t.Errorf("by our clock %s are left of a minute", left)
			}
		})
	}
}

func TestClockSkew(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 12, 21, 12, 34, 56, 400e6, time.UTC)
	for date, want := range map[string]time.Duration{
		"":                              0,
		"yesterday":                     0,
		"Sun, 21 Dec 2025 12:34:56 GMT": 0,
		"Sun, 21 Dec 2025 12:34:55 GMT": 0,
		"Sun, 21 Dec 2025 12:34:46 GMT": 9400 * time.Millisecond,
		"Sun, 21 Dec 2025 12:35:06 GMT": -10600 * time.Millisecond,
	} {
		if got := clockSkew(http.Header{"Date": {date}}, now); got != want {
			t.Errorf("%q: got %s, want %s", date, got, want)
		}
	}
}

// A minter need not fill in the captured response.
type fakeMinter struct{}

func (fakeMinter) Mint(context.Context, wrapper.MintParams, ...wrapper.CallOption) (*pepay.WSToken, error) {
	return &pepay.WSToken{Token: "t"}, nil
}

func TestSourceWithAnotherMinter(t *testing.T) {
	t.Parallel()
	if token, err := NewSource(fakeMinter{}, wrapper.MintParams{}).Token(t.Context()); err != nil || token.Token != "t" {
		t.Errorf("got %v, %v", token, err)
	}
}

// Without a Date header, ExpiresAt stays as it is.
func TestSourceWithoutDate(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"success":true,"data":{"token":"t","expires_at":1766320496}}`))
	}))
	defer server.Close()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey("k"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := NewSource(client.WSTokens, wrapper.MintParams{}).Token(t.Context())
	if err != nil || token.ExpiresAt.Unix() != 1766320496 {
		t.Errorf("got %v, %v", token, err)
	}
}

// A Date that cannot be that of the clock by which the token expires is not believed.
func TestSourceWithTheDateOfAProxy(t *testing.T) {
	t.Parallel()
	for _, date := range []string{
		"Thu, 01 Jan 1970 00:00:00 GMT", "Sat, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", time.Now().AddDate(1, 0, 0).UTC().Format(http.TimeFormat), "-1",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", date)
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"success":true,"data":{"token":"t","expires_at":%d}}`, time.Now().Unix()+60)
		}))
		client, err := wrapper.New(wrapper.WithBaseURL(server.URL), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey("k"))
		if err != nil {
			t.Fatal(err)
		}
		token, err := NewCache(NewSource(client.WSTokens, wrapper.MintParams{})).Token(t.Context())
		if err != nil {
			t.Errorf("%s: %v", date, err)
		} else if left := time.Until(token.ExpiresAt.Time); left <= 0 || left > time.Minute {
			t.Errorf("%s: %s are left of a minute", date, left)
		}
		server.Close()
	}
}

// A token that has expired by Pepay's clock has expired, though this machine is an hour behind.
func TestSourceOfAnExpiredToken(t *testing.T) {
	t.Parallel()
	pepays := time.Now().Add(time.Hour)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", pepays.UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"success":true,"data":{"token":"t","expires_at":%d}}`, pepays.Unix()-5)
	}))
	defer server.Close()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey("k"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewCache(NewSource(client.WSTokens, wrapper.MintParams{})).Token(t.Context()); !errors.Is(err, ErrExpiredToken) {
		t.Errorf("got %v, want ErrExpiredToken", err)
	}
}

func TestSourceWithoutAMinter(t *testing.T) {
	t.Parallel()
	if token, err := NewSource(nil, wrapper.MintParams{}).Token(t.Context()); token != nil || !errors.Is(err, errNoMinter) {
		t.Errorf("got %v, %v", token, err)
	}
}
