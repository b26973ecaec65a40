package pepaytest

import (
	"encoding/json"
	"math/big"
	"net/http"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// GetOrderPayment simulates GET /api/commerce/merchant/payments/{orderId}/status.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-payments/check-payment-status-for-an-order
func (h handlers) GetOrderPayment(w http.ResponseWriter, r *http.Request, orderID string) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		o, bad := t.orderOf(orderID)
		if bad != nil {
			return nil, bad
		}
		inv := t.Invoices.get(o.InvoiceID)
		if inv == nil {
			return nil, noSuch("invoice")
		}
		status := server.OrderPayment{
			OrderID: o.ID, InvoiceID: &o.InvoiceID, Status: o.Payment.Status, OrderStatus: &o.Status, CustomerID: nonEmpty(o.Customer.ID),
			Amount: ptr(dollars(inv.Amount)), PaidAt: nonZero(inv.PaidAt),
		}
		if last := inv.latestPayment(); last != nil {
			status.PaymentDetails = last.details()
		}
		return data(status), nil
	})
}

// details are a payment as its order shows it.
func (p *payment) details() *server.OrderPaymentDetails {
	tok := tokenByID(p.TokenID)
	return &server.OrderPaymentDetails{
		Network: &p.Network, Token: &tok.symbol, Amount: ptr(tok.worth(p.Millis)), TxHash: &p.TxHash, WalletAddress: &p.WalletAddress,
	}
}

// worth is how much of a token is worth an amount.
func (t *token) worth(millis int64) json.Number {
	price, ok := new(big.Rat).SetString(t.price)
	if !ok || price.Sign() == 0 {
		return dollars(millis)
	}
	amount := new(big.Rat).Quo(big.NewRat(millis, 1000), price).FloatString(int(t.decimals))
	return json.Number(strings.TrimSuffix(strings.TrimRight(amount, "0"), "."))
}

// GetOrderPayments simulates POST /api/commerce/merchant/payments/bulk-status. An order
// that is not there has an error in its place.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-payments/check-payment-status-for-multiple-orders
func (h handlers) GetOrderPayments(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		results := []server.OrderPaymentResult{}
		for _, id := range bodyOf[server.OrderPaymentsRequest](t).OrderIDs {
			result := server.OrderPaymentResult{OrderID: ptr(id)}
			if o, bad := t.orderOf(id); bad != nil {
				result.Error = ptr("Order not found")
			} else {
				result.Status = ptr(o.Payment.Status)
			}
			results = append(results, result)
		}
		return data(results), nil
	})
}
