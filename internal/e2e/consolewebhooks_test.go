package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/webhook"
)

// control asks a control endpoint, with the merchant's key.
func (s *consoleSite) control(method, path, body string, into any) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.sim.URL()+"/_pepaytest/"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("x-api-key", s.sim.APIKey())
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.sim.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer := struct {
		Success bool
		Data    any
	}{Data: into}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.Success {
		s.t.Fatalf("%s %s: %s %v", method, path, resp.Status, err)
	}
}

// deliveries has the built-in receiver get one that it accepts and one that it refuses, while its secret is rotated.
func (s *consoleSite) deliveries() {
	s.t.Helper()
	settled := func(n int) {
		s.t.Helper()
		waitFor(s.t, "the deliveries are over", func() bool {
			var list struct{ Items []struct{ State string } }
			s.control(http.MethodGet, "webhooks/1/deliveries", "", &list)
			return len(list.Items) == n && list.Items[0].State != "pending"
		})
	}
	s.control(http.MethodPost, "webhooks", `{"url":"receiver"}`, nil)
	s.control(http.MethodPost, "webhooks/1/ping", "{}", nil)
	settled(1)
	s.control(http.MethodPost, "webhooks/1/rotate", "{}", nil)
	s.control(http.MethodPost, "receiver/mode", `{"mode":"wrong_secret"}`, nil)
	s.control(http.MethodPost, "webhooks/1/ping", "{}", nil)
	settled(2)
}

// hook is an endpoint of the test's own. It checks as a merchant does, with the secret that the page showed.
type hook struct {
	*httptest.Server
	mu     sync.Mutex
	secret string
	status int
	got    []string // types of the events that were signed with the secret
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{status: http.StatusOK}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		verifier, bad := webhook.NewVerifier(pepay.Secret(h.secret))
		if err != nil || bad != nil || verifier.Verify(r.Header, body) != nil {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "not signed by me <b>")
			return
		}
		h.got = append(h.got, r.Header.Get("X-Pepay-Event"))
		w.WriteHeader(h.status)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) set(secret string, status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.secret, h.status = secret, status
}

const rowKeys = `[...document.querySelectorAll('.tall .rows li')].filter(e => e.checkVisibility()).map(e => e.dataset.key).join()`

var consoleWebhooks = map[string]consoleTest{
	// The built-in receiver is added, pinged, and shows its checks; what it is told to refuse is refused with the
	// reason on both sides, and accepted when it is delivered again.
	"the built-in receiver": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t, pepaytest.WithWebhookRetry(2, time.Millisecond))
		p := open(t)
		s.show(p, "#/webhooks")
		p.sees(".none", "There is no endpoint yet.")
		p.press("Add the built-in receiver")
		p.sees(".endpoints a", "Built-in receiver")
		p.until(`![...document.querySelectorAll('button')].some(b => b.checkVisibility() && b.innerText.startsWith('Add the built-in'))`)
		eval[bool](p, `document.querySelector('.endpoints a').click() ?? true`)
		p.until(`location.hash === '#/webhooks/1'`)
		p.sees(".headline h2", "Built-in receiver")
		p.sees(".none", "Nothing was delivered yet.")
		p.press("Ping")
		p.sees(".emitted [data-arrived]", "test.ping")
		p.sees(".rows li", "delivered")
		p.sees(".rows li", "200 · ")

		s.show(p, "#/webhooks/receiver")
		p.sees(".boxes summary", "accepted")
		eval[bool](p, `document.querySelector('.boxes summary').click() ?? true`)
		for _, step := range []string{"headers are there", "timestamp is in tolerance", "signed text", "signature matches", "event is decoded", "seen before"} {
			p.sees(".steps .ok", step)
		}
		p.sees(".steps .ok", "current secret of endpoint 1")

		choose := func(label string) {
			t.Helper()
			eval[bool](p, fmt.Sprintf(`[...document.querySelectorAll('fieldset label')].find(l => l.checkVisibility() && l.innerText.includes(%q)).click() ?? true`, label))
		}
		mode := func(want string) {
			t.Helper()
			waitFor(t, "the receiver's mode is "+want, func() bool {
				var receiver struct{ Mode string }
				s.control(http.MethodGet, "receiver", "", &receiver)
				return receiver.Mode == want
			})
		}
		choose("wrong secret")
		mode("wrong_secret")
		s.invoice(`{"amount_usd": 5}`)
		p.sees(".boxes .steps .failed", "another secret signed it")
		p.sees(".boxes summary", "invoice.created")
		if order := eval[string](p, `[...document.querySelectorAll('.boxes b')].filter(b => b.closest('summary')).map(b => b.innerText).join()`); order != "invoice.created,invoice.created,test.ping" {
			t.Errorf("the newest first: %s", order)
		}
		p.until(`document.querySelector('.boxes li:last-child details').open`) // the one that was opened stays so
		choose("Answer 500")
		mode("fail")

		s.show(p, "#/webhooks/1")
		p.sees(".rows li", "given up")
		p.until(rowKeys + ` === '2,1'`)
		eval[bool](p, `document.querySelector('.rows a').click() ?? true`)
		p.until(`decodeURIComponent(location.hash) === '#/webhooks/1/2'`)
		p.until(`document.querySelectorAll('.boxes > li .line').length === 2`)
		p.sees(".boxes pre", "another secret signed it")
		p.press("Deliver again")
		p.sees(".side .row", "It is delivered again")
		eval[bool](p, `document.querySelector('.side .close').click() ?? true`)
		p.until(rowKeys + ` === '3,2,1'`)
		p.until(`document.querySelector('.tall .rows li .pill').innerText === 'given up'`)
		eval[bool](p, `document.querySelector('.rows a').click() ?? true`)
		p.sees(".boxes pre", "handler_failed")
		s.show(p, "#/webhooks/receiver")
		p.until(`[...document.querySelectorAll('fieldset label')].find(l => l.innerText.includes('Answer 500')).querySelector('input').checked`)
		choose("Accept")
		mode("accept")
		s.show(p, "#/webhooks/1/3")
		p.press("Deliver again")
		s.show(p, "#/webhooks/1")
		p.until(`document.querySelector('.tall .rows li')?.dataset.key === '4' && document.querySelector('.tall .rows li .pill').innerText === 'delivered'`)
		p.wantNoErrors()
		p.wantConsoleSecrets(s)
	},
	// An endpoint by its URL gets what it wants, signed with the secret that is shown once; during a rotation two
	// secrets sign, after it one.
	"an endpoint by its URL": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t, pepaytest.WithWebhookRetry(1, 0))
		h := newHook(t)
		p := open(t)
		s.show(p, "#/webhooks")
		add := func(url, types string) {
			t.Helper()
			eval[bool](p, fmt.Sprintf(`(() => { const [url, types] = document.querySelectorAll('.stack input'); url.value = ''; types.value = %q; return true })()`, types))
			p.try("write the address", func(ctx context.Context) error { return p.enter(ctx, ".stack input[type=url]", url+"\r") })
		}
		add("https://shop.example.com/hook", "")
		p.sees("[role=alert]", "'pepay mock --allow-remote-webhooks'")
		add(h.URL, "invoice.*, nothing.at_all")
		p.sees("[role=alert]", "nothing.at_all")
		add(h.URL+"/hook?token=secret-of-the-address", "invoice.*")
		p.sees(".endpoints a", "invoice.*")
		first := eval[string](p, `document.querySelector('.list .secret code').innerText`)
		h.set(first, http.StatusOK)
		eval[bool](p, `document.querySelector('.endpoints a').click() ?? true`)
		p.sees(".facts", "…"+first[len(first)-4:])
		p.press("Ping") // which it does not want
		p.sees(".rows li", "test.ping")
		p.until(rowKeys + ` === '1'`)
		p.sees(".rows li", "delivered")

		p.press("Rotate the secret")
		p.sees(".side .secret", "shown this once")
		second := eval[string](p, `document.querySelector('.side .secret code').innerText`)
		if second == first {
			t.Error("the secret is the same")
		}
		p.sees(".facts", "and the one before")
		p.sees(".endpoints a", "secret is rotating")
		h.set(second, http.StatusOK)
		s.invoice(`{"amount_usd": 5}`)
		p.until(rowKeys + ` === '2,1'`)
		p.until(`document.querySelector('.rows li .pill').innerText === 'delivered'`)
		h.set(first, http.StatusOK) // as one who has not heard of the rotation yet
		s.invoice(`{"amount_usd": 5}`)
		p.until(rowKeys + ` === '3,2,1'`)
		p.until(`document.querySelector('.rows li .pill').innerText === 'delivered'`)
		p.press("End the rotation")
		p.until(`![...document.querySelectorAll('.facts')].some(e => e.innerText.includes('and the one before'))`)
		s.invoice(`{"amount_usd": 5}`)
		p.until(rowKeys + ` === '4,3,2,1'`)
		p.until(`document.querySelector('.rows li .pill').innerText === 'given up'`)
		eval[bool](p, `document.querySelector('.rows a').click() ?? true`)
		p.sees(".boxes pre", "not signed by me <b>")
		h.set(second, http.StatusNoContent)
		p.press("Deliver again")
		eval[bool](p, `document.querySelector('.side .close').click() ?? true`)
		p.until(`document.querySelector('.rows li')?.dataset.key === '5' && document.querySelector('.rows li .pill').innerText === 'delivered'`)
		p.sees(".rows li", "204")
		h.Close()
		s.invoice(`{"amount_usd": 5}`)
		p.until(`document.querySelector('.rows li')?.dataset.key === '6' && document.querySelector('.rows li .pill').innerText === 'given up'`)
		eval[bool](p, `document.querySelector('.rows a').click() ?? true`)
		p.sees(".boxes > li .pill", "no answer")
		p.until(`document.querySelector('.boxes .problem').innerText`)
		if text := eval[string](p, `document.querySelector('.boxes').innerText`); strings.Contains(text+p.text(), "secret-of-the-address") || strings.Contains(text, "http:") {
			t.Errorf("%s", text)
		}
		s.show(p, "#/webhooks/1")
		p.press("Remove")
		p.until(`location.hash === '#/webhooks'`)
		p.sees(".none", "There is no endpoint yet.")
		p.forgive("status of 400")
		p.wantNoErrors()
		p.wantConsoleSecrets(s)
	},
	// A secret of one's own is taken by the rules that hold elsewhere, and not shown again.
	"an endpoint with a secret of one's own": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		h := newHook(t)
		p := open(t)
		s.show(p, "#/webhooks")
		add := func(secret string) {
			t.Helper()
			eval[bool](p, fmt.Sprintf(`(() => { const [url, , secret] = document.querySelectorAll('.stack input'); url.value = ''; secret.value = %q; return true })()`, secret))
			p.try("write the address", func(ctx context.Context) error { return p.enter(ctx, ".stack input[type=url]", h.URL+"\r") })
		}
		add(" secret")
		p.sees("[role=alert]", "secret: must have neither white space around it nor control characters")
		const own = "a-secret-of-ones-own"
		h.set(own, http.StatusOK)
		add(own)
		p.sees(".endpoints a", "all events")
		p.until(`document.querySelectorAll('.stack input')[2].value === ''`)
		eval[bool](p, `document.querySelector('.endpoints a').click() ?? true`)
		p.sees(".facts", "…"+own[len(own)-4:])
		p.press("Ping")
		p.sees(".rows li", "delivered")
		wantNone(t, "the page", eval[string](p, `document.documentElement.outerHTML + [...document.querySelectorAll('input')].map(i => i.value)`), []string{own})
		p.forgive("status of 400")
		p.wantNoErrors()
		p.wantConsoleSecrets(s)
	},
	// JSON is shown with the digits that it has.
	"numbers keep their digits": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		id := s.invoice(`{"amount_usd": 5, "metadata": {"number": 9007199254740993}}`)
		s.show(p, "#/invoices/"+id)
		p.until(`document.querySelector('.detail details summary')`)
		eval[bool](p, `document.querySelector('.detail details summary').click() ?? true`)
		p.sees(".detail details pre", `"number": 9007199254740993`)
		p.wantNoErrors()
	},
}
