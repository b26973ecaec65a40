package pepaytest

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// The merchant of the documentation's examples. No operation sets these.
const (
	merchantName  = "Pepay Demo Merchant"
	merchantEmail = "billing@example.com"
)

// payor answers the payor of an invoice. A session is found by its headers, so it has an
// invoice.
func (h handlers) payor(w http.ResponseWriter, r *http.Request, handle func(*tx, *invoice) (any, *problem)) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		inv := t.Invoices.get(t.call.who.invoiceID)
		if inv == nil { // forgotten since
			return nil, noSuch("session")
		}
		return handle(t, inv)
	})
}

// GetPaymentSession simulates GET /api/v1/payments/session-details. A session of an
// invoice that has expired can still be read: it has no time left.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/payment-session-details
func (h handlers) GetPaymentSession(w http.ResponseWriter, r *http.Request) {
	h.payor(w, r, func(t *tx, inv *invoice) (any, *problem) {
		left := max(inv.ExpiresAt*1000-t.now.UnixMilli(), 0)
		environment := server.NetworkEnvironment(inv.Environment)
		session := server.PaymentSession{
			InvoiceID: inv.ID, InvoiceStatus: &inv.Status, Description: nonEmpty(inv.Description), ExpiresAt: &inv.ExpiresAt,
			AmountUSD: ptr(dollars(inv.Amount)), AmountRemainingUSD: ptr(dollars(inv.remaining())),
			RemainingTime: ptr(number(left)), RemainingSeconds: ptr(number(left / 1000)),
			MerchantName: ptr(merchantName), MerchantEmail: ptr(merchantEmail), NetworkEnvironment: &environment, Environment: &environment,
		}
		if lock := inv.lock(); lock != nil {
			session.LockedNetwork, session.LockedTokenID, session.LockedPaymentAddress = &lock.Network, &lock.TokenID, &lock.Address
		}
		return session, nil
	})
}

// GetPaymentStatus simulates GET /api/v1/payments/payment-status.
//
// See https://docs-alpha.pepay.io/api-reference/payment-sessions/check-payment-status
func (h handlers) GetPaymentStatus(w http.ResponseWriter, r *http.Request) {
	h.payor(w, r, func(_ *tx, inv *invoice) (any, *problem) {
		return server.PaymentStatus{Status: inv.Status, PaidAt: nonZero(inv.PaidAt)}, nil
	})
}

func number(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }
