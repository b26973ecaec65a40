package e2e_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// emitObject makes an event about a resource as it is given.
func (s *site) emitObject(eventType, object string) string {
	s.t.Helper()
	ev, err := pepaytest.NewEvent(eventType)
	if err != nil {
		s.t.Fatal(err)
	}
	ev.Data.Object = json.RawMessage(object)
	return s.sim.Emit(ev).ID
}

// What happened before the page was opened is there, also after a reload, and each event once.
func TestEarlierEvents(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	want := s.emitInvoiceAndOrder("before")
	tb := s.signedIn()
	tb.untilRows(len(want))
	want = append(want, s.emitInvoiceAndOrder("after")...)
	tb.untilRows(len(want))
	for range 2 {
		if got := tb.rows(); !slices.Equal(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
		tb.do(chromedp.Reload())
		tb.untilLive()
		tb.untilRows(len(want))
	}
	tb.until(`[...document.querySelectorAll('#legend li')].some(li => li.innerText === 'invoice.updated 4')`)
	tb.wantNoErrors()
}

// The list cannot be had: the page says so and follows the stream all the same.
func TestEarlierEventsCannotBeLoaded(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	s.sim.Faults().On("listEvents", pepaytest.Status(400), pepaytest.Always())
	s.emitInvoiceAndOrder("before")
	tb := s.signedIn()
	tb.until(`document.querySelector('#empty').innerText.startsWith('Earlier events could not be loaded')`)
	s.emitInvoiceAndOrder("after")
	tb.untilRows(5)
	tb.forgive("status of 502")
	tb.wantNoErrors()
}

// A row opens, from the keyboard too, to the whole event as JSON.
func TestRowOpens(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	s.emitObject(pepay.EventInvoiceUpdated, `{"object":"invoice","id":"inv_1","status":"paid","metadata":{"n":12345678901234567890,"text":"<b>{\"a\":[1]}</b>"},"list":[],"none":null}`)
	tb.untilRows(1)
	button := `document.querySelector('tbody tr[data-event] button')`
	eval[bool](tb, button+`.focus() ?? true`)
	for range 2 {
		tb.do(chromedp.KeyEvent("\r"))
		tb.until(button + `.getAttribute('aria-expanded') === 'true' && document.querySelector('.detail pre').checkVisibility()`)
		shown := eval[string](tb, `document.querySelector('.detail pre').innerText`)
		for _, want := range []string{"{\n  \"api_version\": \"", "\n      \"metadata\": {\n        \"n\": 12345678901234567890,\n        \"text\": \"<b>{\\\"a\\\":[1]}</b>\"\n      },\n      \"list\": [],\n      \"none\": null\n"} {
			if !strings.Contains(shown, want) {
				t.Errorf("no %s in\n%s", want, shown)
			}
		}
		tb.do(chromedp.KeyEvent(" "))
		tb.until(button + `.getAttribute('aria-expanded') === 'false' && !document.querySelector('.detail')`)
	}
	tb.do(chromedp.Click(chromedp.CSS("tbody tr[data-event] td:nth-child(5)")))
	tb.until(`document.querySelector('.detail')`)
	eval[bool](tb, `document.querySelector('#filter').value = 'invoice.*'; document.querySelector('#filter').dispatchEvent(new Event('change'))`)
	tb.until(`document.querySelector('tbody tr[data-event] + .detail')`)
	tb.wantNoErrors()
}

// An invoice leads to its payments, and a payment to its invoice.
func TestLinksBetweenInvoiceAndPayment(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	for _, n := range []string{"1", "2"} {
		s.emitObject(pepay.EventInvoiceCreated, `{"object":"invoice","id":"inv_`+n+`","status":"unpaid","amount_usd":49}`)
		s.emitObject(pepay.EventInvoicePaymentCreated, `{"object":"invoice_payment","id":"pay_`+n+`","invoice_id":"inv_`+n+`","status":"pending","amount_usd":49}`)
	}
	tb.untilRows(4)
	for _, link := range []string{"#of=inv_1", "#of=inv_2"} {
		tb.do(chromedp.Click(chromedp.CSS(`tbody td .of a[href="` + link + `"]`))) // the payment's
		tb.until(`document.querySelectorAll('tbody tr').length === 2`)
		want := strings.TrimPrefix(link, "#of=")
		tb.until(fmt.Sprintf(`[...document.querySelectorAll('tbody tr')].every(r => r.innerText.includes(%q)) && document.querySelector('#only').innerText.includes(%q)`, want, want))
		tb.do(chromedp.Click(chromedp.CSS("#only")))
		tb.until(`document.querySelectorAll('tbody tr').length === 4 && document.querySelector('#only').hidden`)
	}
	tb.do(chromedp.Click(chromedp.CSS(`tbody td > a[href="#of=inv_1"]`))) // the invoice's
	tb.until(`document.querySelector('tbody').innerText.includes('pay_1') && !document.querySelector('tbody').innerText.includes('pay_2')`)
	tb.do(chromedp.Reload())
	tb.untilLive()
	tb.until(`document.querySelectorAll('tbody tr').length === 2`)
	tb.wantNoErrors()
}

// A payment whose settlement failed is not good news.
func TestWorstStatusCounts(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	for i, c := range []struct{ object, tone, words string }{
		{`"status":"confirmed"`, "good", "confirmed"},
		{`"status":"confirmed","settlement_status":"settled"`, "good", "settled"},
		{`"status":"confirmed","settlement_status":"pending"`, "open", "settlement pending"},
		{`"status":"confirmed","settlement_status":"manual"`, "open", "settlement manual"},
		{`"status":"confirmed","settlement_status":"failed"`, "bad", "settlement failed"},
		{`"status":"confirmed","settlement":{"status":"failed"}`, "bad", "settlement failed"},
		{`"status":"confirmed","settlement_status":"settled","settlement":{"summary_status":"failed","status":"settled"}`, "bad", "settlement failed"},
		{`"status":"manual_retry","settlement_status":"pending"`, "bad", "manual retry"},
		{`"status":"pending","settlement_status":"pending"`, "open", "pending"},
	} {
		s.emitObject(pepay.EventInvoicePaymentUpdated, `{"object":"invoice_payment","id":"pay_1","invoice_id":"inv_1",`+c.object+`}`)
		tb.untilRows(i + 1)
		if got := eval[string](tb, `(() => { const p = document.querySelector('tbody .pill'); return p.className + ': ' + p.innerText })()`); got != "pill "+c.tone+": "+c.words {
			t.Errorf("%s: %s", c.object, got)
		}
	}
}

// Pepay has no events after the cursor any more, and says so in one way or the other. What the list has is
// loaded; what it does not have is shown as a gap.
func TestGap(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer pepaytest.OldCursorAnswer
		missed int
		gap    bool
	}{
		"snapshot, a few": {pepaytest.OldCursorSnapshot, 5, false},
		"snapshot, many":  {pepaytest.OldCursorSnapshot, 300, true},
		"control, many":   {pepaytest.OldCursorControl, 300, true},
		"error, many":     {pepaytest.OldCursorError, 300, true},
		"error, a few":    {pepaytest.OldCursorError, 5, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, time.Minute, pepaytest.WithRetention(250), pepaytest.WithOldCursor(c.answer))
			s.sim.Faults().On("openMerchantStream", pepaytest.DropAfter(1), pepaytest.Next(1))
			tb := s.signedIn()
			eval[bool](tb, `(() => { window.dial = WebSocket; window.WebSocket = class { constructor() { throw new Error('not now') } }; return true })()`)
			first := s.emit(pepay.EventInvoiceCreated, "inv_first", "unpaid")
			tb.untilRows(1)
			tb.until(`document.querySelector('[data-scope=merchant]').dataset.state === 'failed'`)
			var want []string
			for i := range c.missed {
				want = append(want, s.emit(pepay.EventInvoiceUpdated, fmt.Sprint("inv_", i), "paid"))
			}
			eval[bool](tb, `(() => { WebSocket = dial; document.querySelector('[data-scope=merchant] .again button').click(); return true })()`)
			tb.until(`document.querySelector('[data-scope=merchant]').dataset.state === 'live'`)
			tb.untilRows(min(len(want), 99))
			if !c.gap {
				tb.untilRows(len(want) + 1)
				if got := tb.rows(); !slices.Equal(got, append([]string{first}, want...)) {
					t.Errorf("got %v\nwant %v", got, want)
				}
				if n := eval[int](tb, `document.querySelectorAll('tr.gap').length`); n > 0 {
					t.Errorf("%d gaps although nothing is missing", n)
				}
				return
			}
			tb.until(`document.querySelector('tr.gap')?.nextElementSibling?.dataset.event === '` + first + `'`)
			if got := tb.rows(); !slices.Equal(got[len(got)-99:], want[len(want)-99:]) {
				t.Errorf("got %v\nwant %v", got, want)
			}
		})
	}
}

// Nothing moves once it is seen, and the token's life reads well all the time.
func TestFirstPaint(t *testing.T) {
	t.Parallel()
	s := newSite(t, 6*time.Second)
	s.url = inPieces(t, s.url)
	s.emitInvoiceAndOrder("1")
	for _, width := range []int64{1200, 360} {
		tb := s.signedIn()
		tb.do(chromedp.EmulateViewport(width, 900))
		tb.do(chromedp.Reload())
		tb.untilLive()
		tb.untilRows(5)
		tb.wantStill(fmt.Sprintf("%d wide", width))
		eval[bool](tb, `(() => { window.seen = new Set(); setInterval(() => document.querySelectorAll('.left').forEach(e => seen.add(e.innerText)), 50); return true })()`)
		tb.until(`[...document.querySelectorAll('.renewals')].every(e => parseInt(e.innerText) >= 2)`)
		for _, text := range eval[[]string](tb, `[...seen]`) {
			if !strings.HasPrefix(text, "renews in ") && text != "renews now" && text != "none" {
				t.Errorf("the token's life reads %q", text)
			}
		}
	}
}

// On the narrowest phones nothing is cut off, overlaps or is broken into a column of letters.
func TestNarrow(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	s.emitInvoiceAndOrder("550e8400-e29b-41d4-a716-446655440000")
	s.emitObject(pepay.EventInvoicePaymentUpdated, `{"object":"invoice_payment","id":"550e8400-e29b-41d4-a716-446655440111","invoice_id":"550e8400-e29b-41d4-a716-446655440000","status":"confirmed","settlement_status":"failed"}`)
	s.emitObject("commerce.order.updated", `{"object":"commerce_order","id":"order","status":"delivery_confirmed","invoice_id":"550e8400-e29b-41d4-a716-446655440000"}`)
	s.emitStory()
	tb.untilRows(17)
	eval[any](tb, `document.querySelector('tbody button.open').click()`)
	tb.until(`document.querySelector('.detail pre')`)
	for _, width := range []int64{320, 360, 768} {
		tb.do(chromedp.EmulateViewport(width, 700))
		tb.until(fmt.Sprintf(`innerWidth === %d`, width))
		if got := eval[int64](tb, `document.documentElement.scrollWidth`); got > width {
			t.Errorf("%d wide: the page is %d wide", width, got)
		}
		if tall := eval[[]string](tb, `[...document.querySelectorAll('td > *, dt, dd, h1, h2, h3, label, button, .simulator')].filter(e => e.checkVisibility() && e.getClientRects().length && e.innerText.trim() && e.getBoundingClientRect().width < 40 && e.getBoundingClientRect().height > 60).map(e => e.innerText)`); len(tall) > 0 {
			t.Errorf("%d wide: broken into columns: %q", width, tall)
		}
		if over := eval[[]string](tb, `[...document.querySelectorAll('tbody tr[data-event]')].flatMap(row => {
			const parts = ['time', 'button', '.kind', 'td:nth-child(4)', '.pill'].map(s => row.querySelector(s)).filter(Boolean).map(e => { const r = document.createRange(); r.selectNodeContents(e); return [e.innerText, r.getBoundingClientRect()] });
			return parts.flatMap(([a, x], i) => parts.slice(i + 1).filter(([, y]) => x.left < y.right && y.left < x.right && x.top + 2 < y.bottom && y.top + 2 < x.bottom).map(([b]) => a + ' | ' + b));
		})`); len(over) > 0 {
			t.Errorf("%d wide: these overlap: %q", width, over)
		}
	}
}
