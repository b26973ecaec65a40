package wstoken

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const secret = "canary-3c1f9a"

func goodToken() *pepay.WSToken {
	return &pepay.WSToken{Token: secret, Scope: pepay.WSTokenScopeMerchant, MerchantID: 123, WSURL: "wss://api.example/ws/merchant/events",
		ExpiresAt: pepay.Timestamp{Time: time.Now().Add(time.Minute)}}
}

func sourceOf(token *pepay.WSToken, err error) func(pepay.WSTokenScope) Source {
	return func(pepay.WSTokenScope) Source {
		return SourceFunc(func(context.Context) (*pepay.WSToken, error) { return token, err })
	}
}

func anyone(*http.Request) (pepay.WSTokenScope, error) { return pepay.WSTokenScopeMerchant, nil }

// ask sends a request to the handler. Headers come in pairs.
func ask(h http.Handler, method, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://shop.example/pepay/token", strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandlerAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, testHandlerAnswers)
}

func testHandlerAnswers(t *testing.T) {
	var asked pepay.WSTokenScope
	token := goodToken()
	h := Handler(func(scope pepay.WSTokenScope) Source {
		asked = scope
		return sourceOf(token, nil)(scope)
	}, func(*http.Request) (pepay.WSTokenScope, error) { return pepay.WSTokenScopeCommerce, nil })
	w := ask(h, "POST", "", "Sec-Fetch-Site", "same-origin", "Origin", "https://shop.example")
	if w.Code != 200 || asked != pepay.WSTokenScopeCommerce {
		t.Fatalf("%d %s for scope %q", w.Code, w.Body, asked)
	}
	want := fmt.Sprintf(`{"token":%q,"scope":"merchant","expires_at":%d,"expires_in":60,"ws_url":"wss://api.example/ws/merchant/events"}`+"\n", secret, token.ExpiresAt.Unix())
	if w.Body.String() != want {
		t.Errorf("got %swant %s", w.Body, want)
	}
	for name, value := range map[string]string{"Cache-Control": "no-store", "Content-Type": "application/json", "X-Content-Type-Options": "nosniff", "Vary": "Origin"} {
		if w.Header().Get(name) != value {
			t.Errorf("%s is %q, want %q", name, w.Header().Get(name), value)
		}
	}
	if date, err := http.ParseTime(w.Header().Get("Date")); err != nil || time.Since(date).Abs() > 2*time.Second {
		t.Errorf("Date is %q", w.Header().Get("Date"))
	}
	if w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Error("the same origin needs no permission")
	}
}

func TestHandlerRefuses(t *testing.T) {
	t.Parallel()
	sealed := errors.New("key " + secret + " of merchant 123")
	limited := &wrapper.Error{StatusCode: 429, RetryAfter: 90 * time.Second}
	short := goodToken()
	short.ExpiresAt = pepay.Timestamp{Time: time.Now().Add(9 * time.Second)}
	for _, c := range []struct {
		name      string
		src       func(pepay.WSTokenScope) Source
		authorize func(*http.Request) (pepay.WSTokenScope, error)
		opts      []HandlerOption
		method    string
		body      string
		headers   []string
		status    int
		code      string
		header    string // "Name: value" that must be there
	}{
		{name: "GET", method: "GET", status: 405, code: "method_not_allowed", header: "Allow: POST, OPTIONS"},
		{name: "PUT", method: "PUT", status: 405, code: "method_not_allowed"},
		{name: "DELETE", method: "DELETE", status: 405, code: "method_not_allowed"},
		{name: "1 MiB", body: strings.Repeat("x", 1<<20), status: 413, code: "body_too_large"},
		{name: "just too large", body: strings.Repeat("x", 4<<10+1), status: 413, code: "body_too_large"},
		{name: "another site", headers: []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, status: 403, code: "origin_not_allowed"},
		{name: "a sibling site", headers: []string{"Sec-Fetch-Site", "same-site", "Origin", "https://blog.shop.example"}, status: 403, code: "origin_not_allowed"},
		{name: "forged origin beside a true Sec-Fetch-Site", headers: []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://shop.example"}, status: 403, code: "origin_not_allowed"},
		{name: "null origin", headers: []string{"Origin", "null"}, status: 403, code: "origin_not_allowed"},
		{name: "an old browser, another origin", headers: []string{"Origin", "https://evil.example"}, status: 403, code: "origin_not_allowed"},
		{name: "not an origin at all", headers: []string{"Origin", "::::"}, status: 403, code: "origin_not_allowed"},
		{name: "preflight of another origin", method: "OPTIONS", headers: []string{"Origin", "https://evil.example", "Access-Control-Request-Method", "POST"}, status: 403, code: "origin_not_allowed"},
		{name: "OPTIONS without an origin", method: "OPTIONS", status: 403, code: "origin_not_allowed"},
		{name: "not allowed", authorize: func(*http.Request) (pepay.WSTokenScope, error) { return "", sealed }, status: 403, code: "forbidden"},
		{name: "nobody signed in, said so", authorize: func(*http.Request) (pepay.WSTokenScope, error) { return "", ErrNotSignedIn }, status: 401, code: "not_signed_in"},
		{name: "nobody signed in, wrapped", authorize: func(*http.Request) (pepay.WSTokenScope, error) {
			return "", fmt.Errorf("session of %s: %w", secret, ErrNotSignedIn)
		}, status: 401, code: "not_signed_in"},
		{name: "authorize panics", authorize: func(*http.Request) (pepay.WSTokenScope, error) { panic(secret) }, status: 500, code: "internal"},
		{name: "src panics", src: func(pepay.WSTokenScope) Source { panic(secret) }, status: 500, code: "internal"},
		{name: "no source", src: func(pepay.WSTokenScope) Source { return nil }, status: 502, code: "ws_token_unavailable"},
		{name: "no token", src: sourceOf(nil, nil), status: 502, code: "ws_token_unavailable"},
		{name: "upstream 401", src: sourceOf(nil, &wrapper.Error{StatusCode: 401, Message: secret}), status: 502, code: "ws_token_unavailable"},
		{name: "upstream 500", src: sourceOf(nil, &wrapper.Error{StatusCode: 500}), status: 502, code: "ws_token_unavailable"},
		{name: "upstream HTML", src: sourceOf(nil, wrapper.ErrMalformedResponse), status: 502, code: "ws_token_unavailable"},
		{name: "upstream timeout", src: sourceOf(nil, context.DeadlineExceeded), status: 502, code: "ws_token_unavailable"},
		{name: "upstream says something secret", src: sourceOf(nil, sealed), status: 502, code: "ws_token_unavailable"},
		{name: "upstream 429", src: sourceOf(nil, limited), status: 429, code: "rate_limited", header: "Retry-After: 90"},
		{name: "upstream 429 without a time", src: sourceOf(nil, &wrapper.Error{StatusCode: 429}), status: 429, code: "rate_limited", header: "Retry-After: 1"},
		{name: "upstream 503 with a time", src: sourceOf(nil, &wrapper.Error{StatusCode: 503, RetryAfter: 7 * time.Second}), status: 502, code: "ws_token_unavailable", header: "Retry-After: 7"},
		{name: "the key function panics", opts: []HandlerOption{WithRateLimit(1, time.Second, func(*http.Request) string { panic(secret) })}, status: 500, code: "internal"},
		{name: "about to expire", src: sourceOf(short, nil), status: 502, code: "ws_token_unavailable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.src == nil {
				c.src = sourceOf(goodToken(), nil)
			}
			if c.authorize == nil {
				c.authorize = anyone
			}
			if c.method == "" {
				c.method = "POST"
			}
			w := ask(Handler(c.src, c.authorize, c.opts...), c.method, c.body, c.headers...)
			if w.Code != c.status || w.Body.String() != `{"error":"`+c.code+`"}`+"\n" {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, c.status, c.code)
			}
			if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("headers %v", w.Header())
			}
			if name, value, ok := strings.Cut(c.header, ": "); ok && w.Header().Get(name) != value {
				t.Errorf("%s is %q, want %q", name, w.Header().Get(name), value)
			}
			if strings.Contains(fmt.Sprint(w.Body, w.Header()), secret) {
				t.Errorf("the answer shows a secret: %s %v", w.Body, w.Header())
			}
		})
	}
}

// A request that does not come from a browser has no origin; authorize decides.
func TestHandlerAnswersOtherClientsThanBrowsers(t *testing.T) {
	t.Parallel()
	h := Handler(sourceOf(goodToken(), nil), anyone)
	for name, headers := range map[string][]string{
		"nothing":                  nil,
		"typed address":            {"Sec-Fetch-Site", "none"},
		"old browser, same origin": {"Origin", "https://shop.example"},
	} {
		if w := ask(h, "POST", `{}`, headers...); w.Code != 200 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestHandlerAllowedOrigins(t *testing.T) {
	t.Parallel()
	const app = "https://app.example"
	fail := true
	h := Handler(sourceOf(goodToken(), nil), func(*http.Request) (pepay.WSTokenScope, error) {
		if fail {
			return "", errors.New("no")
		}
		return pepay.WSTokenScopeMerchant, nil
	}, WithAllowedOrigins(app, "https://other.example:8443"))
	cross := []string{"Sec-Fetch-Site", "cross-site", "Origin", app}
	w := ask(h, "OPTIONS", "", append(cross, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")...)
	if w.Code != 204 || w.Body.Len() != 0 || w.Header().Get("Access-Control-Allow-Origin") != app || w.Header().Get("Access-Control-Allow-Methods") != "POST" ||
		!strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "Content-Type") || w.Header().Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
	if w := ask(h, "POST", "", cross...); w.Code != 403 || w.Header().Get("Access-Control-Allow-Origin") != app {
		t.Errorf("an allowed page should be able to read a refusal: %d %v", w.Code, w.Header())
	}
	fail = false
	if w := ask(h, "POST", "", cross...); w.Code != 200 || w.Header().Get("Access-Control-Expose-Headers") != "Date, Retry-After" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, other := range []string{"https://app.example.evil.example", "http://app.example", "https://app.example:8443", "https://APP.example", "null"} {
		w := ask(h, "POST", "", "Sec-Fetch-Site", "cross-site", "Origin", other)
		if w.Code != 403 || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %v", other, w.Code, w.Header())
		}
	}
}

func TestImpossibleHandlerOptionsPanic(t *testing.T) {
	t.Parallel()
	key := func(*http.Request) string { return "" }
	for name, build := range map[string]func(){
		"WithAllowedOrigins": func() { Handler(sourceOf(nil, nil), anyone, WithAllowedOrigins("https://app.example/path")) },
		"WithRateLimit":      func() { Handler(sourceOf(nil, nil), anyone, WithRateLimit(0, time.Second, key)) },
		"WithMinLife":        func() { Handler(sourceOf(nil, nil), anyone, WithMinLife(-1)) },
		"WithLogger":         func() { Handler(sourceOf(nil, nil), anyone, WithLogger(nil)) },
		"Handler":            func() { Handler(nil, anyone) },
	} {
		func() {
			defer func() {
				if p := fmt.Sprint(recover()); !strings.Contains(p, name) {
					t.Errorf("%s: %s", name, p)
				}
			}()
			build()
		}()
	}
}

// A cached token that is about to expire is replaced once.
func TestHandlerMinLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &mint{life: time.Minute}
		cache := NewCache(src)
		h := Handler(func(pepay.WSTokenScope) Source { return cache }, anyone, WithMinLife(40*time.Second))
		if w := ask(h, "POST", ""); w.Code != 200 || src.count.Load() != 1 {
			t.Fatalf("%d after %d mints", w.Code, src.count.Load())
		}
		time.Sleep(25 * time.Second) // 35 s are left, which is enough for the cache
		if w := ask(h, "POST", ""); w.Code != 200 || src.count.Load() != 2 || !strings.Contains(w.Body.String(), "token-2") {
			t.Errorf("%d %s after %d mints", w.Code, w.Body, src.count.Load())
		}
		src.life = 30 * time.Second
		time.Sleep(25 * time.Second)
		if w := ask(h, "POST", ""); w.Code != 502 || src.count.Load() != 3 {
			t.Errorf("%d %s after %d mints: asking again would not help", w.Code, w.Body, src.count.Load())
		}
	})
}

// Tokens that never live as long as WithMinLife asks for are not minted anew for
// each request.
func TestHandlerWithTokensThatAreTooShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		src := &mint{life: 9 * time.Second}
		cache := NewCache(src)
		h := Handler(func(pepay.WSTokenScope) Source { return cache }, anyone, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		for range 1000 {
			if w := ask(h, "POST", ""); w.Code != 502 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			time.Sleep(9 * time.Millisecond)
		}
		if n := src.count.Load(); n > 3 {
			t.Errorf("%d mints in 9 s for tokens that live 9 s", n)
		}
		if !strings.Contains(log.String(), "WithMinLife") {
			t.Errorf("logged %s", log.String())
		}
	})
}

func TestHandlerRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fresh := SourceFunc(func(context.Context) (*pepay.WSToken, error) { return goodToken(), nil })
		h := Handler(func(pepay.WSTokenScope) Source { return fresh }, anyone, WithRateLimit(3, time.Minute, func(r *http.Request) string { return r.Header.Get("X-Session") }))
		count := func(session string, n int) (granted int) {
			for range n {
				switch w := ask(h, "POST", "", "X-Session", session); w.Code {
				case 200:
					granted++
				case 429:
					if wait, err := strconv.Atoi(w.Header().Get("Retry-After")); err != nil || wait < 1 || wait > 20 {
						t.Errorf("Retry-After is %q", w.Header().Get("Retry-After"))
					}
				default:
					t.Errorf("%d %s", w.Code, w.Body)
				}
			}
			return granted
		}
		if n := count("a", 10); n != 3 {
			t.Errorf("%d at once, want 3", n)
		}
		if n := count("b", 1); n != 1 {
			t.Error("one client's limit is not another's")
		}
		time.Sleep(20*time.Second - time.Millisecond)
		if n := count("a", 5); n != 0 {
			t.Errorf("%d too early", n)
		}
		time.Sleep(2 * time.Millisecond)
		if n := count("a", 5); n != 1 {
			t.Errorf("%d after a third of a minute, want 1", n)
		}
		time.Sleep(time.Hour)
		if n := count("a", 10); n != 3 {
			t.Errorf("%d after an hour, want 3", n)
		}
	})
}

func TestRateLimitMemoryIsBounded(t *testing.T) {
	t.Parallel()
	n := 0
	h := &handler{}
	WithRateLimit(1, time.Hour, func(*http.Request) string { n++; return strconv.Itoa(n) })(h)
	for range maxClients + 1000 {
		h.limit.take(nil)
	}
	if len(h.limit.fullAt) > maxClients {
		t.Errorf("%d clients are remembered", len(h.limit.fullAt))
	}
}

// A thousand people at once, with a slow Pepay: one mint when cached, a bounded
// number at a time when not, and everybody is answered.
func TestHandlerUnderLoad(t *testing.T) {
	t.Parallel()
	for _, cached := range []bool{true, false} {
		t.Run(fmt.Sprint("cached ", cached), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var now, most, total atomic.Int64
				var src Source = SourceFunc(func(context.Context) (*pepay.WSToken, error) {
					total.Add(1)
					most.Store(max(most.Load(), now.Add(1)))
					defer now.Add(-1)
					time.Sleep(100 * time.Millisecond)
					return goodToken(), nil
				})
				if cached {
					src = NewCache(src)
				}
				h := Handler(func(pepay.WSTokenScope) Source { return src }, anyone)
				var wg sync.WaitGroup
				for range 1000 {
					wg.Go(func() {
						if w := ask(h, "POST", ""); w.Code != 200 {
							t.Errorf("%d %s", w.Code, w.Body)
						}
					})
				}
				wg.Wait()
				if cached && total.Load() != 1 || !cached && (total.Load() != 1000 || most.Load() > maxUpstream) {
					t.Errorf("%d mints, %d at a time", total.Load(), most.Load())
				}
			})
		})
	}
}

// A client that hung up does not keep a place.
func TestHandlerClientGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := Handler(func(pepay.WSTokenScope) Source {
			return SourceFunc(func(ctx context.Context) (*pepay.WSToken, error) {
				select {
				case <-release:
					return goodToken(), nil
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			})
		}, anyone)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 3 * maxUpstream {
			wg.Go(func() {
				r := httptest.NewRequest("POST", "https://shop.example/token", nil).WithContext(ctx)
				h.ServeHTTP(httptest.NewRecorder(), r)
			})
		}
		synctest.Wait()
		cancel()
		wg.Wait()
		close(release)
		if w := ask(h, "POST", ""); w.Code != 200 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// The log has the reasons, without the key and the token.
func TestHandlerLogs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	server := pepaytest.NewServer(t)
	client := newClient(t, server, wrapper.WithAPIKey(secret))
	h := Handler(func(pepay.WSTokenScope) Source { return NewSource(client.WSTokens, wrapper.MintParams{}) }, anyone, WithLogger(logger))
	if w := ask(h, "POST", ""); w.Code != 502 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, want := range []string{"wstoken: no token", `"status":401`, `"code":"API_KEY_INVALID"`, `"request_id":"req_1"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is not in %s", want, log.String())
		}
	}
	if strings.Contains(log.String(), secret) {
		t.Errorf("logged %s", log.String())
	}
}

// Over a real connection, with a real token from the simulator.
func TestHandlerOverHTTP(t *testing.T) {
	t.Parallel()
	pepayServer := pepaytest.NewServer(t)
	source := NewSource(newClient(t, pepayServer).WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
	server := httptest.NewServer(Handler(func(pepay.WSTokenScope) Source { return source }, anyone))
	defer server.Close()
	resp, err := server.Client().Post(server.URL, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(content, &answer); err != nil || resp.StatusCode != 200 || len(answer) != 5 || len(resp.Header.Values("Date")) != 1 {
		t.Fatalf("%d %v %s: %v", resp.StatusCode, resp.Header, content, err)
	}
	resp2, err := server.Client().Post(server.URL, "application/json", io.LimitReader(zeros{}, 1<<20))
	if err == nil {
		_ = resp2.Body.Close()
	}
	if err != nil || resp2.StatusCode != 413 {
		t.Errorf("1 MiB: %v %v", resp2, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
