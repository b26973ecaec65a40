package pepaytest

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// Pay pays an invoice, or a part of it, as its payor would: the payment is seen and
// confirmed at once, which emits invoice_payment.created, invoice_payment.updated and
// invoice.updated. The zero [Payment] pays exactly what remains.
//
// A partial payment makes the invoice underpaid: the rest has to be paid in the same
// token, and payment_quote.updated tells the payor's stream what it is. The settlement is
// pending until [Server.Settle].
//
// An invoice that is unknown, or neither unpaid nor underpaid, and a token in which it
// cannot be paid are errors, and change nothing. It is safe for concurrent use.
//
// See https://docs-alpha.pepay.io/api-spec/merchant/invoices
func (s *Server) Pay(invoiceID string, p Payment) error {
	return s.withInvoice("Pay", invoiceID, func(t *tx, inv *invoice) error { return t.pay(inv, p) })
}

// Settle brings the payments of a paid invoice to the merchant: their settlement_status
// becomes settled, and invoice_payment.updated is emitted for each. A settlement that
// failed can be settled. An invoice that is unknown, not paid or settled already is an
// error. It is safe for concurrent use.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-status
func (s *Server) Settle(invoiceID string) error {
	return s.withInvoice("Settle", invoiceID, (*tx).settle)
}

// FailSettlement makes the settlement of a paid invoice fail: the settlement_status of
// its payments becomes failed, and invoice_payment.updated is emitted for each. The
// invoice stays paid, and [Server.Settle] may follow. An invoice that is unknown, not paid
// or settled already is an error. It is safe for concurrent use.
//
// See https://docs-alpha.pepay.io/api-spec/merchant/invoices
func (s *Server) FailSettlement(invoiceID string) error {
	return s.withInvoice("FailSettlement", invoiceID, (*tx).failSettlement)
}

// Expire ends an unpaid or underpaid invoice now, before its time, and emits
// invoice.updated. [Server.Advance] lets all of them expire whose time has come. An
// invoice that is unknown, or neither unpaid nor underpaid, is an error. It is safe for
// concurrent use.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets
func (s *Server) Expire(invoiceID string) error {
	return s.withInvoice("Expire", invoiceID, (*tx).expireEarly)
}

func (s *Server) withInvoice(method, invoiceID string, do func(*tx, *invoice) error) error {
	var err error
	s.change(nil, func(t *tx) {
		inv := t.Invoices.get(invoiceID)
		if inv == nil {
			err = errors.New("no such invoice")
			return
		}
		err = do(t, inv)
	})
	if err != nil {
		return fmt.Errorf("pepaytest: %s(%q): %w", method, invoiceID, err)
	}
	return nil
}

// Invoices returns the invoices the server keeps, the last 100,000, oldest first, each
// with its payments and the latest of them. The caller owns the result. It is safe for
// concurrent use.
func (s *Server) Invoices() []pepay.Invoice {
	var snapshots []server.Invoice
	s.change(nil, func(t *tx) {
		t.Invoices.all(func(inv *invoice) bool {
			snapshots = append(snapshots, inv.expanded(expansion{latest: true, payments: maxPayments}))
			return true
		})
	})
	invoices := make([]pepay.Invoice, len(snapshots))
	for i, snapshot := range snapshots {
		if err := json.Unmarshal(encode(snapshot), &invoices[i]); err != nil {
			panic("pepaytest: Invoices: " + err.Error())
		}
	}
	return invoices
}
