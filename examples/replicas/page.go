package main

import (
	"embed"
	"encoding/json"
	"net/http"
	"time"

	dashboard "github.com/pepaylabs/pepay-go/examples/dashboard/static"
)

//go:embed static
var static embed.FS

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

func (s *stage) url() string { return "http://" + s.listener.Addr().String() }

// serve shows the page until close.
func (s *stage) serve() {
	s.server = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	s.served = make(chan error, 1)
	go func() { s.served <- s.server.Serve(s.listener) }()
}

func (s *stage) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, static, "static/index.html")
	})
	mux.Handle("GET /static/{file}", http.FileServerFS(static))
	for _, shared := range []string{"theme.css", "icon.svg"} {
		mux.HandleFunc("GET /static/"+shared, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, dashboard.Files(), shared)
		})
	}
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(s.state())
	})
	// A button kills a replica: only for the page itself.
	mux.Handle("POST /kill/{name}", http.NewCrossOriginProtection().Handler(http.HandlerFunc(s.killOne)))
	return guard(mux)
}

func (s *stage) killOne(w http.ResponseWriter, r *http.Request) {
	for _, p := range s.replicas {
		if p.settings.Name == r.PathValue("name") {
			if !p.kill() {
				http.Error(w, "it is down", http.StatusConflict)
				return
			}
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	http.NotFound(w, r)
}

// guard lets the page load nothing but its own files.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
