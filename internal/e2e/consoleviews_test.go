package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

var consoleViews = map[string]consoleTest{
	// Who is connected is seen with its filters, and can be dropped.
	"a stream is dropped": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		s.show(p, "#/streams")
		p.sees(".none", "Nobody is connected.")
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		address := "ws" + strings.TrimPrefix(s.sim.URL(), "http") + "/ws/merchant/events?format=event_v1&types=invoice.*"
		conn, resp, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: s.sim.Client(), HTTPHeader: http.Header{"x-api-key": {s.sim.APIKey()}}})
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body != nil {
			_ = resp.Body.Close()
		}
		defer func() { _ = conn.CloseNow() }()
		p.sees(".boxes li", "types=invoice.*")
		s.invoice(`{"amount_usd": 5}`)
		p.until(`[...document.querySelectorAll('.boxes dd')].some(e => e.innerText === '1')`)
		p.press("Drop")
		for err == nil {
			_, _, err = conn.Read(ctx)
		}
		if ctx.Err() != nil {
			t.Error("the stream is still open")
		}
		p.sees(".none", "Nobody is connected.")
		p.wantNoErrors()
	},
	// A preset is switched on and hits; a wrong one of one's own is refused with the reason.
	"faults are switched on and off": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		s.show(p, "#/faults")
		p.sees(".none", "the simulator behaves")
		p.press("5xx for a minute")
		p.sees(".boxes li", "hit 0 times")
		resp, err := s.sim.Client().Get(s.sim.URL() + "/api/v1/invoices")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s", resp.Status)
		}
		p.sees(".boxes li", "hit once")
		p.try("write a fault", func(ctx context.Context) error { return p.enter(ctx, "form input", "nothing\r") })
		p.sees("[role=alert]", "spec")
		p.press("Switch off")
		p.sees(".none", "the simulator behaves")
		p.forgive("status of 400")
		p.wantNoErrors()
	},
	// The clock is moved, so that an invoice expires, and set back; the simulator is reset.
	"the clock is moved and all is reset": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		id := s.invoice(`{"amount_usd": 5}`)
		s.show(p, "#/clock")
		p.until(`[...document.querySelectorAll('.facts div')].some(e => e.innerText.replace(/\s+/g, ' ') === 'Invoices 1')`)
		p.press("+12 h")
		p.sees(".clock", "12 h ahead")
		p.sees("#ahead", "Clock 12 h ahead")
		p.press("+15 min")
		p.sees("#ahead", "12 h 15 min ahead")
		if got := s.ask(http.MethodGet, "/api/v1/invoices/"+id, ""); got["status"] != "expired" {
			t.Errorf("the invoice is %v", got["status"])
		}
		p.press("Back to real")
		p.until(`!document.querySelector('#ahead').checkVisibility()`)
		p.press("Reset to the seed")
		p.sees("dialog", "Reset to the seed?")
		p.press("Keep everything")
		p.until(`!document.querySelector('dialog').open`)
		p.press("Reset to the seed")
		p.until(`document.querySelector('dialog').open`)
		eval[bool](p, `[...document.querySelectorAll('dialog button')].find(b => b.innerText === 'Reset').click() ?? true`)
		p.until(`[...document.querySelectorAll('.facts div')].some(e => e.innerText.replace(/\s+/g, ' ') === 'Invoices 0')`)
		eval[bool](p, `(location.hash = '#/invoices') && true`)
		p.sees(".empty", "There is no invoice yet.")
		p.wantNoErrors()
	},
	// One search over everything, and one of each list; both stand in the address.
	"something is searched for": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		s.invoice(`{"amount_usd": 5, "customer_id": "cust_needle"}`)
		for range 7 {
			s.invoice(`{"amount_usd": 6, "customer_id": "cust_hay"}`)
		}
		s.show(p, "#/search?search=cust_needle")
		p.sees(".found li", "$5.00")
		p.until(`document.querySelectorAll('.found li').length === 2`) // and the request that created it
		p.try("search", func(ctx context.Context) error { return p.enter(ctx, "main > :not([hidden]) input[type=search]", "x") })
		p.until(`location.hash.includes('cust_needlex') && document.querySelectorAll('.found li').length === 0`)
		s.show(p, "#/search?search=cust_hay")
		p.until(`document.querySelectorAll('.found li').length === 10`) // of each kind, five
		eval[bool](p, `document.querySelector('.found section a[href*="search="]').click() ?? true`)
		p.until(`location.hash === '#/invoices?search=cust_hay' && document.querySelectorAll('.rows li').length === 7`)
		p.wantNoErrors()
	},
	// The simulator is started again, on the same port: the page that is open goes on with the new one.
	"the simulator is started again": func(t *testing.T, open func(*testing.T) *page) {
		first := startConsole(t, "127.0.0.1:0")
		p := open(t)
		first.show(p, "#/requests")
		address := strings.TrimPrefix(first.sim.URL(), "http://")
		if err := first.sim.Close(); err != nil {
			t.Fatal(err)
		}
		p.until(`document.querySelector('#live').dataset.state === 'waiting'`)
		second := startConsole(t, address)
		p.until(`document.querySelector('#live')?.dataset.state === 'live'`)
		second.invoice(`{"amount_usd": 5}`)
		p.sees(".rows a", "createInvoice")
		p.wantConsoleSecrets(second)
	},
}

// startConsole is newConsole on a given address.
func startConsole(t *testing.T, address string) *consoleSite {
	t.Helper()
	s := &consoleSite{t: t}
	var option pepaytest.Option
	s.token, option = consoleOption(t)
	var err error
	waitFor(t, "the port is free", func() bool {
		s.sim, err = pepaytest.Start(address, option)
		return err == nil
	})
	t.Cleanup(func() { _ = s.sim.Close() })
	return s
}

// What somebody else wrote is shown as text, and nothing on the page can become a script.
func TestConsoleIsSafe(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	tb := newTab(t)
	const hostile = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>`
	id := s.invoice(fmt.Sprintf(`{"amount_usd": 5, "description": %q, "customer_id": %q}`, hostile, `"><b>x`))
	s.show(tb.page, "#/invoices/"+id)
	tb.sees(".facts", `<img src=x onerror=`)
	tb.sees(".rows a", `"><b>x`)
	if eval[bool](tb, `document.title.includes('pwned') || !!document.querySelector('main img, main script, main b b')`) {
		t.Error("the text became markup")
	}
	tb.wantNoErrors()
	for what, js := range map[string]string{
		"markup from text": `(() => { try { document.querySelector('main').innerHTML = '<p>'; return 'done' } catch (e) { return e.name } })()`,
		"a policy":         `(() => { try { trustedTypes.createPolicy('x', {}); return 'done' } catch (e) { return e.name } })()`,
		"a script":         `(() => { const s = document.createElement('script'); try { s.textContent = 'document.title = "pwned"'; document.head.append(s) } catch (e) { return e.name } return document.title })()`,
	} {
		if got := eval[string](tb, js); got != "TypeError" {
			t.Errorf("%s: %s", what, got)
		}
	}
	// A page somewhere else can neither show it in a frame nor read it.
	evil := newEvilSite(t)
	tb.open(evil)
	if got := eval[string](tb, fmt.Sprintf(`fetch(%q).then(r => r.text(), e => e.name)`, s.url(""))); got != "TypeError" {
		t.Errorf("another origin reads %.80s", got)
	}
	if got := eval[string](tb, fmt.Sprintf(`fetch(%q, {headers: {'x-pepaytest-token': %q}}).then(r => r.text(), e => e.name)`, s.sim.URL()+"/_pepaytest/state", s.token)); got != "TypeError" {
		t.Errorf("another origin reads %.80s", got)
	}
	eval[bool](tb, fmt.Sprintf(`new Promise(done => { const f = document.createElement('iframe'); f.src = %q; f.onload = () => done(true); document.body.append(f) })`, s.url("")))
	refused := func() (refused bool) {
		tb.logged(func(log *browserLog) {
			for _, e := range log.errors {
				refused = refused || strings.Contains(e, "frame-ancestors")
			}
		})
		return refused
	}
	waitFor(t, "the frame is refused", refused)
}

var consoleRoutes = []string{"#/invoices", "#/orders", "#/requests", "#/webhooks", "#/streams", "#/faults", "#/clock", "#/search?search=cust"}
