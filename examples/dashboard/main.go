// Command dashboard shows a merchant's own staff what happens in their Pepay account,
// live, in a browser that never sees an API key: a sign-in, an endpoint that hands
// ws_tokens to whoever is signed in, and one page.
//
//	PEPAY_API_KEY=… DASHBOARD_PASSWORD=… go run ./examples/dashboard
//
// It is there to be copied: this file and the folder static.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"log"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

//go:embed static/*.html static/*.css static/*.js static/*.svg
var static embed.FS

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "listen on `HOST:PORT`; anything but loopback belongs behind TLS")
	tokenLife := flag.Duration("token-life", wrapper.DefaultTokenTTL, "how long a ws_token lives")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *tokenLife); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr string, tokenLife time.Duration) error {
	client, err := wrapper.New(wrapper.WithApplication("dashboard", "1")) // reads PEPAY_API_KEY and PEPAY_COMMERCE_API_KEY
	if err != nil {
		return err
	}
	var scopes []pepay.WSTokenScope
	if os.Getenv("PEPAY_API_KEY") != "" {
		scopes = append(scopes, pepay.WSTokenScopeMerchant)
	}
	if os.Getenv("PEPAY_COMMERCE_API_KEY") != "" {
		scopes = append(scopes, pepay.WSTokenScopeCommerce)
	}
	if len(scopes) == 0 {
		return errors.New("set PEPAY_API_KEY, PEPAY_COMMERCE_API_KEY or both")
	}
	handler, err := newDashboard(client, scopes, os.Getenv("DASHBOARD_PASSWORD"), tokenLife)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	log.Printf("the dashboard is at http://%s", listener.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
	stopped := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
	})
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// dashboard is the back end.
type dashboard struct {
	scopes   []pepay.WSTokenScope
	password [sha256.Size]byte
	policy   string
	signInAs *template.Template
	sessions sessions
	guesses  guesses
}

func newDashboard(client *wrapper.Client, scopes []pepay.WSTokenScope, password string, tokenLife time.Duration) (http.Handler, error) {
	// One password for everybody keeps this file short. With people of your own, look up their
	// hash and compare with bcrypt or argon2; all the rest stays.
	if len(password) < 12 {
		return nil, errors.New("set DASHBOARD_PASSWORD to at least 12 characters")
	}
	if tokenLife < time.Second {
		return nil, errors.New("-token-life: at least 1s")
	}
	signIn, err := template.ParseFS(static, "static/sign-in.html")
	if err != nil {
		return nil, err
	}
	d := &dashboard{scopes: scopes, password: sha256.Sum256([]byte(password)), policy: contentSecurityPolicy(client.StreamURL()), signInAs: signIn}

	// All who sign in here belong to one merchant and may see the same events, so they share one
	// token per scope. With several merchants, keep a client and a cache for each of them.
	tokens := map[pepay.WSTokenScope]wstoken.Source{}
	for _, scope := range scopes {
		tokens[scope] = wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: scope, TTL: tokenLife}))
	}
	issue := wstoken.Handler(
		func(scope pepay.WSTokenScope) wstoken.Source { return tokens[scope] },
		d.authorize,
		wstoken.WithMinLife(tokenLife/6),
		wstoken.WithRateLimit(60, time.Minute, sessionKey),
		wstoken.WithLogger(slog.Default()),
	)

	// What changes something is only for pages of this origin. The token's handler sees to that itself.
	ownPages := http.NewCrossOriginProtection()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.page)
	mux.HandleFunc("GET /session.json", d.session)
	mux.HandleFunc("GET /sign-in", func(w http.ResponseWriter, _ *http.Request) { d.signInPage(w, http.StatusOK, "") })
	mux.Handle("POST /sign-in", ownPages.Handler(http.HandlerFunc(d.signIn)))
	mux.Handle("POST /sign-out", ownPages.Handler(http.HandlerFunc(d.signOut)))
	mux.Handle("/ws-token", issue)
	mux.Handle("GET /static/{file}", http.FileServerFS(static))
	return d.guard(mux), nil
}

// authorize decides who gets a token, and of which scope: whoever is signed in.
func (d *dashboard) authorize(r *http.Request) (pepay.WSTokenScope, error) {
	if !d.sessions.valid(r) {
		return "", errors.New("not signed in")
	}
	for _, scope := range d.scopes {
		if r.URL.Query().Get("scope") == string(scope) {
			return scope, nil
		}
	}
	return "", errors.New("no such stream")
}

// contentSecurityPolicy lets the page load nothing but its own files and talk to nobody but this
// server and the event stream, so that no foreign script can read a token.
func contentSecurityPolicy(stream *url.URL) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' " + stream.Scheme + "://" + stream.Host +
		"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

func (d *dashboard) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", d.policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

func (d *dashboard) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store") // the back button shows nothing after signing out
	if !d.sessions.valid(r) {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	}
	http.ServeFileFS(w, r, static, "static/index.html")
}

// session tells the page which streams there are.
func (d *dashboard) session(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !d.sessions.valid(r) {
		http.Error(w, "not signed in", http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"streams": d.scopes, "sign_out": true})
}

func (d *dashboard) signInPage(w http.ResponseWriter, status int, problem string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = d.signInAs.Execute(w, problem)
}

func (d *dashboard) signIn(w http.ResponseWriter, r *http.Request) {
	if wait := d.guesses.wait(); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		d.signInPage(w, http.StatusTooManyRequests, "Too many attempts. Wait a minute and try again.")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	password := sha256.Sum256([]byte(r.PostFormValue("password")))
	if subtle.ConstantTimeCompare(password[:], d.password[:]) != 1 {
		d.guesses.failed()
		d.signInPage(w, http.StatusUnauthorized, "That is not the password.")
		return
	}
	d.sessions.end(r) // a new identity gets a new id
	http.SetCookie(w, cookie(r, d.sessions.begin(), sessionLife))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// signOut ends the session. A token that was handed out lives on for up to its life; the page
// closes its streams at once.
func (d *dashboard) signOut(w http.ResponseWriter, r *http.Request) {
	d.sessions.end(r)
	http.SetCookie(w, cookie(r, "", -time.Second))
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

const (
	sessionCookie = "session"
	sessionLife   = 8 * time.Hour
)

func cookie(r *http.Request, id string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: id, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: !loopback(r.Host),
	}
}

// loopback hosts are the only ones a browser is to reach without TLS.
func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// sessions are who is signed in: when each session ends, by the hash of its id. What is kept
// cannot be used to sign in, and looking it up tells nothing by the time it takes.
type sessions struct {
	mu   sync.Mutex
	ends map[string]time.Time
}

func (s *sessions) begin() string {
	id := rand.Text() // at least 128 bits
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ends == nil {
		s.ends = map[string]time.Time{}
	}
	now := time.Now()
	maps.DeleteFunc(s.ends, func(_ string, end time.Time) bool { return !now.Before(end) })
	s.ends[hash(id)] = now.Add(sessionLife)
	return id
}

func (s *sessions) valid(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.ends[sessionKey(r)])
}

func (s *sessions) end(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.ends, sessionKey(r))
}

// sessionKey is what a session is known by; it is also whose requests for tokens are counted.
func sessionKey(r *http.Request) string {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return hash(c.Value)
}

func hash(id string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(id))) }

// guesses slow down whoever tries passwords: ten wrong ones a minute, whoever they come from. That
// lets a stranger keep others from signing in; behind a proxy that you trust, count by address.
type guesses struct {
	mu    sync.Mutex
	since time.Time
	count int
}

const maxGuesses = 10

func (g *guesses) wait() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.count < maxGuesses {
		return 0
	}
	return time.Until(g.since.Add(time.Minute))
}

func (g *guesses) failed() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := time.Now(); now.Sub(g.since) >= time.Minute {
		g.since, g.count = now, 0
	}
	g.count++
}
