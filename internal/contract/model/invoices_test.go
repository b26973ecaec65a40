package model_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"pgregory.net/rapid"
)

// invoice is what the model knows about an invoice. Amounts are usd_millis.
type invoice struct {
	id, kind, status, customer string
	amount, paid               int64
	created, expires           int64
	payments                   []*payment
	token                      int64  // in which it is paid, 0 where nobody chose one
	key                        string // Idempotency-Key that made it
	request                    map[string]any
	answer                     string
	session, signature         string // of the payor
	order                      *order // of a commerce invoice
}

// String is short, because rapid prints it with each step.
func (i *invoice) String() string { return i.id + " " + i.status }

func (i *invoice) open() bool { return i.status == "unpaid" || i.status == "underpaid" }

// expireDue ends the open invoices whose time has come, the first due first.
func (m *machine) expireDue() {
	var due []*invoice
	for _, inv := range m.invoices {
		if inv.open() && inv.expires <= m.now {
			due = append(due, inv)
		}
	}
	slices.SortStableFunc(due, func(a, b *invoice) int { return int(a.expires - b.expires) })
	for _, inv := range due {
		m.expired(inv)
	}
}

// expired is what the end of an invoice does to it and to its order.
func (m *machine) expired(inv *invoice) {
	inv.status = "expired"
	m.expectInvoice(inv, "invoice.updated", "expired")
	if o := inv.order; o != nil {
		m.expectOrder(o)
	}
}

// any is one of the invoices, or skips the step.
func (m *machine) any(t *rapid.T) *invoice {
	if len(m.invoices) == 0 {
		t.Skip("no invoice yet")
	}
	// Those of late are more often open.
	from := max(0, len(m.invoices)-rapid.SampledFrom([]int{3, 10, len(m.invoices)}).Draw(t, "of the last"))
	return rapid.SampledFrom(m.invoices[from:]).Draw(t, "invoice")
}

// CreateInvoice creates one with amounts at and beyond the documented bounds.
func (m *machine) CreateInvoice(t *rapid.T) {
	cents := rapid.OneOf(rapid.Int64Range(0, 200), rapid.Int64Range(99_999_900, 100_000_100), rapid.Int64Range(1, 100_000_000)).Draw(t, "cents")
	request := map[string]any{"amount_usd": json.Number(fmt.Sprintf("%d.%02d", cents/100, cents%100))}
	customer := rapid.SampledFrom([]string{"", "cust_1", "cust_2"}).Draw(t, "customer")
	if customer != "" {
		request["customer_id"] = customer
	}
	life := int64(12 * 60 * 60)
	if rapid.Bool().Draw(t, "with expires_in") {
		life = rapid.Int64Range(1, 4*60*60).Draw(t, "life")
		request["expires_in"] = life * 1000
	}
	key := m.newKey()
	a := m.ask(t, m.merchant, http.MethodPost, "/api/v1/invoices", request, "Idempotency-Key", key)
	if cents < 1 || cents > 100_000_000 {
		a.want(t, http.StatusBadRequest)
		return
	}
	m.added(t, a.want(t, http.StatusOK), &invoice{
		kind: "standard", customer: customer, amount: cents * 10, expires: m.now + life, key: key, request: request, answer: a.body,
	})
}

// added takes a new invoice into the model.
func (m *machine) added(t *rapid.T, a answer, inv *invoice) {
	created := read[struct {
		ID        string `json:"invoice_id"`
		Token     string `json:"session_token"`
		Signature string `json:"signature"`
		ExpiresAt int64  `json:"expires_at"`
	}](t, a)
	if created.ExpiresAt != inv.expires {
		t.Fatalf("expires at %d, want %d", created.ExpiresAt, inv.expires)
	}
	inv.id, inv.status, inv.created = created.ID, "unpaid", m.now
	inv.session, inv.signature = created.Token, created.Signature
	m.invoices = append(m.invoices, inv)
	m.expectInvoice(inv, "invoice.created", "unpaid")
}

// RepeatCreate sends a request again: the same one has the same answer, another one
// with its key is a conflict.
func (m *machine) RepeatCreate(t *rapid.T) {
	inv := m.any(t)
	if inv.key == "" {
		t.Skip("not made with a key")
	}
	request, status := inv.request, http.StatusOK
	if rapid.Bool().Draw(t, "changed") {
		request, status = map[string]any{"amount_usd": 7, "description": "another"}, http.StatusConflict
	}
	a := m.ask(t, m.merchant, http.MethodPost, "/api/v1/invoices", request, "Idempotency-Key", inv.key).want(t, status)
	if status == http.StatusOK && a.body != inv.answer {
		t.Fatalf("the same request was answered\n%s\nand then\n%s", inv.answer, a.body)
	}
}

// GetInvoice compares one with the model.
func (m *machine) GetInvoice(t *rapid.T) {
	inv := m.any(t)
	got := read[struct {
		ID        string `json:"id"`
		Status    string `json:"status"`
		Type      string `json:"invoice_type"`
		Customer  string `json:"customer_id"`
		Amount    int64  `json:"amount"`
		Paid      int64  `json:"amount_paid"`
		Remaining int64  `json:"amount_remaining"`
		Decimal   string `json:"amount_remaining_decimal"`
		CreatedAt int64  `json:"created_at"`
		ExpiresAt int64  `json:"expires_at"`
	}](t, m.ask(t, m.merchant, http.MethodGet, "/api/v1/invoices/"+inv.id, nil).want(t, http.StatusOK))
	want := got
	want.ID, want.Status, want.Type, want.Customer = inv.id, inv.status, inv.kind, inv.customer
	want.Amount, want.Paid, want.Remaining = inv.amount, inv.paid, max(0, inv.amount-inv.paid)
	want.Decimal = fmt.Sprintf("%d.%03d", want.Remaining/1000, want.Remaining%1000)
	want.CreatedAt, want.ExpiresAt = inv.created, inv.expires
	if got != want {
		t.Fatalf("got %+v, want %+v", got, want)
	}
}
