// Package console is the simulator's page: invoices, orders, requests, webhooks, streams, faults and the
// clock of a [pepaytest.Server], to look at and to act on.
//
// The page asks the simulator's control endpoints, with a token that stands in its HTML. Whoever may load
// the page may therefore do with the simulator as they like, which is why only pages of this origin and
// requests that name this host get that far: the simulator sees to both.
package console

import (
	"bytes"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// Path is where the page stands.
const Path = "/console/"

// Config is what a page is made of.
type Config struct {
	// Token is what the page sends to the control endpoints, in the header x-pepaytest-token. It is required.
	Token pepay.Secret
}

// Handler serves the page and its files below [Path], for GET and HEAD. Each answer forbids to keep it,
// to show it in a frame and to load or run anything that is not part of the page. An empty token is an error.
func Handler(c Config) (http.Handler, error) {
	if c.Token == "" {
		return nil, errors.New("console: Config.Token is empty")
	}
	files := pageFiles()
	page, err := render(files, c.Token)
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the console is read with GET", http.StatusMethodNotAllowed)
			return
		}
		name, ok := strings.CutPrefix(r.URL.Path, Path)
		switch {
		case ok && name == "":
			write(w, r, "text/html; charset=utf-8", page)
		case ok:
			serveFile(w, r, files, name)
		default:
			http.NotFound(w, r)
		}
	}), nil
}

// render puts the token into the page, once: it is the same for every request.
func render(files fs.FS, token pepay.Secret) ([]byte, error) {
	tmpl, err := template.ParseFS(files, "index.html")
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = tmpl.Execute(&page, map[string]string{"Token": token.Reveal()})
	return page.Bytes(), err
}

// types are those of the page's files. The system's own table may lack them, or have them wrong.
var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func serveFile(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	contentType := types[path.Ext(name)]
	file, ok := strings.CutPrefix(name, "static/")
	if contentType == "" || !ok || strings.Contains(file, "/") {
		http.NotFound(w, r)
		return
	}
	content, err := fs.ReadFile(files, file)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	write(w, r, contentType, content)
}

func write(w http.ResponseWriter, r *http.Request, contentType string, content []byte) {
	w.Header().Set("Content-Type", contentType)
	if r.Method != http.MethodHead {
		_, _ = w.Write(content)
	}
}

// policy lets the page load its own files and talk to its own server, and nothing else. No text becomes a
// script or markup: with Trusted Types and no policy for them, the browser refuses every attempt.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}
