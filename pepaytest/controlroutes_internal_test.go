package pepaytest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

const testToken = "console-token-0123456789abcdef"

// Every control endpoint is in this, also one that is added later.
func TestControlAdmission(t *testing.T) {
	t.Parallel()
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("the page")) })
	s := NewServer(t, WithConsole(testToken, page), WithKey("a-revoked-key", Key{Revoked: true}))
	key := map[string]string{"x-api-key": s.APIKey()}
	token := map[string]string{consoleTokenHeader: testToken}
	with := func(base map[string]string, name, value string) map[string]string {
		all := map[string]string{name: value}
		for n, v := range base {
			all[n] = v
		}
		return all
	}
	cases := []struct {
		name    string
		headers map[string]string
		status  int
		open    int // of endpoints that need no credential
	}{
		{"nothing", nil, 401, 0},
		{"an unknown key", map[string]string{"x-api-key": "x"}, 401, 0},
		{"a revoked key", map[string]string{"x-api-key": "a-revoked-key"}, 401, 0},
		{"a wrong token", map[string]string{consoleTokenHeader: testToken + "x"}, 401, 0},
		{"an empty token", map[string]string{consoleTokenHeader: ""}, 401, 0},
		{"a wrong token and a key", with(key, consoleTokenHeader, "x"), 401, 0},
		{"the token as a key", map[string]string{"x-api-key": testToken}, 401, 0},
		{"the token in the query", map[string]string{"?": "token=" + testToken + "&" + consoleTokenHeader + "=" + testToken}, 401, 0},
		{"the token as a cookie", map[string]string{"Cookie": consoleTokenHeader + "=" + testToken}, 401, 0},
		{"another origin, with the token", with(token, "Origin", "https://evil.example"), 403, 403},
		{"another origin, with a key", with(key, "Origin", "https://evil.example"), 403, 403},
		{"an opaque origin", with(token, "Origin", "null"), 403, 403},
		{"another port", with(token, "Origin", "http://example.com:81"), 403, 403},
		{"another site", with(token, "Sec-Fetch-Site", "cross-site"), 403, 403},
		{"another site on this host", with(token, "Sec-Fetch-Site", "same-site"), 403, 403},
		{"another host", with(token, "Host", "evil.example"), 421, 421},
		{"another host, and its own origin", with(with(token, "Host", "evil.example"), "Origin", "http://evil.example"), 421, 421},
	}
	for _, route := range controlRoutes() {
		for _, tc := range cases {
			t.Run(route.method+" "+route.pattern+" "+tc.name, func(t *testing.T) {
				t.Parallel()
				w := askControl(t, s, route, tc.headers, "")
				status := tc.status
				if route.open {
					status = tc.open
				}
				if status == 0 {
					return
				}
				if w.Code != status || !strings.Contains(w.Body.String(), `"success":false`) {
					t.Errorf("%d %s, want %d", w.Code, w.Body, status)
				}
				checkControlHeaders(t, w.Header())
			})
		}
	}
}

// What is admitted is answered, whatever it says.
func TestControlAdmits(t *testing.T) {
	t.Parallel()
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("the page")) })
	s := NewServer(t, WithConsole(testToken, page))
	bodies := []string{"", "{}", "[]", "null", "{", `{"spec":{}}`, `{"url":1,"events":{}}`, `{"unknown":1}`, strings.Repeat("[", 20_000), `{"a":"` + strings.Repeat("x", 1<<20) + `"}`, "\xff\xfe", `{"url":"\ud800"}`}
	for _, route := range controlRoutes() {
		for i, headers := range []map[string]string{{"x-api-key": s.APIKey()}, {"x-commerce-api-key": s.CommerceAPIKey()}, {consoleTokenHeader: testToken}} {
			for _, body := range bodies[:len(bodies)-i] {
				w := askControl(t, s, route, headers, body)
				if w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden || w.Code >= 500 {
					t.Errorf("%s %s with %.20q: %d %s", route.method, route.pattern, body, w.Code, w.Body)
				}
				checkControlHeaders(t, w.Header())
				if strings.Contains(w.Body.String(), testToken) {
					t.Errorf("%s %s answers with the token", route.method, route.pattern)
				}
			}
		}
	}
}

func TestControlMethods(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPatch, controlPath+"requests/1", http.NoBody)
	r.Host, r.Header = "127.0.0.1", http.Header{"X-Api-Key": {s.APIKey()}}
	w := httptest.NewRecorder()
	s.serve(w, r)
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET" {
		t.Errorf("%d %s, Allow %q", w.Code, w.Body, w.Header().Get("Allow"))
	}
}

func askControl(t *testing.T, s *Server, route controlRoute, headers map[string]string, body string) *httptest.ResponseRecorder {
	t.Helper()
	address := controlPath + regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(route.pattern, "1")
	r := httptest.NewRequestWithContext(t.Context(), route.method, address, strings.NewReader(body))
	r.Host = "127.0.0.1:3000"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range headers {
		switch name {
		case "Host":
			r.Host = value
		case "?":
			r.URL.RawQuery = value
		default:
			r.Header.Set(name, value)
		}
	}
	if route.pattern == "changes" { // which has no end
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r = r.WithContext(ctx)
	}
	w := httptest.NewRecorder()
	s.serve(w, r)
	return w
}

func checkControlHeaders(t *testing.T, h http.Header) {
	t.Helper()
	if h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers %v", h)
	}
}

func TestConsoleTokenStaysSecret(t *testing.T) {
	t.Parallel()
	s := NewServer(t, WithConsole(testToken, http.NotFoundHandler()))
	for _, path := range []string{"/api/v1/events?x=" + testToken, "/" + testToken} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		r.Host = "127.0.0.1"
		r.Header.Set(consoleTokenHeader, testToken)
		r.Header.Set("User-Agent", testToken)
		s.serve(httptest.NewRecorder(), r)
	}
	for _, what := range []string{"requests", "requests/1", "requests/2"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, controlPath+what, http.NoBody)
		r.Host = "127.0.0.1"
		r.Header.Set(consoleTokenHeader, testToken)
		w := httptest.NewRecorder()
		s.serve(w, r)
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), testToken) {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
}
