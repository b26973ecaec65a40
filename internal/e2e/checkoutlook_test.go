package e2e_test

import (
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// TestLookShop writes what the example shop looks like to the directory in LOOK.
func TestLookShop(t *testing.T) {
	dir := lookInto(t)
	s := newShop(t)
	tb := newTab(t)
	shoot := func(name string) { t.Helper(); tb.shoot(dir, "shop-"+name) }
	tb.open(s.url)
	shoot("empty")
	tb.toAddress(s)
	shoot("address")
	tb.typeAddress()
	shoot("review")
	tb.click(`form[action="/order"] button`, "Waiting for your payment")
	shoot("choice")
	tb.click(`form[action="/quote"] button`, "Waiting for your payment")
	tb.until(`document.querySelector('svg.qr') && document.querySelector('#connection').dataset.state === 'live'`)
	shoot("quote")
	s.pay(pepaytest.Payment{Millis: 50_000})
	tb.untilHeading("A part is still missing")
	shoot("underpaid")
	s.deliver()
	s.pay(pepaytest.Payment{})
	tb.untilSays("Paid")
	shoot("paid")
	for _, to := range []pepay.OrderTransition{pepay.OrderTransitionPaymentSettled, pepay.OrderTransitionPlaced, pepay.OrderTransitionShipped} {
		s.transition(to)
	}
	tb.untilHeading("Shipped")
	shoot("shipped")
}
