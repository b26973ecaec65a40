package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// TestLook writes what the dashboard looks like to the directory in LOOK, for people who
// change it, and the README's picture to docs.
func TestLook(t *testing.T) {
	dir := lookInto(t)
	s := newSite(t, 20*time.Second)
	tb := newTab(t)
	shoot := func(name string) { t.Helper(); tb.shoot(dir, name) }
	lookAtDemo(t)
	tb.open(s.url)
	shoot("sign-in")
	tb.signIn(s)
	tb.untilLive()
	shoot("empty")
	s.emitStory()
	tb.untilRows(10)
	eval[bool](tb, `document.querySelectorAll('tbody tr[data-event] button')[1].click() ?? true`)
	shoot("events")
	s.sim.Faults().On("listEvents", pepaytest.Status(400), pepaytest.Always())
	s.sim.Faults().On("openMerchantStream", pepaytest.WSErrorAfter(0, "CURSOR_TOO_OLD", "The cursor is older than the events that are kept"), pepaytest.Next(2))
	eval[bool](tb, `dispatchEvent(new Event('online'))`)
	tb.until(`document.querySelector('tr.gap')`)
	shoot("gap")
	tb.signOutBehindItsBack()
	tb.until(`document.querySelectorAll('[data-state=refused]').length === 2`)
	shoot("signed-out")
	s.sim.Faults().On("mintWsToken", pepaytest.Status(503), pepaytest.Always())
	tb.signIn(s)
	tb.until(`[...document.querySelectorAll('.why')].some(why => why.innerText.includes('502'))`)
	shoot("outage")
}

func lookInto(t *testing.T) (dir string) {
	t.Helper()
	dir = os.Getenv("LOOK")
	if dir == "" {
		t.Skip("set LOOK to a directory for screenshots of the pages, or use make screenshots")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shoot takes pictures of a page, on screens and phones, light and dark.
func (tb *tab) shoot(dir, name string) {
	tb.t.Helper()
	for _, width := range []int64{1280, 768, 360, 320} {
		tb.do(chromedp.EmulateViewport(width, 800))
		tb.until(fmt.Sprintf(`innerWidth === %d`, width))
		for _, scheme := range []string{"light", "dark"} {
			tb.scheme(scheme)
			eval[bool](tb, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
			png, err := chromedp.Run(tb.ctx, chromedp.FullScreenshot(100))
			if err != nil {
				tb.t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), png, 0o644); err != nil {
				tb.t.Fatal(err)
			}
		}
	}
	tb.do(chromedp.EmulateViewport(1280, 800))
}

// lookAtDemo takes the README's picture: light, and small.
func lookAtDemo(t *testing.T) {
	t.Helper()
	tb := newTab(t)
	tb.scheme("light")
	tb.do(chromedp.EmulateViewport(1100, 940))
	tb.open(startDemo(t))
	tb.untilLive()
	tb.untilRows(7)
	png, err := chromedp.Run(tb.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("../../docs/demo-page.png", png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// emitStory is what a day may look like: invoices with payments, one of which does not settle, and an order.
func (s *site) emitStory() {
	const invoice, payment, second = "550e8400-e29b-41d4-a716-446655440000", "7d1f2c1a-5b1e-4c7e-9a55-3f0a6d8e2b10", "c0a80121-7ac0-4f54-9d2e-0b6c1e0f7a44"
	amounts := `"currency":"usd","amount":49990,"amount_decimal":"49.990","amount_unit":"usd_millis"`
	s.emitObject(pepay.EventInvoiceCreated, `{"object":"invoice","id":"`+invoice+`","status":"unpaid",`+amounts+`}`)
	s.emitObject(pepay.EventInvoicePaymentCreated, `{"object":"invoice_payment","id":"`+payment+`","invoice_id":"`+invoice+`","status":"pending","amount_usd":20}`)
	s.emitObject(pepay.EventInvoiceUpdated, `{"object":"invoice","id":"`+invoice+`","status":"underpaid","amount_paid":20000,"amount_paid_decimal":"20.000",`+amounts+`}`)
	s.emitObject(pepay.EventInvoiceUpdated, `{"object":"invoice","id":"`+invoice+`","status":"paid",`+amounts+`}`)
	s.emitObject(pepay.EventInvoicePaymentUpdated, `{"object":"invoice_payment","id":"`+payment+`","invoice_id":"`+invoice+`","status":"confirmed","settlement_status":"settled","amount_usd":49.99}`)
	s.emitObject(pepay.EventCommerceOrderCreated, `{"object":"commerce_order","id":"order_48213","status":"placed","invoice_id":"`+second+`","total":128.5}`)
	s.emitObject(pepay.EventCommerceOrderUpdated, `{"object":"commerce_order","id":"order_48213","status":"shipped","invoice_id":"`+second+`","total":128.5}`)
	s.emitObject(pepay.EventInvoiceUpdated, `{"object":"invoice","id":"`+second+`","status":"expired",`+amounts+`}`)
	s.emitObject(pepay.EventInvoicePaymentUpdated, `{"object":"invoice_payment","id":"`+payment+`","invoice_id":"`+invoice+`","status":"confirmed","settlement_status":"pending","amount_usd":49.99}`)
	s.emitObject(pepay.EventInvoicePaymentUpdated, `{"object":"invoice_payment","id":"`+payment+`","invoice_id":"`+invoice+`","status":"confirmed","settlement_status":"failed","settlement":{"summary_status":"failed","stage":"payout","network":"bsc"},"amount_usd":49.99}`)
}
