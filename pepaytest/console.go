package pepaytest

import (
	"errors"
	"net/http"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

const (
	consolePath        = "/console/"
	consoleTokenHeader = "x-pepaytest-token"
)

// WithConsole serves a page at /console/ and below, for GET and HEAD, to whoever names
// this host: no key is needed. The control endpoints under /_pepaytest/ then take token in
// the header x-pepaytest-token instead of a key, so that the page has one to send; token
// should be random and new with every start. page sees the whole path. Requests for it are
// not recorded and meet no faults. An empty token, one with characters other than visible
// ASCII, and a nil page are errors.
func WithConsole(token pepay.Secret, page http.Handler) Option {
	return func(c *config) error {
		value := token.Reveal()
		switch {
		case value == "":
			return errors.New("pepaytest: WithConsole: the token is empty")
		case strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }):
			return errors.New("pepaytest: WithConsole: the token has characters that a header cannot carry")
		case page == nil:
			return errors.New("pepaytest: WithConsole: nil page")
		}
		c.consoleToken, c.consolePage = token, page
		return nil
	}
}

// console serves the page, and says whether the request was for it.
func (s *Server) console(w http.ResponseWriter, r *http.Request, bad *problem) bool {
	root := strings.TrimSuffix(consolePath, "/")
	if s.cfg.consolePage == nil || r.URL.Path != root && !strings.HasPrefix(r.URL.Path, consolePath) {
		return false
	}
	if bad == nil && r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		bad = methodNotAllowed(r.Method, r.URL.Path)
	}
	switch {
	case bad != nil:
		w.Header().Set("Cache-Control", "no-store")
		bad.write(w)
	case r.URL.Path == root:
		http.Redirect(w, r, consolePath, http.StatusFound)
	default:
		s.cfg.consolePage.ServeHTTP(w, r)
	}
	return true
}
