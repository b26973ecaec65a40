package model_test

import (
	"net/http"
	"slices"

	"pgregory.net/rapid"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// Two tokens that the simulator has on devnet. An invoice is paid in defaultToken where
// nobody chose one.
const (
	tokenOnSolana = 10
	defaultToken  = 11 // on base
)

func tokens() []int64 { return []int64{tokenOnSolana, defaultToken} }

func networkOf(token int64) string {
	if token == tokenOnSolana {
		return "solana"
	}
	return "base"
}

// payment is what the model knows about one.
type payment struct{ status, settlement string }

// Pay pays too little, exactly, or too much.
func (m *machine) Pay(t *rapid.T) {
	inv := m.any(t)
	remaining := max(inv.amount-inv.paid, 1)
	p := pepaytest.Payment{
		Millis:  rapid.OneOf(rapid.Just(int64(0)), rapid.Just(remaining), rapid.Int64Range(1, remaining), rapid.Int64Range(remaining, remaining*2)).Draw(t, "millis"),
		TokenID: rapid.SampledFrom(append(tokens(), 0)).Draw(t, "token"),
	}
	err := m.server.Pay(inv.id, p)
	locked := inv.status == "underpaid" && p.TokenID != 0 && p.TokenID != inv.token
	if allowed := inv.open() && !locked; (err == nil) != allowed {
		t.Fatalf("%v, paid with %+v: %v", inv, p, err)
	}
	if err != nil {
		return
	}
	m.paid(inv, p)
}

// paid is what a payment does to an invoice.
func (m *machine) paid(inv *invoice, p pepaytest.Payment) {
	if p.Millis == 0 {
		p.Millis = inv.amount - inv.paid
	}
	switch {
	case p.TokenID != 0:
		inv.token = p.TokenID
	case inv.token == 0:
		inv.token = defaultToken
	}
	inv.paid += p.Millis
	received := &payment{status: "confirmed", settlement: "pending"}
	inv.status = "paid"
	if inv.paid < inv.amount {
		received.status, inv.status = "underpaid", "underpaid"
	}
	inv.payments = append(inv.payments, received)
	m.expectInvoice(inv, "invoice_payment.created", "pending")
	m.expectInvoice(inv, "invoice_payment.updated", received.status)
	m.expectInvoice(inv, "invoice.updated", inv.status)
	if o := inv.order; o != nil {
		if o.status == "pending_payment" && inv.status == "paid" {
			o.status = "processing"
		}
		m.expectOrder(o)
	}
}

// Settle brings the payments of a paid invoice to the merchant.
func (m *machine) Settle(t *rapid.T) {
	inv := m.any(t)
	m.settlement(t, inv, m.server.Settle(inv.id), "settled", "pending", "failed")
}

// FailSettlement makes what is pending fail.
func (m *machine) FailSettlement(t *rapid.T) {
	inv := m.any(t)
	m.settlement(t, inv, m.server.FailSettlement(inv.id), "failed", "pending")
}

func (m *machine) settlement(t *rapid.T, inv *invoice, err error, to string, from ...string) {
	t.Helper()
	may := inv.status == "paid" && slices.ContainsFunc(inv.payments, func(p *payment) bool { return slices.Contains(from, p.settlement) })
	if (err == nil) != may {
		t.Fatalf("%v becomes %s: %v", inv, to, err)
	}
	if err == nil {
		m.settled(inv, to, from...)
	}
}

// settled is what a settlement does to the payments of an invoice and to its order.
func (m *machine) settled(inv *invoice, to string, from ...string) {
	for _, p := range inv.payments {
		if slices.Contains(from, p.settlement) {
			p.settlement = to
			m.expectInvoice(inv, "invoice_payment.updated", p.status)
		}
	}
	if inv.order != nil {
		m.expectOrder(inv.order)
	}
}

// Expire ends an invoice before its time.
func (m *machine) Expire(t *rapid.T) {
	inv := m.any(t)
	err := m.server.Expire(inv.id)
	if (err == nil) != inv.open() {
		t.Fatalf("%v expires: %v", inv, err)
	}
	if err != nil {
		return
	}
	inv.expires = min(inv.expires, m.now)
	m.expired(inv)
}

// Report compares the status report with the invoice and its last payment.
func (m *machine) Report(t *rapid.T) {
	inv := m.any(t)
	got := read[struct {
		Invoice struct{ ID, Status string } `json:"invoice"`
		Latest  *struct {
			Status     string `json:"status"`
			Settlement string `json:"settlement_status"`
		} `json:"latest_payment"`
	}](t, m.ask(t, m.merchant, http.MethodGet, "/api/v1/invoices/"+inv.id+"/status", nil).want(t, http.StatusOK))
	if got.Invoice.ID != inv.id || got.Invoice.Status != inv.status || (got.Latest == nil) != (len(inv.payments) == 0) {
		t.Fatalf("%v with %d payments: %+v", inv, len(inv.payments), got)
	}
	if last := len(inv.payments) - 1; last >= 0 && (got.Latest.Status != inv.payments[last].status || got.Latest.Settlement != inv.payments[last].settlement) {
		t.Fatalf("%v, last payment %+v: %+v", inv, *inv.payments[last], *got.Latest)
	}
}
