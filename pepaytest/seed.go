package pepaytest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// seeds are what a server can begin with.
func seeds() map[string]func(*seeding) {
	return map[string]func(*seeding){"small": smallSeed, "busy": busySeed}
}

// Seeds are the names that [WithSeed] takes.
func Seeds() []string { return slices.Sorted(maps.Keys(seeds())) }

// WithSeed lets a server begin with data, as if it had been in use: invoices and orders
// in every status, customers with carts and addresses, keys, and the events of all that.
// "small" has a few of each, in the last days; "busy" has hundreds, in the last month,
// for lists, pages and totals. All of it belongs to merchant 123 on devnet.
//
// The data is made by the same rules as that of real calls, with times before the start,
// and is the same whenever the clock says the same. No webhook and no stream hears of it.
// [Server.Reset] makes it again. Another name is an error that lists the seeds.
func WithSeed(name string) Option {
	return func(c *config) error {
		if seeds()[name] == nil {
			return fmt.Errorf("pepaytest: WithSeed: there is no seed %q; there are %s", name, strings.Join(Seeds(), ", "))
		}
		c.seed = name
		return nil
	}
}

// seeding makes a seed. Its moments are planned in any order and happen in that of time,
// together with what falls due between them. A moment that the options of the server
// make impossible, such as an order of a product that is unavailable, is left out.
type seeding struct {
	*tx
	moments []moment
}

type moment struct {
	at     time.Time
	happen func()
}

// makeSeed fills an empty state.
func (t *tx) makeSeed(plan func(*seeding)) {
	now, asked := t.now, t.call
	t.call = &call{who: requester{
		credential: "commerceApiKey", merchantID: defaultMerchantID, scope: pepay.WSTokenScopeCommerce, environment: pepay.NetworkEnvironmentDevnet,
	}}
	s := &seeding{tx: t}
	plan(s)
	slices.SortStableFunc(s.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range s.moments {
		t.now = m.at
		t.settleDue()
		m.happen()
	}
	t.now = now
	t.settleDue()
	t.call = asked
}

// ago plans a moment before the start.
func (s *seeding) ago(d time.Duration, happen func()) {
	s.moments = append(s.moments, moment{s.now.Add(-d), happen})
}

// invoice plans an invoice, and what becomes of it: each step is so long after the one
// before, and has to be over by the start.
func (s *seeding) invoice(ago time.Duration, inv invoice, then ...seedStep) {
	made := &inv
	made.MerchantID, made.Environment, made.Type = defaultMerchantID, string(server.NetworkEnvironmentDevnet), invoiceStandard
	s.ago(ago, func() { s.newInvoice(made, defaultInvoiceLife) })
	for _, step := range then {
		ago -= step.after
		s.ago(ago, func() { step.do(s, made) })
	}
}

// seedStep is what happens to an invoice.
type seedStep struct {
	after time.Duration
	do    func(*seeding, *invoice)
}

// pays is a payment of a part of what is due, in percent, in a token; 0 is that of the
// payor's address.
func pays(after time.Duration, percent, tokenID int64) seedStep {
	return seedStep{after, func(s *seeding, inv *invoice) {
		_ = s.pay(inv, Payment{Millis: max(inv.Amount*percent/100, 1), TokenID: tokenID})
	}}
}

func settles(after time.Duration) seedStep {
	return seedStep{after, func(s *seeding, inv *invoice) { _ = s.settle(inv) }}
}

func failsToSettle(after time.Duration) seedStep {
	return seedStep{after, func(s *seeding, inv *invoice) { _ = s.failSettlement(inv) }}
}

// isCanceled is what only the dashboard does: Pepay documents the status and no operation.
func isCanceled(after time.Duration) seedStep {
	return seedStep{after, func(s *seeding, inv *invoice) {
		s.changeInvoice(inv, func() { inv.Status = server.InvoiceStatusCanceled })
	}}
}

// order plans a checkout of products, and the order's transitions, each a few minutes
// after the one before.
func (s *seeding) order(ago time.Duration, who person, products []string, transitions ...server.OrderTransition) {
	const every = 4 * time.Minute
	var o *order
	s.ago(ago, func() {
		of := customer{ID: who.id}
		items := make([]orderItem, 0, len(products))
		for _, id := range products {
			if p := s.server.cfg.catalogue.byID[id]; p != nil {
				items = append(items, orderItem{ProductID: id, Retailer: p.retailer, Quantity: 1})
			}
		}
		e, bad := s.newEstimate(of, items)
		if bad != nil || len(e.Items) == 0 {
			return
		}
		s.saveAddress(of, who.place())
		o, _ = s.newOrder(e, who.id, who.wallet)
	})
	for i, to := range transitions {
		s.ago(ago-time.Duration(i+1)*every, func() {
			if o == nil {
				return
			}
			if to == cancelRequest {
				if o.cannotCancel(s.rules()) == "" {
					s.requestCancellation(o, who.wallet)
				}
				return
			}
			_ = s.step(o, step{to: to})
		})
	}
}

// cancelRequest is what the merchant does, and no transition of the simulator.
const cancelRequest server.OrderTransition = "cancel request"

// cart plans a cart that was not checked out.
func (s *seeding) cart(ago time.Duration, who person, products ...string) {
	s.ago(ago, func() {
		c := s.cartOf(customer{ID: who.id})
		for _, id := range products {
			if p := s.server.cfg.catalogue.byID[id]; p != nil {
				_, _, _ = s.put(c, &cartItem{ProductID: id, Retailer: p.retailer, Title: p.title, ImageURL: p.image(), Price: p.price, Quantity: 1})
			}
		}
	})
}

// apiKey plans a key whose value nobody knows any more.
func (s *seeding) apiKey(ago time.Duration, name string, scope pepay.WSTokenScope, revokedAfter time.Duration) {
	var k *apiKey
	s.ago(ago, func() { k, _ = s.createKey(scope, name, 0) })
	if revokedAfter > 0 {
		s.ago(ago-revokedAfter, func() { s.revoke(k) })
	}
}

// person is a customer of a seed.
type person struct {
	id, first, last, street, city, state, zip string
	wallet                                    string // on bsc, for refunds
}

func (p *person) place() place {
	return place{
		FirstName: p.first, LastName: p.last, Street: p.street, City: p.city, State: p.state, Zip: p.zip, Country: "US",
		Email: strings.ToLower(p.first) + "@shop.example",
	}
}

func people() []person {
	return []person{
		{id: "cust_ada", first: "Ada", last: "Berg", street: "12 Harbor St", city: "Miami", state: "FL", zip: "33101", wallet: "0x52908400098527886E0F7030069857D2E4169EE7"},
		{id: "cust_ben", first: "Ben", last: "Castillo", street: "480 Mission St", city: "San Francisco", state: "CA", zip: "94105"},
		{id: "cust_chi", first: "Chioma", last: "Dike", street: "77 Peachtree Rd", city: "Atlanta", state: "GA", zip: "30305", wallet: "0x8617E340B3D01FA5F11F306F4090FD50E238070D"},
		{id: "cust_dev", first: "Dev", last: "Eapen", street: "9 Elm Ct", city: "Austin", state: "TX", zip: "78701"},
		{id: "cust_eva", first: "Eva", last: "Fischer", street: "301 Pine Ave", city: "Seattle", state: "WA", zip: "98101", wallet: "0xde709f2102306220921060314715629080e2fb77"},
		{id: "cust_finn", first: "Finn", last: "Garcia", street: "5 Lake View Dr", city: "Chicago", state: "IL", zip: "60601"},
		{id: "cust_gia", first: "Gia", last: "Hughes", street: "1600 Market St", city: "Denver", state: "CO", zip: "80202"},
		{id: "cust_hugo", first: "Hugo", last: "Ito", street: "22 Beacon St", city: "Boston", state: "MA", zip: "02108"},
	}
}
