package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// wantNoSecrets holds the page to its promise: a token is in the address of a
// WebSocket and nowhere else, and keys and passwords are nowhere.
func (p *page) wantNoSecrets(s *site, more ...string) {
	p.t.Helper()
	secrets := append([]string{s.sim.APIKey(), s.sim.CommerceAPIKey(), password}, more...)
	for _, address := range p.socketURLs() {
		u, err := url.Parse(address)
		if err != nil || u.Query().Get("token") == "" || "http"+strings.TrimPrefix(u.Scheme, "ws")+"://"+u.Host != s.sim.URL() {
			p.t.Errorf("a WebSocket to %s", address)
			continue
		}
		secrets = append(secrets, u.Query().Get("token"))
	}
	places := map[string]string{
		"the DOM":         `document.documentElement.outerHTML + [...document.querySelectorAll('input')].map(i => i.value)`,
		"localStorage":    `JSON.stringify(localStorage)`,
		"sessionStorage":  `JSON.stringify(sessionStorage)`,
		"cookies":         `document.cookie`,
		"history":         `location.href + JSON.stringify(history.state) + document.referrer`,
		"performance":     `JSON.stringify(performance.getEntries())`,
		"global names":    `JSON.stringify(Object.keys(window).filter(k => typeof window[k] === 'string').map(k => window[k]))`,
		"databases":       `indexedDB.databases().then(list => JSON.stringify(list) === '[]' ? '' : JSON.stringify(list))`,
		"service workers": `navigator.serviceWorker.getRegistrations().then(list => list.length ? 'a worker' : '')`,
	}
	for place, js := range places {
		wantNone(p.t, place, eval[string](p, js), secrets)
	}
	p.logged(func(log *browserLog) {
		for _, address := range log.requests {
			wantNone(p.t, "an address", address, secrets)
			if !strings.HasPrefix(address, s.url+"/") {
				p.t.Errorf("something was loaded from elsewhere: %s", address)
			}
		}
	})
}

func wantNone(t *testing.T, place, text string, secrets []string) {
	t.Helper()
	for _, secret := range append(secrets, "eyJ") {
		if strings.Contains(text, secret) {
			t.Errorf("%s has %.12q…", place, secret)
		}
	}
}

func (p *page) answers() map[string][]int64 {
	answers := map[string][]int64{}
	p.logged(func(log *browserLog) {
		for u, statuses := range log.statuses {
			answers[u] = slices.Clone(statuses)
		}
	})
	return answers
}

// newEvilSite is a page somewhere else.
func newEvilSite(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,"><p>Click here!`)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// openStreams is how many the simulator has.
func (s *site) openStreams() int {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.sim.URL()+"/_pepaytest/streams", http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("x-api-key", s.sim.APIKey())
	resp, err := s.sim.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatal(fmt.Sprint(resp.Status, err))
	}
	return strings.Count(string(body), `"kind"`)
}
