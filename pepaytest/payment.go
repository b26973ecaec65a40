package pepaytest

import (
	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// payment is what a payor paid towards an invoice.
type payment struct {
	ID            string                      `json:"id"`
	InvoiceID     string                      `json:"invoice_id"`
	MerchantID    int64                       `json:"merchant_id"`
	Environment   string                      `json:"environment"`
	Millis        int64                       `json:"millis"`
	TokenID       int64                       `json:"token_id"`
	Network       string                      `json:"network"`
	WalletAddress string                      `json:"wallet_address"`
	TxHash        string                      `json:"tx_hash"`
	CreatedAt     int64                       `json:"created_at"`
	Status        server.InvoicePaymentStatus `json:"status"`
	Settlement    settlement                  `json:"settlement"`
}

// settlement is how a payment reaches the merchant. It is pending until
// [Server.Settle] or [Server.FailSettlement].
type settlement struct {
	ID      int64                   `json:"id"`
	Status  server.SettlementStatus `json:"status"`
	Network string                  `json:"network"` // of the settlement token
	TxHash  string                  `json:"tx_hash,omitempty"`
}

// The stages of a settlement. Only the last one is documented.
const (
	stageInitial = "initial"
	stageFinal   = "final"
)

// snapshot is the payment as the REST API, streams and webhooks show it to merchants.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-status
func (p *payment) snapshot() server.InvoicePayment {
	stage := stageInitial
	if p.Settlement.Status == server.SettlementStatusSettled {
		stage = stageFinal
	}
	return server.InvoicePayment{
		Object: ptr("invoice_payment"), ID: ptr(p.ID), InvoiceID: ptr(p.InvoiceID), MerchantID: ptr(p.MerchantID),
		Status: ptr(p.Status), AmountUSD: ptr(dollars(p.Millis)), Environment: ptr(server.NetworkEnvironment(p.Environment)),
		SettlementStatus: ptr(p.Settlement.Status),
		Settlement: &server.Settlement{
			SummaryStatus: ptr(p.Settlement.Status), Status: ptr(p.Settlement.Status), Stage: ptr(stage),
			MerchantSettlementID: ptr(p.Settlement.ID), SettlementTxHash: nonEmpty(p.Settlement.TxHash), Network: ptr(p.Settlement.Network),
		},
	}
}

// newPayment adds a payment to an invoice and says so. It is pending.
func (t *tx) newPayment(inv *invoice, p *payment) {
	p.ID, p.InvoiceID = t.newID("payment"), inv.ID
	p.MerchantID, p.Environment = inv.MerchantID, inv.Environment
	p.CreatedAt, p.Status = t.now.Unix(), server.InvoicePaymentStatusPending
	t.Settlements++
	p.Settlement = settlement{ID: t.Settlements, Status: server.SettlementStatusPending, Network: t.settlementNetwork(inv)}
	inv.Payments = append(inv.Payments, p)
	t.emit(pepay.EventInvoicePaymentCreated, p.snapshot(), nil)
}

// changePayment makes a change of a payment and emits it.
func (t *tx) changePayment(p *payment, change func()) {
	before := p.snapshot()
	change()
	after := p.snapshot()
	if previous := changed(before, after); len(previous) > 0 {
		t.emit(pepay.EventInvoicePaymentUpdated, after, previous)
	}
}
