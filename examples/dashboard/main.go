// Command dashboard shows a merchant's own staff what happens in their Pepay account,
// live, in a browser that never sees an API key: a sign-in, an endpoint that hands
// ws_tokens to whoever is signed in, and one page.
//
//	PEPAY_API_KEY=… DASHBOARD_PASSWORD=… go run ./examples/dashboard
//
// It is there to be copied: this folder, without the tests.
package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"flag"
	"html/template"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
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
	tokens   map[pepay.WSTokenScope]wstoken.Source
	events   *wrapper.EventService
	stream   *url.URL // what the client dials; the page is told by its token
	password [sha256.Size]byte
	pages    *template.Template
	local    bool // Pepay is on this machine, so it is a simulator
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
	pages, err := template.ParseFS(static, "static/*.html")
	if err != nil {
		return nil, err
	}
	// All who sign in here belong to one merchant and may see the same events, so they share one
	// token per scope. With several merchants, keep a client and a cache for each of them.
	d := &dashboard{
		scopes: scopes, tokens: map[pepay.WSTokenScope]wstoken.Source{}, events: client.Events, stream: client.StreamURL(),
		password: sha256.Sum256([]byte(password)), pages: pages, local: loopback(client.BaseURL().Hostname()),
	}
	for _, scope := range scopes {
		d.tokens[scope] = wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: scope, TTL: tokenLife}))
	}
	issue := wstoken.Handler(
		func(scope pepay.WSTokenScope) wstoken.Source { return d.tokens[scope] },
		d.authorize,
		wstoken.WithMinLife(tokenLife/6),
		wstoken.WithRateLimit(60, time.Minute, sessionKey),
		wstoken.WithLogger(slog.Default()),
	)

	// What changes something is only for pages of this origin. The token's handler sees to that itself.
	ownPages := http.NewCrossOriginProtection()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.page)
	mux.HandleFunc("GET /history", d.history)
	mux.HandleFunc("GET /sign-in", func(w http.ResponseWriter, _ *http.Request) { d.signInPage(w, http.StatusOK, "") })
	mux.Handle("POST /sign-in", ownPages.Handler(http.HandlerFunc(d.signIn)))
	mux.Handle("POST /sign-out", ownPages.Handler(http.HandlerFunc(d.signOut)))
	mux.Handle("/ws-token", issue)
	mux.Handle("GET /static/{file}", http.FileServerFS(static))
	return guard(mux), nil
}

// authorize decides who gets a token, and of which scope: whoever is signed in.
func (d *dashboard) authorize(r *http.Request) (pepay.WSTokenScope, error) {
	if !d.sessions.valid(r) {
		return "", wstoken.ErrNotSignedIn // 401: the page asks the person to sign in again
	}
	for _, scope := range d.scopes {
		if r.URL.Query().Get("scope") == string(scope) {
			return scope, nil
		}
	}
	return "", errors.New("no such stream")
}

// contentSecurityPolicy lets the page load nothing but its own files and talk to nobody but this
// server and the given event streams, so that no foreign script can read a token.
func contentSecurityPolicy(streams ...string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src " +
		strings.Join(append([]string{"'self'"}, streams...), " ") +
		"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// streamAddresses are where the page will connect to: Pepay says so in each token, and that need not
// be the address this server would use. The tokens are those that the page gets a moment later.
func (d *dashboard) streamAddresses(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	var addresses []string
	for _, scope := range d.scopes {
		u := d.stream // if Pepay gives no token now, this is the best guess
		if token, err := d.tokens[scope].Token(ctx); err == nil {
			if told, err := url.Parse(token.WSURL); err == nil && (told.Scheme == "wss" || told.Scheme == "ws") && plainHost.MatchString(told.Host) {
				u = told
			}
		}
		if address := u.Scheme + "://" + u.Host; !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// plainHost keeps everything out of the policy that could end a directive.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy())
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
	w.Header().Set("Content-Security-Policy", contentSecurityPolicy(d.streamAddresses(r.Context())...))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = d.pages.ExecuteTemplate(w, "index.html", map[string]any{"Streams": d.scopes, "SignOut": true, "Simulator": d.local})
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
