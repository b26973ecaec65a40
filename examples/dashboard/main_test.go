package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
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
	server := httptest.NewTLSServer(handler) // its cookies are for https
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
	p.want(http.StatusUnauthorized, "GET", "/history?scope=merchant")
	p.want(http.StatusUnauthorized, "POST", "/ws-token?scope=merchant")
	p.want(http.StatusUnauthorized, "POST", "/ws-token?scope=merchant", "Cookie", sessionCookie+"=guess")
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
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || len(c.Value) < 26 || c.MaxAge != 8*3600 {
		t.Errorf("cookie: %+v", c)
	}
	p.want(http.StatusOK, "GET", "/")
	p.want(http.StatusForbidden, "GET", "/history?scope=commerce")
	p.want(http.StatusForbidden, "GET", "/history")
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
	other.want(http.StatusUnauthorized, "POST", "/ws-token?scope=merchant")

	p.want(http.StatusSeeOther, "POST", "/sign-out")
	p.want(http.StatusUnauthorized, "POST", "/ws-token?scope=merchant", "Cookie", sessionCookie+"="+c.Value) // also for who kept the cookie
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
	for range 3 * maxGuesses {
		if resp, _ := p.signIn(rightPassword); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("a right password counts as a guess: %s", resp.Status)
		}
	}
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

// slowForm is a body that ends when the test says so.
type slowForm struct {
	io.Reader
	begun chan<- struct{}
	end   <-chan struct{}
}

func (f *slowForm) Read(p []byte) (int, error) {
	select {
	case f.begun <- struct{}{}:
	default:
	}
	<-f.end
	return f.Reader.Read(p)
}

// Bodies that are held back and then sent together do not get past the limit, and do not use it up.
func TestSlowBodies(t *testing.T) {
	t.Parallel()
	handler, _ := newBackEnd(t)
	for name, password := range map[string]string{"guesses": "wrong", "no password": "", "many bytes": strings.Repeat("x", 5000)} {
		const n = 100
		begun, end := make(chan struct{}, n), make(chan struct{})
		var all sync.WaitGroup
		var mu sync.Mutex
		answers := map[int]int{}
		for range n {
			all.Go(func() {
				body := strings.NewReader(url.Values{"password": {password}}.Encode())
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", &slowForm{body, begun, end})
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				select {
				case begun <- struct{}{}: // answered without its body
				default:
				}
				mu.Lock()
				defer mu.Unlock()
				answers[w.Code]++
			})
		}
		for range n {
			<-begun
		}
		if resp, _ := newPerson(t, handler).signIn(rightPassword); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: while they are on their way, the right password is answered %s", name, resp.Status)
		}
		close(end)
		all.Wait()
		if name == "many bytes" {
			if answers[http.StatusBadRequest] != n {
				t.Errorf("%s: %v", name, answers)
			}
			continue
		}
		if answers[http.StatusUnauthorized] != maxGuesses || answers[http.StatusTooManyRequests] != n-maxGuesses {
			t.Errorf("%s: %v", name, answers)
		}
		handler, _ = newBackEnd(t)
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g guesses
		for range maxGuesses {
			if wait := g.take(); wait > 0 {
				t.Errorf("wait %v", wait)
			}
		}
		time.Sleep(20 * time.Second)
		if wait := g.take(); wait != 40*time.Second {
			t.Errorf("wait %v", wait)
		}
		g.giveBack()
		if g.take() > 0 || g.take() == 0 {
			t.Error("what is given back can be taken once")
		}
		time.Sleep(40 * time.Second)
		if wait := g.take(); wait > 0 {
			t.Errorf("wait %v", wait)
		}
		g.giveBack()
		g.giveBack() // of the minute before
		for range maxGuesses {
			g.take()
		}
		if g.take() == 0 {
			t.Error("more was given back than taken")
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

// What a proxy or a client says about how it came does not matter.
func TestCookieIsSecure(t *testing.T) {
	t.Parallel()
	handler, _ := newBackEnd(t)
	for _, header := range []map[string]string{
		{"Host": "dashboard.example"},
		{"Host": "127.0.0.1:8080"},
		{"Host": "localhost"},
		{"Host": "[::1]:8080", "Origin": "http://[::1]:8080"},
		{"Host": "127.0.0.1:8080", "X-Forwarded-Proto": "https", "Sec-Fetch-Site": "same-origin"},
		{"Host": "127.0.0.1:8080", "X-Forwarded-Proto": "http"},
		{"Host": "127.0.0.1:8080", "Forwarded": "proto=http"},
	} {
		for path, form := range map[string]string{"/sign-in": "password=" + url.QueryEscape(rightPassword), "/sign-out": ""} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for name, value := range header {
				r.Header.Set(name, value)
			}
			r.Host = header["Host"]
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			cookies := w.Result().Cookies()
			if len(cookies) != 1 || !cookies[0].Secure || cookies[0].Path != "/" || cookies[0].Domain != "" || !strings.HasPrefix(cookies[0].Name, "__Host-") {
				t.Errorf("%s %v: %d %v", path, header, w.Code, cookies)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	handler, _ := newBackEnd(t)
	p := newPerson(t, handler)
	for _, path := range []string{"/", "/sign-in", "/static/dashboard.js", "/nowhere"} {
		resp, _ := p.do("GET", path, nil)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "no-referrer",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s: %s", path, name, got)
			}
		}
	}
}

// connectSources is where the page may connect to.
func connectSources(t *testing.T, policy string) []string {
	t.Helper()
	for directive := range strings.SplitSeq(policy, "; ") {
		if sources, found := strings.CutPrefix(directive, "connect-src "); found {
			return strings.Fields(sources)
		}
	}
	t.Fatalf("no connect-src: %s", policy)
	return nil
}

// The page may connect to where its token sends it, which need not be what this server would dial.
func TestPolicyNamesWhatThePageDials(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]func(*pepaytest.Server) []wrapper.Option{
		"the same": func(s *pepaytest.Server) []wrapper.Option { return []wrapper.Option{wrapper.WithBaseURL(s.URL())} },
		"another spelling": func(s *pepaytest.Server) []wrapper.Option {
			return []wrapper.Option{wrapper.WithBaseURL(strings.Replace(s.URL(), "127.0.0.1", "localhost", 1))}
		},
		"streams of this server elsewhere": func(s *pepaytest.Server) []wrapper.Option {
			return []wrapper.Option{wrapper.WithBaseURL(s.URL()), wrapper.WithStreamURL("wss://stream.example.com")}
		},
	} {
		sim := pepaytest.NewServer(t)
		client, err := wrapper.New(append(options(sim), wrapper.WithAPIKey(sim.APIKey()), wrapper.WithCommerceAPIKey(sim.CommerceAPIKey()))...)
		if err != nil {
			t.Fatal(err)
		}
		handler, err := newDashboard(client, []pepay.WSTokenScope{pepay.WSTokenScopeMerchant, pepay.WSTokenScopeCommerce}, rightPassword, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		p := newPerson(t, handler)
		p.signIn(rightPassword)
		resp, _ := p.do("GET", "/", nil)
		var token struct {
			WSURL string `json:"ws_url"`
		}
		if err := json.Unmarshal([]byte(p.want(http.StatusOK, "POST", "/ws-token?scope=merchant")), &token); err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(token.WSURL)
		if err != nil {
			t.Fatal(err)
		}
		if got := connectSources(t, resp.Header.Get("Content-Security-Policy")); !slices.Equal(got, []string{"'self'", u.Scheme + "://" + u.Host}) {
			t.Errorf("%s: the page may connect to %v and is sent to %s", name, got, u.Host)
		}
		if n := len(sim.Requests()); n != 2 {
			t.Errorf("%s: %d requests for two tokens", name, n)
		}
	}
}

// source is a token with this address, or none.
type source string

func (s source) Token(context.Context) (*pepay.WSToken, error) {
	if s == "" {
		return nil, errors.New("no token")
	}
	return &pepay.WSToken{Token: "t", WSURL: string(s)}, nil
}

func TestPolicyTakesNothingOdd(t *testing.T) {
	t.Parallel()
	fallback := &url.URL{Scheme: "wss", Host: "stream.example.com"}
	for told, want := range map[string]string{
		"wss://other.example.com/ws/merchant/events": "wss://other.example.com",
		"wss://other.example.com:8443/":              "wss://other.example.com:8443",
		"ws://[::1]:3000/ws":                         "ws://[::1]:3000",
		"":                                           "wss://stream.example.com",
		"/ws/merchant/events":                        "wss://stream.example.com",
		"wss://a;sandbox/":                           "wss://stream.example.com",
		"wss://*/":                                   "wss://stream.example.com",
		"wss://a,b/":                                 "wss://stream.example.com",
		"https://other.example.com/":                 "wss://stream.example.com",
		"%":                                          "wss://stream.example.com",
	} {
		d := &dashboard{scopes: []pepay.WSTokenScope{pepay.WSTokenScopeMerchant}, stream: fallback, tokens: map[pepay.WSTokenScope]wstoken.Source{pepay.WSTokenScopeMerchant: source(told)}}
		if got := d.streamAddresses(t.Context()); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", told, got, want)
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
