package e2e_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/console"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// consoleSite is a simulator with its console.
type consoleSite struct {
	t     *testing.T
	sim   *pepaytest.Server
	token string
	shown int // how often a view was opened
}

func newConsole(t *testing.T, opts ...pepaytest.Option) *consoleSite {
	t.Helper()
	token, option := consoleOption(t)
	return &consoleSite{t: t, sim: pepaytest.NewServer(t, append(opts, option)...), token: token}
}

func consoleOption(t *testing.T) (token string, option pepaytest.Option) {
	t.Helper()
	token = rand.Text()
	page, err := console.Handler(console.Config{Token: pepay.Secret(token)})
	if err != nil {
		t.Fatal(err)
	}
	return token, pepaytest.WithConsole(pepay.Secret(token), page)
}

func (s *consoleSite) url(route string) string { return s.sim.URL() + console.Path + route }

// show opens a view of the console and waits until it is live.
func (s *consoleSite) show(p *page, route string) {
	s.t.Helper()
	s.shown++ // another route of the same address does not load it
	p.open(s.sim.URL() + console.Path + "?" + strconv.Itoa(s.shown) + route)
	p.until(`document.querySelector('#live').dataset.state === 'live'`)
}

// ask has the simulator answer an API call, with the merchant's key.
func (s *consoleSite) ask(method, path, body string) map[string]any {
	s.t.Helper()
	req, err := http.NewRequest(method, s.sim.URL()+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("x-api-key", s.sim.APIKey())
	if strings.HasPrefix(path, "/api/commerce") {
		req.Header.Set("x-commerce-api-key", s.sim.CommerceAPIKey())
		req.Header.Del("x-api-key")
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", uuid.NewString())
	}
	resp, err := s.sim.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		s.t.Fatalf("%s %s: %s %s %v", method, path, resp.Status, text, err)
	}
	answer := map[string]any{}
	if len(bytes.TrimSpace(text)) > 0 {
		if err := json.Unmarshal(text, &answer); err != nil {
			s.t.Fatal(err)
		}
	}
	if data, ok := answer["data"].(map[string]any); ok {
		return data
	}
	return answer
}

// invoice is the id of a new one.
func (s *consoleSite) invoice(body string) string {
	s.t.Helper()
	answer := s.ask(http.MethodPost, "/api/v1/invoices", body)
	id, _ := answer["invoice_id"].(string)
	if id == "" {
		s.t.Fatalf("no id: %v", answer)
	}
	return id
}

// press clicks a button by its text, once it can be.
func (p *page) press(text string) {
	p.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll('button')].find(b => b.checkVisibility() && !b.disabled && b.textContent.startsWith(%q))`, text)
	p.until(find)
	eval[bool](p, find+`.click() ?? true`)
}

// sees waits for a text in an element that is seen.
func (p *page) sees(selector, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.checkVisibility() && e.innerText.includes(%q))`, selector, text))
}

// status waits until what is open has this status.
func (p *page) status(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll('.headline .pill')].some(e => e.checkVisibility() && e.innerText === %q)`, text))
}

// wantConsoleSecrets holds the console to its promise: the token is in the page's HTML, which the script
// takes away, and in a header; nothing is loaded from elsewhere.
func (p *page) wantConsoleSecrets(s *consoleSite) {
	p.t.Helper()
	secrets := []string{s.token, s.sim.APIKey(), s.sim.CommerceAPIKey()}
	for place, js := range map[string]string{
		"the DOM":        `document.documentElement.outerHTML + [...document.querySelectorAll('input')].map(i => i.value)`,
		"localStorage":   `JSON.stringify(localStorage)`,
		"sessionStorage": `JSON.stringify(sessionStorage)`,
		"cookies":        `document.cookie`,
		"history":        `location.href + JSON.stringify(history.state) + document.referrer`,
		"performance":    `JSON.stringify(performance.getEntries())`,
	} {
		wantNone(p.t, place, eval[string](p, js), secrets)
	}
	p.logged(func(log *browserLog) {
		for _, address := range log.requests {
			wantNone(p.t, "an address", address, secrets)
			firefoxOwn := strings.HasPrefix(address, "data:font/") // of its own style; the page's policy allows none
			if !strings.HasPrefix(address, s.sim.URL()+"/") && !firefoxOwn {
				p.t.Errorf("something was loaded from elsewhere: %s", address)
			}
		}
	})
}
