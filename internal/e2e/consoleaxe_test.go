package e2e_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// Every view, with something in it, in both colour schemes and on a phone: axe finds nothing, nothing is cut
// off on the narrowest phones, and nothing is broken into a column of letters.
func TestConsoleAccessibility(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(module(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	s := newConsole(t, pepaytest.WithWebhookRetry(2, time.Millisecond))
	tb := newTab(t)
	s.deliveries()
	id := s.invoice(`{"amount_usd": 999999.89, "description": "two mugs", "customer_id": "cust_with_a_very_long_name_without_any_space_in_it_0123456789"}`)
	order, _ := s.order()
	for _, route := range append(consoleRoutes, "#/invoices/"+id, "#/orders/"+order, "#/requests/1", "#/webhooks/1", "#/webhooks/1/1", "#/webhooks/1/2", "#/webhooks/receiver", "#/invoices/none") {
		s.show(tb.page, route)
		tb.until(`document.querySelector('main > :not([hidden])').innerText.length > 20 && !document.querySelector('main > :not([hidden]) h2:empty')`)
		for _, width := range []int64{1280, 768, 360, 320} {
			tb.do(chromedp.EmulateViewport(width, 740))
			tb.until(fmt.Sprintf(`innerWidth === %d`, width))
			if got := eval[int64](tb, `document.documentElement.scrollWidth`); got > width {
				t.Errorf("%s, %d wide: the page is %d wide", route, width, got)
			}
			if wide := eval[[]string](tb, `[...document.querySelectorAll('.detail, .list, .page, .scroll')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).map(e => e.className + ' ' + e.scrollWidth + ' in ' + e.clientWidth)`); len(wide) > 0 {
				t.Errorf("%s, %d wide: %q", route, width, wide)
			}
			if tall := eval[[]string](tb, `[...document.querySelectorAll('main *, header *')].filter(e => !e.childElementCount && e.checkVisibility() && e.innerText?.trim() && e.getBoundingClientRect().width < 40 && e.getBoundingClientRect().height > 60).map(e => e.innerText)`); len(tall) > 0 {
				t.Errorf("%s, %d wide: broken into columns: %q", route, width, tall)
			}
			if width != 1280 && width != 360 {
				continue
			}
			for _, scheme := range []string{"light", "dark"} {
				tb.scheme(scheme)
				tb.audit(fmt.Sprintf("%s, %s, %d wide", route, scheme, width), string(source))
			}
		}
		tb.do(chromedp.EmulateViewport(1280, 740))
	}
	tb.forgive("status of 404") // of the invoice that is not there
	tb.wantNoErrors()
}

// Invoices are reached, chosen, paid and left with the keyboard alone, and one sees where one is.
func TestConsoleKeyboard(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	var ids []string
	for i := range 40 {
		ids = append(ids, s.invoice(fmt.Sprintf(`{"amount_usd": %d}`, i+1)))
	}
	tb := newTab(t)
	s.show(tb.page, "")
	tb.until(`document.querySelectorAll('.rows li').length > 5`)
	at := func() string {
		return eval[string](tb, `document.activeElement.hash || document.activeElement.innerText || document.activeElement.ariaLabel`)
	}
	press := func(key, want string) {
		t.Helper()
		tb.do(chromedp.KeyEvent(key))
		if got := at(); got != want {
			t.Fatalf("%q leads to %q, want %q", key, got, want)
		}
		if !eval[bool](tb, `(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2 })()`) && want[0] == '#' {
			t.Errorf("one does not see that %q has the focus", want)
		}
	}
	row := func(i int) string { return "#/invoices/" + ids[len(ids)-1-i] }
	press("\t", "#main") // the link that skips the views
	tb.do(chromedp.KeyEvent("\r"))
	if got := eval[string](tb, `document.activeElement.id + location.hash`); got != "main#/invoices" {
		t.Fatalf("skipping leads to %q", got)
	}
	press("\t", "Search invoices")
	press("\t", row(0))
	press("\u0301", row(1)) // arrow down
	press("\u0304", row(0)) // arrow up
	press("\u0305", row(39))
	press("\u0306", row(0))
	tb.do(chromedp.KeyEvent("\r"))
	tb.until(fmt.Sprintf(`location.hash === %q && document.activeElement.tagName === 'H2'`, row(0)))
	tb.until(`document.querySelector('.actions button')`)
	for range 10 {
		tb.do(chromedp.KeyEvent("\t"))
		if eval[bool](tb, `document.activeElement.innerText.startsWith('Pay exactly')`) {
			break
		}
	}
	tb.do(chromedp.KeyEvent(" "))
	tb.status("paid")
	if got := eval[string](tb, `document.activeElement.tagName`); got != "BUTTON" {
		t.Errorf("after paying, the focus is on %s", got)
	}
	tb.do(chromedp.KeyEvent("\u001b"))
	tb.until(`location.hash === '#/invoices'`)
	if got := at(); got != row(0) {
		t.Errorf("Escape leads to %q", got)
	}
	tb.wantNoErrors()
}

// A screen reader is told in summaries, in one place.
func TestConsoleLiveRegion(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	tb := newTab(t)
	s.show(tb.page, "#/requests")
	eval[bool](tb, `(() => { window.said = []; new MutationObserver(() => said.push(document.querySelector('#announcer').textContent)).observe(document.querySelector('#announcer'), {childList: true, characterData: true, subtree: true}); return true })()`)
	s.many(100)
	tb.until(`document.querySelector('.rows li')?.dataset.key === '100'`)
	if said := eval[[]string](tb, `new Promise(done => setTimeout(() => done(said), 1500))`); len(said) > 1 {
		t.Errorf("%d messages: %q", len(said), said)
	}
}
