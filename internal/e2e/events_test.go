package e2e_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestEventsAppear(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	tb.until(`document.querySelector('#empty').innerText.startsWith('Nothing has happened yet')`)
	s.emitInvoiceAndOrder("1")
	tb.untilRows(5)
	for _, want := range []string{"invoice inv_1", "commerce order order_1", "underpaid", "paid", "shipped", "$10.00"} {
		tb.until(fmt.Sprintf(`document.querySelector('tbody').innerText.includes(%q)`, want))
	}
	if n := len(tb.rows()); n != 5 {
		t.Errorf("%d rows", n)
	}
	tb.until(`[...document.querySelectorAll('#legend li')].some(li => li.innerText === 'invoice.updated 2')`)
	tb.until(`document.querySelectorAll('#chart rect').length >= 4`)
	tb.until(`document.querySelector('#announcer').textContent.includes('new event')`)

	tb.do(chromedp.SetValue(chromedp.CSS("#filter"), "commerce.order.*"))
	eval[bool](tb, `document.querySelector('#filter').dispatchEvent(new Event('change'))`)
	tb.until(`document.querySelectorAll('tbody tr').length === 2`)
	s.emitInvoiceAndOrder("2")
	tb.until(`document.querySelectorAll('tbody tr').length === 4`)

	tb.do(chromedp.Click(chromedp.CSS("#pause")))
	s.emitInvoiceAndOrder("3")
	tb.until(`document.querySelector('#pause').innerText === 'Resume (5 new)'`)
	if n := len(tb.rows()); n != 4 {
		t.Errorf("%d rows while paused", n)
	}
	tb.do(chromedp.Click(chromedp.CSS("#pause")))
	tb.until(`document.querySelectorAll('tbody tr').length === 6`)
	tb.wantNoErrors()
	tb.wantNoSecrets(s)
}

// What an event says is text, whatever it looks like.
func TestEventsAreText(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	s.emit(pepay.EventInvoiceUpdated, "<img src=x onerror=document.title=1>", "<b>paid</b>")
	tb.untilRows(1)
	tb.until(`document.querySelector('tbody').innerText.includes('<img src=x') && !document.querySelector('tbody img, tbody b') && document.title === 'Pepay events'`)
	tb.wantNoErrors()
}

// Pepay sends an event twice.
func TestDuplicatesAreDropped(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	s.sim.Faults().On("openMerchantStream", pepaytest.DuplicateAfter(1), pepaytest.Next(1))
	tb := s.signedIn()
	want := []string{s.emit(pepay.EventInvoiceCreated, "inv_1", "unpaid"), s.emit(pepay.EventInvoiceUpdated, "inv_1", "paid")}
	tb.untilRows(2)
	if got := tb.rows(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	tb.wantNoErrors()
}
