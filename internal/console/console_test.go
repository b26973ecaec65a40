package console_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/console"
)

const token = `not"<>&a secret`

func handler(t *testing.T) http.Handler {
	t.Helper()
	h, err := console.Handler(console.Config{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ask(t *testing.T, h http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, http.NoBody))
	return w
}

func TestHandler(t *testing.T) {
	t.Parallel()
	h := handler(t)
	for _, c := range []struct {
		name, method, path string
		status             int
		contentType, body  string
	}{
		{"page", "GET", "/console/", 200, "text/html; charset=utf-8", "<!doctype html>"},
		{"own script", "GET", "/console/static/console.js", 200, "text/javascript; charset=utf-8", "new Changes("},
		{"own style", "GET", "/console/static/console.css", 200, "text/css; charset=utf-8", ".split"},
		{"the dashboard's script", "GET", "/console/static/json.js", 200, "text/javascript; charset=utf-8", "export function layOut"},
		{"the dashboard's style", "GET", "/console/static/theme.css", 200, "text/css; charset=utf-8", "--accent"},
		{"icon", "GET", "/console/static/icon.svg", 200, "image/svg+xml", "<svg"},
		{"head", "HEAD", "/console/", 200, "text/html; charset=utf-8", ""},
		{"no page of the dashboard", "GET", "/console/static/sign-in.html", 404, "", ""},
		{"no template", "GET", "/console/static/index.html", 404, "", ""},
		{"no Go", "GET", "/console/static/static.go", 404, "", ""},
		{"no directory", "GET", "/console/static/", 404, "", ""},
		{"no such file", "GET", "/console/static/nothing.js", 404, "", ""},
		{"nothing above", "GET", "/console/static/../console.js", 404, "", ""},
		{"nothing else", "GET", "/console/index.html", 404, "", ""},
		{"another path", "GET", "/", 404, "", ""},
		{"post", "POST", "/console/", 405, "", ""},
		{"options", "OPTIONS", "/console/", 405, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := ask(t, h, c.method, c.path)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
				t.Errorf("%d: %s", w.Code, w.Body)
			}
			if got := w.Header().Get("Content-Type"); c.contentType != "" && got != c.contentType {
				t.Errorf("Content-Type: %s", got)
			}
			if c.method == http.MethodHead && w.Body.Len() > 0 {
				t.Errorf("HEAD has a body: %s", w.Body)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options":       "nosniff",
				"Referrer-Policy":              "no-referrer",
				"Cache-Control":                "no-store",
				"Cross-Origin-Opener-Policy":   "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			policy := w.Header().Get("Content-Security-Policy")
			for _, directive := range []string{
				"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "form-action 'none'",
				"base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
			} {
				if !strings.Contains("; "+policy+";", "; "+directive+";") {
					t.Errorf("the policy lacks %q: %s", directive, policy)
				}
			}
			if strings.Contains(policy, "unsafe") {
				t.Errorf("policy: %s", policy)
			}
			if w.Header().Get("Set-Cookie") != "" {
				t.Error("there is a cookie")
			}
		})
	}
}

// The token is where the page reads it, as text, and nowhere else.
func TestToken(t *testing.T) {
	t.Parallel()
	h := handler(t)
	page := ask(t, h, "GET", console.Path).Body.String()
	if want := `<meta name="pepaytest-token" content="not&#34;&lt;&gt;&amp;a secret">`; strings.Count(page, want) != 1 {
		t.Errorf("lacks %s:\n%s", want, page)
	}
	for _, file := range regexp.MustCompile(`static/[a-z.-]+`).FindAllString(page, -1) {
		w := ask(t, h, "GET", console.Path+file)
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), token) {
			t.Errorf("%s: %d", file, w.Code)
		}
	}
	if _, err := console.Handler(console.Config{}); err == nil || !strings.Contains(err.Error(), "Token") {
		t.Errorf("an empty token: %v", err)
	}
	if strings.Contains((console.Config{Token: token}).Token.String(), token) {
		t.Error("the token prints itself")
	}
}

// All that the page's modules import is there, and comes from this page alone.
func TestImports(t *testing.T) {
	t.Parallel()
	h := handler(t)
	imports := regexp.MustCompile(`(?m)^(?:import|export) .*from '([^']+)';$`)
	elsewhere := regexp.MustCompile(`https?://|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function`)
	todo, seen := []string{"./console.js"}, map[string]bool{}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		w := ask(t, h, "GET", console.Path+"static/"+strings.TrimPrefix(name, "./"))
		if w.Code != http.StatusOK || !strings.HasPrefix(name, "./") {
			t.Errorf("%s: %d", name, w.Code)
			continue
		}
		for _, found := range imports.FindAllStringSubmatch(w.Body.String(), -1) {
			todo = append(todo, found[1])
		}
		code := strings.ReplaceAll(w.Body.String(), "placeholder: 'http://127.0.0.1", "")
		if found := elsewhere.FindString(code); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
	for _, style := range []string{"theme.css", "style.css", "console.css"} {
		if css := ask(t, h, "GET", console.Path+"static/"+style).Body.String(); strings.Contains(css, "url(") || strings.Contains(css, "@import") {
			t.Errorf("%s loads something", style)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d modules were found", len(seen))
	}
}
