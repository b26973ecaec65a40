package pepaytest

import "github.com/pepaylabs/pepay-go/internal/server"

// payment is what a payor paid towards an invoice.
type payment struct {
	ID               string                      `json:"id"`
	InvoiceID        string                      `json:"invoice_id"`
	MerchantID       int64                       `json:"merchant_id"`
	Environment      string                      `json:"environment"`
	Millis           int64                       `json:"millis"`
	TokenID          int64                       `json:"token_id"`
	Network          string                      `json:"network"`
	WalletAddress    string                      `json:"wallet_address"`
	TxHash           string                      `json:"tx_hash"`
	CreatedAt        int64                       `json:"created_at"`
	Status           server.InvoicePaymentStatus `json:"status"`
	SettlementStatus server.SettlementStatus     `json:"settlement_status"`
}
