package e2e_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// module is a file of a package from npm.
func module(t *testing.T, name string) string {
	t.Helper()
	path := "node_modules/" + name
	if _, err := os.Stat(path); err != nil {
		message := "this test needs packages from npm: npm ci --prefix internal/e2e"
		if os.Getenv("CI") != "" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
	return path
}

// finding is a rule of axe-core that does not hold.
type finding struct {
	ID, Impact, Help string
	Nodes            []string
}

func (tb *tab) audit(what, axe string) {
	tb.t.Helper()
	if !eval[bool](tb, `typeof axe === 'object'`) { // once for each document: it is half a megabyte
		eval[bool](tb, axe+"; true")
	}
	found := eval[[]finding](tb, `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.map(n => n.target + ': ' + n.any.concat(n.all, n.none).map(c => c.message))})))`)
	for _, f := range found {
		tb.t.Errorf("%s: %s, %s: %s\n%v", what, f.ID, f.Impact, f.Help, f.Nodes)
	}
}

// Every state of both pages, in both colour schemes and on a phone.
func TestAccessibility(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(module(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	axe := string(source)
	s := newSite(t, 4*time.Second)
	tb := newTab(t)
	everywhere := func(what string) {
		t.Helper()
		for _, width := range []int64{1200, 390} {
			tb.do(chromedp.EmulateViewport(width, 900))
			for _, scheme := range []string{"light", "dark"} {
				tb.scheme(scheme)
				tb.audit(fmt.Sprintf("%s, %s, %d wide", what, scheme, width), axe)
			}
		}
	}
	tb.open(s.url)
	everywhere("sign-in")
	tb.do(chromedp.SendKeys(chromedp.CSS("#password"), "wrong\r"))
	tb.until(`document.querySelector('[role=alert]')`)
	everywhere("wrong password")
	tb.signIn(s)
	tb.untilLive()
	everywhere("empty")
	s.emitInvoiceAndOrder("1")
	s.emit("invoice.updated", "inv_2", "expired")
	tb.untilRows(6)
	everywhere("events")
	tb.do(chromedp.Click(chromedp.CSS("#pause")))
	everywhere("paused")
	call(tb, network.ClearBrowserCookies, cdp.Empty{})
	tb.until(`document.querySelectorAll('[data-state=refused]').length === 2`)
	everywhere("refused")
}

// All of it can be reached and used from the keyboard, in the order in which it is seen,
// and one sees where one is.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	s.emitInvoiceAndOrder("1")
	tb.untilRows(5)
	for _, want := range []string{"Skip to the events", "Sign out", "filter", "pause", "events"} {
		tb.do(chromedp.KeyEvent("\t"))
		if got := eval[string](tb, `document.activeElement.id || document.activeElement.innerText`); got != want {
			t.Fatalf("Tab leads to %q, want %q", got, want)
		}
		if !eval[bool](tb, `(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2 })()`) {
			t.Errorf("one does not see that %q has the focus", want)
		}
	}
	eval[bool](tb, `document.querySelector('#filter').focus() ?? true`)
	tb.do(chromedp.KeyEvent("commerce.order.u"))
	tb.until(`document.querySelectorAll('tbody tr').length === 1`)
	tb.do(chromedp.KeyEvent("\t"), chromedp.KeyEvent(" "))
	tb.until(`document.querySelector('#pause').getAttribute('aria-pressed') === 'true'`)
	tb.wantNoErrors()
}

// A screen reader is told in summaries: a hundred events are not a hundred messages.
func TestLiveRegionDoesNotFlood(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	eval[bool](tb, `(() => {
		window.said = [];
		new MutationObserver(() => said.push(document.querySelector('#announcer').textContent)).observe(document.querySelector('#announcer'), {childList: true, characterData: true, subtree: true});
		return true;
	})()`)
	for i := range 20 {
		s.emitInvoiceAndOrder(fmt.Sprint(i))
	}
	tb.untilRows(100)
	tb.until(`said.some(text => text.includes('new event'))`)
	eval[bool](tb, `new Promise(done => setTimeout(done, 2500, true))`)
	if n := eval[int](tb, `said.length`); n > 4 {
		t.Errorf("%d messages", n)
	}
	if n := eval[int](tb, `document.querySelectorAll('[aria-live], [role=status], [role=alert], [role=log]').length`); n != 1 {
		t.Errorf("%d live regions", n)
	}
}
