package pepaytest

import (
	"encoding/json"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

const day = 24 * time.Hour

// smallSeed has every status of invoices, settlements and orders at least once.
func smallSeed(s *seeding) {
	who := people()
	s.apiKey(20*day, "Old server", pepay.WSTokenScopeMerchant, 13*day)
	s.apiKey(7*day, "Shop server", pepay.WSTokenScopeMerchant, 0)

	bill := func(p person, millis int64, text string) invoice {
		return invoice{Amount: millis, CustomerID: p.id, Description: text, Metadata: json.RawMessage(`{"source":"seed"}`)}
	}
	s.invoice(4*day, bill(who[0], 49_990, "Order #1001"), pays(3*time.Minute, 100, 11), settles(2*time.Minute))
	s.invoice(3*day, bill(who[1], 120_000, "Consulting, 1 hour"), pays(40*time.Minute, 60, 10), pays(5*time.Minute, 40, 0), settles(4*time.Minute))
	s.invoice(50*time.Hour, bill(who[2], 15_500, "Order #1002"), pays(6*time.Minute, 110, 12), settles(3*time.Minute)) // too much
	s.invoice(2*day, bill(who[3], 9_000, "Order #1003"))                                                               // expires
	s.invoice(30*time.Hour, bill(who[4], 250_000, "Annual plan"), pays(12*time.Minute, 100, 13), failsToSettle(5*time.Minute))
	s.invoice(5*time.Hour, bill(who[5], 75_250, "Order #1004"), pays(20*time.Minute, 100, 15))
	s.invoice(4*time.Hour, bill(who[7], 33_000, "Order #1000, entered twice"), isCanceled(9*time.Minute))
	s.invoice(2*time.Hour, bill(who[6], 60_000, "Order #1005"), pays(15*time.Minute, 50, 11)) // too little
	s.invoice(10*time.Minute, bill(who[7], 18_990, "Order #1006"))

	const (
		paid, settled, placed       = server.OrderTransitionPaymentConfirmed, server.OrderTransitionPaymentSettled, server.OrderTransitionPlaced
		shipped, delivered          = server.OrderTransitionShipped, server.OrderTransitionDeliveryConfirmed
		failed, cancelled, refunded = server.OrderTransitionFailed, server.OrderTransitionCancelled, server.OrderTransitionRefunded
	)
	s.order(6*day, who[0], []string{"B08N5WRWNW"}, paid, settled, placed, shipped, delivered)
	s.order(3*day, who[1], []string{"B07Q2M4XKD", "B08F6Y9DTM"}, paid, settled, placed, shipped)
	s.order(2*day, who[2], []string{"6538917"}, paid, settled, placed)
	s.order(36*time.Hour, who[4], []string{"B0B844T634", "B0B2J6DKQ4"}, paid, settled, placed, cancelRequest, cancelled, refunded)
	s.order(28*time.Hour, who[2], []string{"A-52190348"}, paid, failed, refunded)
	s.order(25*time.Hour, who[3], []string{"B05H4Z2QJP"}) // its invoice expires
	s.order(3*time.Hour, who[6], []string{"5347812096"}, paid)
	s.order(5*time.Minute, who[7], []string{"B000NPYY04"})

	s.cart(90*time.Minute, who[1], "B0A9E4NVH1", "B06W8C2RZK")
	s.cart(20*time.Minute, who[5], "A-61728450")
}
