package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// TestLook writes what the page looks like to the directory in LOOK, for people who
// change it.
func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip("set LOOK to a directory for screenshots of the page")
	}
	s := newSite(t, 10*time.Second)
	tb := newTab(t)
	shoot := func(name string) {
		png, err := chromedp.Run(tb.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tb.scheme("light")
	tb.open(s.url)
	shoot("sign-in")
	tb.signIn(s)
	tb.untilLive()
	shoot("empty")
	for i := range 4 {
		s.emitInvoiceAndOrder(fmt.Sprint(i))
	}
	s.emit(pepay.EventInvoiceUpdated, "550e8400-e29b-41d4-a716-446655440000", "expired")
	s.emit(pepay.EventInvoicePaymentCreated, "550e8400-e29b-41d4-a716-446655440111", "pending")
	tb.until(`document.querySelectorAll('tbody tr').length >= 22`)
	shoot("light")
	tb.scheme("dark")
	shoot("dark")
	tb.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateScale(2)))
	tb.until(`innerWidth === 390`)
	shoot("phone-dark")
	tb.scheme("light")
	shoot("phone")
	tb.do(chromedp.EmulateViewport(1200, 900))
	call(tb, network.ClearBrowserCookies, cdp.Empty{})
	tb.until(`document.querySelectorAll('[data-state=refused]').length === 2`)
	shoot("refused")
	s.sim.Faults().On("mintWsToken", pepaytest.Status(503), pepaytest.Always())
	tb.signIn(s)
	tb.until(`[...document.querySelectorAll('.why')].every(why => why.innerText.includes('502'))`)
	shoot("outage")
}
