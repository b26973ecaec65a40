package wrapper

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

func TestEnvironment(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		opts []Option
		want string // two keys, bearer, base URL, stream URL
	}{
		{"nothing", nil, nil, "- - - https://api-beta.pepay.io wss://api-beta.pepay.io"},
		{"empty is unset", map[string]string{"PEPAY_API_KEY": "", "PEPAY_API_URL": "", "PEPAY_WS_URL": ""}, nil, "- - - https://api-beta.pepay.io wss://api-beta.pepay.io"},
		{"everything", map[string]string{"PEPAY_API_KEY": "mk", "PEPAY_COMMERCE_API_KEY": "ck", "PEPAY_JWT": "jwt", "PEPAY_API_URL": "http://127.0.0.1:3000", "PEPAY_WS_URL": "wss://ws.example"}, nil,
			"mk ck jwt http://127.0.0.1:3000 wss://ws.example"},
		{"stream follows base", map[string]string{"PEPAY_API_URL": "http://127.0.0.1:3000"}, nil, "- - - http://127.0.0.1:3000 ws://127.0.0.1:3000"},
		{"options win", map[string]string{"PEPAY_API_KEY": "mk", "PEPAY_API_URL": "http://127.0.0.1:3000", "PEPAY_WS_URL": "wss://ws.example"},
			[]Option{WithAPIKey("own"), WithBaseURL("https://api.example"), WithStreamURL("ws://localhost:1")}, "own - - https://api.example ws://localhost:1"},
		{"own base URL decides about streams", map[string]string{"PEPAY_WS_URL": "wss://ws.example"}, []Option{WithBaseURL("https://api.example/v")}, "- - - https://api.example/v wss://api.example/v"},
		{"both own", map[string]string{"PEPAY_WS_URL": "wss://ws.example"}, []Option{WithStreamURL("wss://s.example"), WithBaseURL("https://api.example")}, "- - - https://api.example wss://s.example"},
		{"stream address beside the default", map[string]string{"PEPAY_WS_URL": "wss://ws.example"}, nil, "- - - https://api-beta.pepay.io wss://ws.example"},
		{"bad stream address that is not used", map[string]string{"PEPAY_WS_URL": "nonsense"}, []Option{WithBaseURL("https://api.example")}, "- - - https://api.example wss://api.example"},
		{"keys are not mixed", map[string]string{"PEPAY_API_KEY": "mk", "PEPAY_COMMERCE_API_KEY": "ck", "PEPAY_JWT": "jwt"}, []Option{WithAPIKey("own")}, "own - - https://api-beta.pepay.io wss://api-beta.pepay.io"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range []string{"PEPAY_API_KEY", "PEPAY_COMMERCE_API_KEY", "PEPAY_JWT", "PEPAY_API_URL", "PEPAY_WS_URL"} {
				t.Setenv(name, c.env[name])
			}
			client, err := New(c.opts...)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%s %s %s %s %s", keyOf(t, client, "merchantApiKey"), keyOf(t, client, "commerceApiKey"), keyOf(t, client, "bearerAuth"), client.BaseURL(), client.StreamURL())
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func keyOf(t *testing.T, client *Client, scheme string) string {
	t.Helper()
	f := client.cfg.credentials[scheme]
	if f == nil {
		return "-"
	}
	value, err := f(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return value.Reveal()
}

func TestBadEnvironmentNamesTheVariable(t *testing.T) {
	const canary = "canary-5a5a"
	for name, value := range map[string]string{
		"PEPAY_API_KEY":          canary + "\n",
		"PEPAY_COMMERCE_API_KEY": " " + canary,
		"PEPAY_JWT":              canary + "\t",
		"PEPAY_API_URL":          "http://" + canary + ".example",
		"PEPAY_WS_URL":           "https://" + canary + ".example",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			_, err := New()
			if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), canary) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOptionsRefuseEmptyValues(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]Option{
		"WithAPIKey":           WithAPIKey(""),
		"WithCommerceAPIKey":   WithCommerceAPIKey(""),
		"WithBearerToken":      WithBearerToken(""),
		"WithCredential":       WithCredential("bearerAuth", ""),
		"WithCredentialFunc":   WithCredentialFunc("bearerAuth", nil),
		"WithBaseURL":          WithBaseURL(""),
		"WithStreamURL":        WithStreamURL(""),
		"WithHTTPClient":       WithHTTPClient(nil),
		"WithTimeout":          WithTimeout(0),
		"WithApplication":      WithApplication("", ""),
		"WithLogger":           WithLogger(nil),
		"WithMiddleware":       WithMiddleware(nil),
		"WithMaxResponseBytes": WithMaxResponseBytes(0),
		"WithRetry":            WithRetry(RetryPolicy{Budget: -1}),
		"Option":               nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := New(opt)
			if client != nil || !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v", err)
			}
			base := newTestClient(t, nil)
			if _, err := base.With(opt); !errors.Is(err, ErrInvalidArgument) {
				t.Errorf("With: %v", err)
			}
		})
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	var sent http.Header
	parent := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		sent = req.Header
		return respond(200, minted), nil
	}, WithCommerceAPIKey("key-2"))
	mint := func(c *Client) string {
		t.Helper()
		if _, err := c.WSTokens.Mint(t.Context(), MintParams{Scope: pepay.WSTokenScopeCommerce}); err != nil {
			t.Fatal(err)
		}
		return sent.Get("X-Api-Key") + "|" + sent.Get("X-Commerce-Api-Key")
	}
	same, err := parent.With(WithTimeout(time.Second))
	if err != nil || mint(same) != "|key-2" {
		t.Errorf("credentials are inherited: %v %v", err, sent)
	}
	other, err := parent.With(WithAPIKey("key-3"))
	if err != nil || mint(other) != "key-3|" {
		t.Errorf("one credential option drops all inherited ones: %v %v", err, sent)
	}
	if mint(parent) != "|key-2" {
		t.Errorf("the parent changed: %v", sent)
	}
	if parent.cfg.httpClient != other.cfg.httpClient || parent.cfg.budget != other.cfg.budget {
		t.Error("a derived client should share the pool and the budget")
	}
	moved, err := parent.With(WithBaseURL("http://127.0.0.1:3000"))
	if err != nil || moved.StreamURL().String() != "ws://127.0.0.1:3000" {
		t.Errorf("the stream address follows the base URL: %v %v", err, moved.StreamURL())
	}
}

// With(WithBaseURL) moves streams too, whether the inherited stream address came
// from an option or from the environment.
func TestWithBaseURLMovesStreams(t *testing.T) {
	t.Setenv("PEPAY_API_URL", "https://env.example")
	t.Setenv("PEPAY_WS_URL", "wss://ws.example")
	fromEnvironment, err := New()
	if err != nil {
		t.Fatal(err)
	}
	fromOption := newTestClient(t, nil, WithStreamURL("wss://option.example"))
	for name, c := range map[string]struct {
		parent *Client
		opts   []Option
		want   string
	}{
		"environment, moved":         {fromEnvironment, []Option{WithBaseURL("https://new.example")}, "wss://new.example"},
		"environment, not moved":     {fromEnvironment, []Option{WithTimeout(1)}, "wss://ws.example"},
		"option, moved":              {fromOption, []Option{WithBaseURL("https://new.example")}, "wss://new.example"},
		"option, not moved":          {fromOption, nil, "wss://option.example"},
		"moved, with one of its own": {fromOption, []Option{WithStreamURL("wss://own.example"), WithBaseURL("https://new.example")}, "wss://own.example"},
	} {
		derived, err := c.parent.With(c.opts...)
		if err != nil || derived.StreamURL().String() != c.want {
			t.Errorf("%s: %v, %s, want %s", name, err, derived.StreamURL(), c.want)
		}
	}
}

// The returned addresses and client are the caller's own.
func TestAccessorsReturnCopies(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, nil, WithStreamURL("wss://ws.example"))
	client.BaseURL().Host = "evil.example"
	client.StreamURL().Host = "evil.example"
	client.API().Server = "https://evil.example"
	if client.BaseURL().Host != "api.example" || client.StreamURL().Host != "ws.example" {
		t.Error("an accessor hands out the client's own URL")
	}
	if raw := client.API().Client; raw.Server != "https://api.example" {
		t.Errorf("API hands out the client's own: %s", raw.Server)
	}
}

func TestNoCredential(t *testing.T) {
	t.Parallel()
	client, err := New(WithBearerToken("jwt-12345678"), WithHTTPClient(&http.Client{Transport: doerFunc(func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, errors.New("sent")
	})}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.WSTokens.Mint(t.Context(), MintParams{})
	var failure *Error
	if !errors.Is(err, ErrNoCredential) || !errors.As(err, &failure) || failure.Attempts != 0 || failure.StatusCode != 0 {
		t.Errorf("got %#v", failure)
	}
	for _, want := range []string{"mintWsToken", "merchantApiKey", "commerceApiKey", "PEPAY_API_KEY"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not mention %s", err, want)
		}
	}
}

func TestCredentialFuncIsAskedPerAttempt(t *testing.T) {
	t.Parallel()
	keys := []string{"rotated-out", "rotated-in"}
	var sent []string
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		sent = append(sent, req.Header.Get("X-Api-Key"))
		if len(sent) == 1 {
			return respond(503, ""), nil
		}
		return respond(200, minted), nil
	}, WithCredentialFunc("merchantApiKey", func(context.Context) (pepay.Secret, error) {
		key := keys[0]
		keys = keys[1:]
		return pepay.Secret(key), nil
	}), WithRetry(RetryPolicy{MaxRetries: 1, BaseDelay: time.Microsecond}))
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
		t.Fatal(err)
	}
	if strings.Join(sent, " ") != "rotated-out rotated-in" {
		t.Errorf("sent %v", sent)
	}
}

func TestCredentialFuncFailures(t *testing.T) {
	t.Parallel()
	vault := errors.New("vault is sealed")
	for _, c := range []struct {
		name  string
		value pepay.Secret
		err   error
		want  error
	}{
		{"error", "", vault, vault},
		{"empty", "", nil, ErrNoCredential},
		{"hostile", "canary-31\nX: y", nil, ErrInvalidArgument},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			client := newTestClient(t, func(*http.Request) (*http.Response, error) {
				t.Error("sent")
				return nil, errors.New("sent")
			}, WithCredentialFunc("merchantApiKey", func(context.Context) (pepay.Secret, error) {
				asked++
				return c.value, c.err
			}))
			_, err := client.WSTokens.Mint(t.Context(), MintParams{})
			var failure *Error
			if !errors.Is(err, c.want) || !errors.As(err, &failure) || asked != 1 {
				t.Errorf("asked %d times, got %v", asked, err)
			}
			if strings.Contains(err.Error(), "canary-31") {
				t.Errorf("the error prints the credential: %v", err)
			}
		})
	}
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, nil, WithBaseURL("https://api.example/base"), WithStreamURL("wss://ws.example/s"), WithCommerceAPIKey("key-2"))
	for _, c := range []struct {
		name, method, url string
		want              string // x-api-key, or the sentinel's text
	}{
		{"documented", "POST", "https://api.example/base/api/v1/ws/token", "key-1"},
		{"not documented", "GET", "https://api.example/base/ws/other", "key-1"},
		{"stream host", "GET", "wss://ws.example/s/ws/other", "key-1"},
		{"stream host over https", "GET", "https://ws.example/s/ws/other", "key-1"},
		{"no path", "GET", "https://api.example", "key-1"},
		{"the base alone", "GET", "https://api.example/base", "key-1"},
		{"beside the base", "GET", "https://api.example/basement/x", "key-1"},
		{"a dot segment", "GET", "https://api.example/base/api/../x", "refused"},
		{"relative", "POST", "/base/api/v1/ws/token", "key-1"},
		{"another host", "POST", "https://evil.example/base/api/v1/ws/token", "refused"},
		{"in clear", "POST", "http://api.example/base/api/v1/ws/token", "refused"},
		{"another port", "POST", "https://api.example:444/base/api/v1/ws/token", "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			req, err := http.NewRequestWithContext(t.Context(), c.method, c.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Commerce-Api-Key", "stale")
			err = client.Authorize(req)
			if c.want == "refused" {
				if !errors.Is(err, ErrInvalidArgument) || req.Header.Get("X-Api-Key") != "" {
					t.Errorf("got %v and %v", err, req.Header)
				}
				return
			}
			if err != nil || req.Header.Get("X-Api-Key") != c.want || req.Header.Get("X-Commerce-Api-Key") != "" {
				t.Errorf("got %v and %v", err, req.Header)
			}
		})
	}
	if err := client.Authorize(nil); !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("nil request: %v", err)
	}
	anonymous, err := New(WithCredentialFunc("merchantApiKey", func(context.Context) (pepay.Secret, error) { return "", nil }))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", DefaultBaseURL+"/api/v1/ws/token", nil)
	if err != nil {
		t.Fatal(err)
	}
	var failure *Error
	if err := anonymous.Authorize(req); !errors.Is(err, ErrNoCredential) || !errors.As(err, &failure) || failure.Operation != "mintWsToken" {
		t.Errorf("got %v", err)
	}
}

func TestClientDoesNotPrintCredentials(t *testing.T) {
	t.Parallel()
	const canary = "canary-0f0f0f0f"
	client := newTestClient(t, nil, WithAPIKey(canary), WithCommerceAPIKey(canary), WithBearerToken(canary))
	encoded, err := json.Marshal(client)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "client", client, "value", *client, "service", client.WSTokens)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "client", client, "value", *client, "service", client.WSTokens)
	text := string(encoded) + log.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		text += fmt.Sprintf(verb+verb+verb+verb, client, *client, client.WSTokens, *client.WSTokens)
	}
	if strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
		t.Errorf("a credential is in %s", text)
	}
	if !strings.Contains(text, "wrapper.Client{https://api.example}") {
		t.Errorf("a client should say where it points: %s", text)
	}
	if (Client{}).String() == "" {
		t.Error("a zero client prints too")
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		if req.Header.Get("X-Tenant") != req.Header.Get("X-Api-Key") && req.Header.Get("X-Tenant") != "" {
			return respond(500, ""), nil
		}
		return respond(200, minted), nil
	}, once)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
				t.Error(err)
			}
			key := fmt.Sprint("tenant-", i)
			derived, err := client.With(WithAPIKey(key))
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := derived.WSTokens.Mint(t.Context(), MintParams{}, WithHeader("X-Tenant", key)); err != nil {
				t.Error(err)
			}
			if _, err := client.API().MintWSTokenWithResponse(t.Context(), pepay.MintWSTokenRequest{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
