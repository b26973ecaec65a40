package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

const rightPassword = "correct horse battery"

func newBackEnd(t *testing.T) (http.Handler, *pepaytest.Server) {
	t.Helper()
	sim := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(sim.URL()), wrapper.WithAPIKey(sim.APIKey()), wrapper.WithHTTPClient(sim.Client()))
	if err != nil {
		t.Fatal(err)
	}
	handler, err := newDashboard(client, []pepay.WSTokenScope{pepay.WSTokenScopeMerchant}, rightPassword, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return handler, sim
}

// person is a browser as far as cookies go.
type person struct {
	t    *testing.T
	url  string
	http *http.Client
}

func newPerson(t *testing.T, handler http.Handler) *person {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := server.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &person{t: t, url: server.URL, http: client}
}

func (p *person) do(method, path string, form url.Values, header ...string) (*http.Response, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := p.http.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp, string(body)
}

func (p *person) signIn(password string) (*http.Response, string) {
	p.t.Helper()
	return p.do(http.MethodPost, "/sign-in", url.Values{"password": {password}})
}

func (p *person) want(status int, method, path string, header ...string) string {
	p.t.Helper()
	resp, body := p.do(method, path, nil, header...)
	if resp.StatusCode != status {
		p.t.Errorf("%s %s: %s, want %d", method, path, resp.Status, status)
	}
	return body
}

func TestStrangersGetNothing(t *testing.T) {
	t.Parallel()
	handler, sim := newBackEnd(t)
	p := newPerson(t, handler)
	p.want(http.StatusSeeOther, "GET", "/")
	p.want(http.StatusUnauthorized, "GET", "/session.json")
	p.want(http.StatusForbidden, "POST", "/ws-token?scope=merchant")
	p.want(http.StatusForbidden, "POST", "/ws-token?scope=merchant", "Cookie", sessionCookie+"=guess")
	p.want(http.StatusNotFound, "GET", "/static/static.go")
	p.want(http.StatusNotFound, "GET", "/static/")
	if n := len(sim.Requests()); n > 0 {
		t.Errorf("Pepay was asked %d times", n)
	}
}

func TestStaff(t *testing.T) {
	t.Parallel()
	handler, sim := newBackEnd(t)
	p := newPerson(t, handler)
	resp, _ := p.signIn(rightPassword)
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/" {
		t.Fatal(resp.Status, resp.Header)
	}
	c := resp.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || len(c.Value) < 26 || c.MaxAge != 8*3600 {
		t.Errorf("cookie: %+v", c)
	}
	p.want(http.StatusOK, "GET", "/")
	if got := p.want(http.StatusOK, "GET", "/session.json"); got != `{"sign_out":true,"streams":["merchant"]}`+"\n" {
		t.Error(got)
	}
	var token struct {
		Token     string `json:"token"`
		ExpiresAt int64  `json:"expires_at"`
	}
	for range 3 {
		if err := json.Unmarshal([]byte(p.want(http.StatusOK, "POST", "/ws-token?scope=merchant")), &token); err != nil || token.Token == "" || token.ExpiresAt < time.Now().Unix() {
			t.Errorf("%v, %v", token, err)
		}
	}
	if n := len(sim.Requests()); n != 1 {
		t.Errorf("%d tokens were minted for one merchant", n)
	}
	p.want(http.StatusForbidden, "POST", "/ws-token?scope=commerce")
	p.want(http.StatusForbidden, "POST", "/ws-token")
	p.want(http.StatusForbidden, "POST", "/ws-token?scope=merchant", "Origin", "https://evil.example")
	p.want(http.StatusForbidden, "POST", "/sign-out", "Sec-Fetch-Site", "cross-site")

	other := newPerson(t, handler)
	other.want(http.StatusForbidden, "POST", "/ws-token?scope=merchant")

	p.want(http.StatusSeeOther, "POST", "/sign-out")
	p.want(http.StatusForbidden, "POST", "/ws-token?scope=merchant", "Cookie", sessionCookie+"="+c.Value) // also for who kept the cookie
}

func TestSignInAgainEndsTheOldSession(t *testing.T) {
	t.Parallel()
	handler, _ := newBackEnd(t)
	p := newPerson(t, handler)
	resp, _ := p.signIn(rightPassword)
	first := resp.Cookies()[0].Value
	resp, _ = p.signIn(rightPassword)
	if second := resp.Cookies()[0].Value; second == first {
		t.Error("the same id again")
	}
	newPerson(t, handler).want(http.StatusSeeOther, "GET", "/", "Cookie", sessionCookie+"="+first)
}

func TestWrongPasswords(t *testing.T) {
	t.Parallel()
	handler, _ := newBackEnd(t)
	p := newPerson(t, handler)
	for range maxGuesses {
		resp, body := p.signIn("wrong")
		if resp.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "not the password") || len(resp.Cookies()) > 0 {
			t.Fatal(resp.Status, body)
		}
	}
	resp, _ := p.signIn(rightPassword)
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Error(resp.Status, resp.Header)
	}
	resp, _ = newPerson(t, handler).do("POST", "/sign-in", url.Values{"password": {rightPassword}}, "Origin", "https://evil.example")
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("from another origin: %s", resp.Status)
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g guesses
		for range maxGuesses {
			g.failed()
		}
		if g.wait() != time.Minute {
			t.Errorf("wait %v", g.wait())
		}
		time.Sleep(time.Minute)
		if g.wait() > 0 {
			t.Errorf("wait %v", g.wait())
		}
		g.failed()
		if g.wait() > 0 {
			t.Error("one wrong password")
		}

		var s sessions
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: s.begin()})
		time.Sleep(sessionLife - time.Second)
		if !s.valid(r) {
			t.Error("ended early")
		}
		time.Sleep(time.Second)
		if s.valid(r) {
			t.Error("a session does not last for ever")
		}
		if s.begin(); len(s.ends) != 1 {
			t.Errorf("%d sessions are kept", len(s.ends))
		}
	})
}

func TestCookieIsSecureOffLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"dashboard.example": true, "dashboard.example:443": true, "10.0.0.1:80": true, "localhost.evil.example": true,
		"localhost:8080": false, "127.0.0.1": false, "[::1]:8080": false,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Host = host
		if got := cookie(r, "x", time.Hour).Secure; got != want {
			t.Errorf("%s: Secure is %v", host, got)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	handler, sim := newBackEnd(t)
	p := newPerson(t, handler)
	for _, path := range []string{"/", "/sign-in", "/static/dashboard.js", "/nowhere"} {
		resp, _ := p.do("GET", path, nil)
		policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws" + strings.TrimPrefix(sim.URL(), "http") +
			"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
		for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s: %s", path, name, got)
			}
		}
	}
}

// The files load nothing from elsewhere and have nothing inline, or the policy would break them.
func TestFilesAreSelfContained(t *testing.T) {
	t.Parallel()
	entries, err := static.ReadDir("static")
	if err != nil || len(entries) < 7 {
		t.Fatal(entries, err)
	}
	for _, entry := range entries {
		data, err := static.ReadFile("static/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<style", "style=\"", "onclick=", "innerHTML", "eval(", "localStorage", "sessionStorage", "document.cookie", "@import", "src=\"http", "url(http"} {
			if bytes.Contains(data, []byte(bad)) {
				t.Errorf("%s has %q", entry.Name(), bad)
			}
		}
	}
}

func TestNewDashboardRefuses(t *testing.T) {
	t.Parallel()
	client, err := wrapper.New(wrapper.WithAPIKey("key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() (http.Handler, error){
		"a short password":    func() (http.Handler, error) { return newDashboard(client, nil, "short", time.Minute) },
		"a life of no length": func() (http.Handler, error) { return newDashboard(client, nil, rightPassword, 0) },
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
