package pepaytest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// How much the busy seed has, beside what the small one has.
const (
	busyInvoices = 180
	busyOrders   = 45
	busyCarts    = 12
)

// busySeed is a month of a shop. Every run has the same.
func busySeed(s *seeding) {
	smallSeed(s)
	random := rand.New(rand.NewPCG(7, 11))
	who := people()
	products := []string{
		"B08N5WRWNW", "B000NPYY04", "B0B844T634", "B07Q2M4XKD", "B0C1R7WJ6S", "B07X3B5QGA", "B04G7S9YMC", "B03N1V8TFE", "B0E6M3KBV8",
		"5347812096", "6129054783", "A-61728450", "A-70345912", "6590135", "SKU-100482",
	}
	// From a month to a day ago: what is planned is over by the start.
	sometime := func() time.Duration { return day + time.Duration(random.Int64N(int64(29*day))).Truncate(time.Second) }
	minutes := func(n int64) time.Duration { return time.Duration(1+random.Int64N(n)) * time.Minute }
	for i := range busyInvoices {
		inv := invoice{
			Amount: 1_000 + 10*random.Int64N(40_000), CustomerID: who[random.IntN(len(who))].id, Description: fmt.Sprintf("Order #%d", 2001+i),
		}
		token := 10 + random.Int64N(6)
		var then []seedStep
		switch n := random.IntN(20); {
		case n < 12:
			then = []seedStep{pays(minutes(60), 100, token), settles(minutes(10))}
		case n < 14:
			then = []seedStep{pays(minutes(60), 50+random.Int64N(45), token), pays(minutes(90), 60, 0), settles(minutes(10))}
		case n < 15:
			then = []seedStep{pays(minutes(60), 100, token), failsToSettle(minutes(10))}
		case n < 16:
			then = []seedStep{pays(minutes(60), 100, token)}
		case n < 17:
			then = []seedStep{pays(minutes(60), 30, token)} // and expires
		}
		s.invoice(sometime(), inv, then...)
	}
	whole := []server.OrderTransition{
		server.OrderTransitionPaymentConfirmed, server.OrderTransitionPaymentSettled, server.OrderTransitionPlaced,
		server.OrderTransitionShipped, server.OrderTransitionDeliveryConfirmed,
	}
	for range busyOrders {
		first := random.IntN(len(products))
		items := products[first:min(first+1+random.IntN(3), len(products))]
		s.order(sometime(), who[random.IntN(len(who))], items, whole[:random.IntN(len(whole)+1)]...)
	}
	for range busyCarts {
		s.cart(sometime(), person{id: fmt.Sprintf("cust_%03d", random.IntN(1000))}, products[random.IntN(len(products))])
	}
	s.apiKey(12*day, "Analytics", pepay.WSTokenScopeCommerce, 0)
}
