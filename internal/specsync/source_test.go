package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFetch(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/openapi.json":
			_, _ = w.Write([]byte("document"))
		case "/moved":
			http.Redirect(w, r, "/openapi.json", http.StatusFound)
		case "/away":
			http.Redirect(w, r, "http://example.com/openapi.json", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/large":
			_, _ = w.Write(bytes.Repeat([]byte("x"), int(maxDocument)+1))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	for name, tt := range map[string]struct{ address, want, err string }{
		"document":         {address: server.URL + "/openapi.json", want: "document"},
		"moved":            {address: server.URL + "/moved", want: "document"},
		"moved elsewhere":  {address: server.URL + "/away", err: "refused"},
		"moved in circles": {address: server.URL + "/round", err: "redirects"},
		"not found":        {address: server.URL + "/gone?token=secret", err: "status 404"},
		"too large":        {address: server.URL + "/large", err: "longer than"},
		"plain http":       {address: "http://example.com/openapi.json", err: "refused"},
		"a user":           {address: "https://user:secret@example.com/openapi.json", err: "user"},
		"a file":           {address: "file:///etc/passwd", err: "refused"},
		"no URL":           {address: "https://exa mple.com/?token=secret", err: "cannot be parsed"},
		"nobody there":     {address: "http://127.0.0.1:1/openapi.json?token=secret", err: "fetch http://127.0.0.1:1/openapi.json: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := fetch(t.Context(), tt.address)
			if tt.err == "" && (err != nil || string(got) != tt.want) {
				t.Errorf("got %.20q, %v", got, err)
			}
			if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "secret")) {
				t.Errorf("got %v, want an error with %q and without the query", err, tt.err)
			}
		})
	}
}
