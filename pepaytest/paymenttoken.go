package pepaytest

import (
	"errors"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// The life of the token that comes with a payment address.
const defaultPaymentTokenTTL = 15 * time.Minute

// WithPaymentTokenTTL sets how long the token lives that comes with a payment address and
// opens the payor's stream, at least 1 s. The default is 15 minutes: Pepay says that it is
// short-lived and no more.
//
// See https://docs-alpha.pepay.io/api-spec/payors/payment-addresses
func WithPaymentTokenTTL(ttl time.Duration) Option {
	return func(c *config) error {
		if ttl < time.Second {
			return errors.New("pepaytest: WithPaymentTokenTTL: give at least 1 s")
		}
		c.paymentTTL = ttl
		return nil
	}
}

// PaymentToken makes the JWT of a payment session for one invoice, which opens the
// payment stream as ?token=. It is like the one that comes with a payment address, for
// invoices of which only events tell. ttl is rounded up to whole seconds by the
// server's clock; with 0 or less the token has expired already. An empty invoice id
// is a mistake in the program and panics. It is safe for concurrent use.
//
// See https://docs-alpha.pepay.io/api-spec/payors/payment-addresses
func (s *Server) PaymentToken(invoiceID string, ttl time.Duration) pepay.Secret {
	if invoiceID == "" {
		panic("pepaytest: PaymentToken: empty invoice id")
	}
	return pepay.Secret(s.paymentToken(invoiceID, defaultMerchantID, s.cfg.now(), ttl))
}

// paymentToken may be called while the state is locked: now is the server's time, which
// may not be asked for then.
func (s *Server) paymentToken(invoiceID string, merchantID int64, now time.Time, ttl time.Duration) string {
	issued := now.Unix()
	token, err := tokenClaims{
		ID: fmt.Sprintf("pst_%d", s.minted.Add(1)), IssuedAt: issued, ExpiresAt: issued + int64((ttl+time.Second-1)/time.Second),
		MerchantID: merchantID, Scope: server.WSTokenScope(paymentEvents), InvoiceID: invoiceID,
	}.sign()
	if err != nil {
		panic("pepaytest: payment token: " + err.Error())
	}
	return token
}
