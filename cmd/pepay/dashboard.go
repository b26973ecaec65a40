package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/examples/dashboard/static"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// dashboard is the example's page with the simulator behind it. There is no sign-in:
// the tokens are the simulator's, and only this machine gets to the page.
type dashboard struct {
	url    string
	server *http.Server
	served chan struct{}
}

func serveDashboard(ctx context.Context, simulator *pepaytest.Server, tokens map[pepay.WSTokenScope]*wstoken.Cache) (*dashboard, error) {
	client, err := demoClient(simulator)
	if err != nil {
		return nil, err
	}
	routes, err := dashboardRoutes(simulator, client, tokens)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	host := listener.Addr().String()
	d := &dashboard{
		url:    "http://" + host + "/",
		server: &http.Server{Handler: onlyHost(host, routes), ReadTimeout: 10 * time.Second},
		served: make(chan struct{}),
	}
	go func() {
		defer close(d.served)
		_ = d.server.Serve(listener)
	}()
	return d, nil
}

func (d *dashboard) close() {
	_ = d.server.Close()
	<-d.served
}

// onlyHost refuses pages whose own name has been made to point at this machine.
func onlyHost(host string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host {
			http.Error(w, "not here", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func dashboardRoutes(simulator *pepaytest.Server, client *wrapper.Client, tokens map[pepay.WSTokenScope]*wstoken.Cache) (http.Handler, error) {
	files := static.Files()
	pages, err := template.ParseFS(files, "index.html")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/{file}", http.StripPrefix("/static", http.FileServerFS(files)))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = pages.Execute(w, map[string]any{"Streams": scopes(), "SignOut": false, "Simulator": true})
	})
	mux.HandleFunc("GET /history", func(w http.ResponseWriter, r *http.Request) { serveHistory(w, r, client) })
	mux.Handle("/ws-token", wstoken.Handler(
		func(scope pepay.WSTokenScope) wstoken.Source { return tokens[scope] },
		func(r *http.Request) (pepay.WSTokenScope, error) {
			scope := pepay.WSTokenScope(r.URL.Query().Get("scope"))
			if tokens[scope] == nil {
				return "", errors.New("no such stream")
			}
			return scope, nil
		},
	))
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws" +
		strings.TrimPrefix(simulator.URL(), "http") + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	}), nil
}

// serveHistory gives the page the latest events of a stream, the newest first, one a line.
func serveHistory(w http.ResponseWriter, r *http.Request, client *wrapper.Client) {
	const most = 99 // one less than a page of the list, so that no second one is asked for
	params, credential := wrapper.EventParams{Limit: most + 1}, "commerceApiKey"
	if r.URL.Query().Get("scope") == string(pepay.WSTokenScopeMerchant) {
		params.Types, credential = []string{"invoice.*", "invoice_payment.*"}, "merchantApiKey"
	}
	var lines bytes.Buffer
	n := 0
	for event, err := range client.Events.All(r.Context(), params, wrapper.WithPreferredCredential(credential)) {
		if err != nil {
			http.Error(w, "no events", http.StatusBadGateway)
			return
		}
		if n++; n > most {
			break
		}
		_ = json.Compact(&lines, event.Raw())
		lines.WriteByte('\n')
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("X-Complete", strconv.FormatBool(n <= most))
	_, _ = w.Write(lines.Bytes())
}

// openBrowser has the system show a page; it does not wait for the person to look.
func openBrowser(ctx context.Context, url string) error {
	program, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		program = "open"
	case "windows":
		program, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	// The browser stays when the demo ends.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program, args...) //nolint:gosec // programs by name, and an address of our own
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
