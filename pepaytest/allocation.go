package pepaytest

import (
	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// allocation is the temporary address to which an invoice is to be paid in a token.
type allocation struct {
	TokenID  int64  `json:"token_id"`
	Network  string `json:"network"`
	Address  string `json:"address"`
	QuotedAt int64  `json:"quoted_at"` // epoch seconds
}

// allocate gives an invoice a new address, in the place of the one it had.
func (t *tx) allocate(inv *invoice, tok *token) {
	inv.Address = &allocation{
		TokenID: tok.id, Network: tok.network, Address: madeUpAddress(tok.network, t.digest("payment address")), QuotedAt: t.now.Unix(),
	}
}

// lock is the allocation to which a partial payment has locked the invoice, or nil.
//
// See https://docs-alpha.pepay.io/api-spec/payors/payment-sessions
func (i *invoice) lock() *allocation {
	if i.Status != server.InvoiceStatusUnderpaid {
		return nil
	}
	return i.Address
}

// emitQuote says on the payor's stream what is left to pay. When Pepay does that is not
// documented: here it follows each quote and each partial payment.
//
// See https://docs-alpha.pepay.io/sdk/payors/websockets
func (t *tx) emitQuote(inv *invoice) {
	t.emit(pepay.EventPaymentQuoteUpdated, server.PaymentQuote{
		Object: ptr("payment_quote"), InvoiceID: ptr(inv.ID), Network: ptr(inv.Address.Network), Currency: ptr("usd"),
		AmountRemaining: ptr(inv.remaining()), AmountRemainingDecimal: ptr(decimalText(inv.remaining())), AmountUnit: ptr("usd_millis"),
	}, nil)
}
