package model_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"net/http"
	"slices"

	"pgregory.net/rapid"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// order is what the model knows about an order.
type order struct {
	id       string
	status   string
	invoice  *invoice
	refundTo bool // a wallet on bsc is known
	refunded bool
}

func (o *order) String() string { return o.id + " " + o.status }

func (m *machine) anyOrder(t *rapid.T) *order {
	if len(m.orders) == 0 {
		t.Skip("no order yet")
	}
	from := max(0, len(m.orders)-rapid.SampledFrom([]int{3, len(m.orders)}).Draw(t, "of the last"))
	return rapid.SampledFrom(m.orders[from:]).Draw(t, "order")
}

// expectOrder notes that a step changes an order.
func (m *machine) expectOrder(o *order) { m.changed[o.id] = o }

// CheckOut goes through the three steps of a checkout.
func (m *machine) CheckOut(t *rapid.T) {
	customer := rapid.SampledFrom([]string{"cust_1", "cust_2"}).Draw(t, "customer")
	quantity := rapid.Int64Range(1, 40).Draw(t, "quantity")
	a := m.ask(t, m.commerce, http.MethodPost, "/api/commerce/merchant/checkout/estimate", map[string]any{
		"customer_id": customer, "items": []any{map[string]any{"productId": "B08N5WRWNW", "retailer": "amazon", "quantity": quantity}},
	})
	if a.status == http.StatusBadRequest && quantity > 20 {
		return // more than 2,500 dollars
	}
	estimate := inData[struct {
		ID    string `json:"estimateId"`
		Items []struct {
			Quantity int64       `json:"quantity"`
			Price    json.Number `json:"price"`
		} `json:"validItems"`
		Pricing struct {
			Subtotal, Shipping, Tax, Total json.Number
			Fees                           struct{ Total json.Number }
		} `json:"pricing"`
		ExpiresAt int64 `json:"expiresAt"`
	}](t, a.want(t, http.StatusOK))
	p := estimate.Pricing
	total := millis(t, p.Subtotal) + millis(t, p.Shipping) + millis(t, p.Tax) + millis(t, p.Fees.Total)
	if len(estimate.Items) != 1 || millis(t, p.Subtotal) != quantity*millis(t, estimate.Items[0].Price) || millis(t, p.Total) != total ||
		total > 2_500_000 || estimate.ExpiresAt != m.now+15*60 {
		t.Fatalf("the estimate does not add up: %s", a.body)
	}
	address := inData[struct {
		ID string `json:"addressId"`
	}](t, m.ask(t, m.commerce, http.MethodPost, "/api/commerce/merchant/checkout/address", map[string]any{
		"customer_id": customer, "estimateId": estimate.ID, "address": map[string]any{
			"first_name": "Jane", "last_name": "Doe", "street_address": "123 Main St", "city": "Miami", "state": "FL", "zip_code": "33101", "country": "US",
			"phone": "+13055550123", "email": "jane@example.com",
		},
	}).want(t, http.StatusOK))
	request := map[string]any{"customer_id": customer, "estimateId": estimate.ID, "addressId": address.ID}
	o := &order{status: "pending_payment", refundTo: rapid.Bool().Draw(t, "with a refund address")}
	if o.refundTo {
		request["refundDestinationWalletAddressBsc"] = "0x0000000000000000000000000000000000000001"
	}
	wait := rapid.Int64Range(0, 20*60).Draw(t, "seconds before the invoice")
	m.advance(wait)
	a = m.ask(t, m.commerce, http.MethodPost, "/api/commerce/merchant/checkout/invoice", request, "Idempotency-Key", m.newKey())
	if wait >= 15*60 {
		a.want(t, http.StatusBadRequest)
		return
	}
	made := inData[struct {
		ID        string      `json:"orderId"`
		Invoice   string      `json:"invoiceId"`
		Amount    json.Number `json:"amount"`
		Session   string      `json:"session"`
		Signature string      `json:"signature"`
		ExpiresAt int64       `json:"expiresAt"`
	}](t, a.want(t, http.StatusOK))
	o.id = made.ID
	o.invoice = &invoice{
		id: made.Invoice, kind: "commerce", status: "unpaid", customer: customer, amount: total, created: m.now, expires: m.now + 30*60,
		session: made.Session, signature: made.Signature, order: o,
	}
	if millis(t, made.Amount) != total || made.ExpiresAt != o.invoice.expires {
		t.Fatalf("the invoice is not the estimate's: %s", a.body)
	}
	m.orders = append(m.orders, o)
	m.invoices = append(m.invoices, o.invoice)
	m.expectInvoice(o.invoice, "invoice.created", "unpaid")
	m.expectOrder(o)
}

// millis reads dollars, of which the simulator has no fractions below a thousandth.
func millis(t *rapid.T, dollars json.Number) int64 {
	t.Helper()
	r, ok := new(big.Rat).SetString(string(dollars))
	if !ok || !r.Mul(r, big.NewRat(1000, 1)).IsInt() {
		t.Fatalf("amount %q", dollars)
	}
	return r.Num().Int64()
}

// Transition tries any transition of the devnet simulator.
func (m *machine) Transition(t *rapid.T) {
	o := m.anyOrder(t)
	to := rapid.SampledFrom([]string{
		"payment_confirmed", "payment_settled", "placed", "shipped", "delivery_confirmed", "failed", "cancelled", "refunded",
	}).Draw(t, "to")
	a := m.ask(t, m.commerce, http.MethodPost, "/api/commerce/devnet/orders/"+o.id+"/simulate", map[string]any{"transitionTo": to})
	if !m.may(o, to) {
		a.want(t, http.StatusBadRequest)
		return
	}
	a.want(t, http.StatusOK)
	m.transition(o, to)
	got := inData[struct {
		Order struct{ Status string } `json:"order"`
	}](t, a).Order.Status
	if got != o.status {
		t.Fatalf("%v after %s: %s", o, to, a.body)
	}
}

// may is what the documentation says about transitions, and that they follow each other.
func (m *machine) may(o *order, to string) bool {
	settled := slices.ContainsFunc(o.invoice.payments, func(p *payment) bool { return p.settlement == "settled" })
	switch to {
	case "payment_confirmed":
		return o.status == "pending_payment" && o.invoice.open()
	case "payment_settled":
		return o.status == "processing" && !settled
	case "placed":
		return o.status == "processing" && settled
	case "shipped", "cancelled":
		return o.status == "placed"
	case "delivery_confirmed":
		return o.status == "shipped"
	case "failed":
		return o.status == "processing"
	default: // refunded
		return o.invoice.status == "paid" && o.refundTo && !o.refunded
	}
}

func (m *machine) transition(o *order, to string) {
	m.expectOrder(o)
	switch to {
	case "payment_confirmed":
		m.paid(o.invoice, pepaytest.Payment{})
	case "payment_settled":
		m.settled(o.invoice, "settled", "pending", "failed")
	case "refunded":
		o.refunded = true
	default:
		o.status = map[string]string{"placed": "placed", "shipped": "shipped", "delivery_confirmed": "delivered", "failed": "failed", "cancelled": "cancelled"}[to]
	}
}

// checkOrders compares which orders a step has changed, with what status, and the last
// snapshot of each with what the API shows.
func (m *machine) checkOrders(t *rapid.T, events []event) {
	t.Helper()
	last := map[string]event{}
	for _, ev := range events {
		last[ev.subject(t).ID] = ev
	}
	for id, ev := range last {
		o := m.changed[id]
		if o == nil {
			t.Fatalf("the order %s was not to change: %s", id, ev.Data.Object)
		}
		if got := ev.subject(t).Status; got != o.status {
			t.Fatalf("%v: the event has %s", o, got)
		}
		m.checkOrder(t, ev)
	}
	for id, o := range m.changed {
		if _, ok := last[id]; !ok {
			t.Fatalf("%v: no event", o)
		}
	}
	m.changed = map[string]*order{}
}

// checkOrder holds an event's order against REST's, which has the same members but
// object, id and invoice_id.
func (m *machine) checkOrder(t *rapid.T, ev event) {
	t.Helper()
	id := ev.subject(t).ID
	if updated := read[struct{ UpdatedAt int64 }](t, answer{body: string(ev.Data.Object)}).UpdatedAt; updated != ev.Created {
		t.Fatalf("order %s was updated at %d, and its event is of %d", id, updated, ev.Created)
	}
	a := m.ask(t, m.commerce, http.MethodGet, "/api/commerce/merchant/orders/"+id, nil).want(t, http.StatusOK)
	shown, sent := inData[map[string]json.RawMessage](t, a), members(t, ev.Data.Object)
	if len(sent) != len(shown)+3 {
		t.Fatalf("the event has %d members, the API %d:\n%s\n%s", len(sent), len(shown), ev.Data.Object, a.body)
	}
	for name, value := range shown {
		if !bytes.Equal(value, sent[name]) {
			t.Fatalf("order %s: %s is %s in the event, %s in the API", id, name, sent[name], value)
		}
	}
}
