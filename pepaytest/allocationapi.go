package pepaytest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// AllocatePaymentAddress simulates POST /api/v1/payments/payment-addresses. Each call
// gives a new address and a new quote. Where there is no quote the answer is a success
// that says so, and the address the invoice had stays.
//
// See https://docs-alpha.pepay.io/api-spec/payors/payment-addresses
func (h handlers) AllocatePaymentAddress(w http.ResponseWriter, r *http.Request) {
	serverTime := h.server.cfg.now()
	h.payor(w, r, func(t *tx, inv *invoice) (any, *problem) {
		return t.allocateAddress(inv, serverTime)
	})
}

// allocateAddress gets the server's time, by which tokens live and which may not be asked
// for while the state is locked.
func (t *tx) allocateAddress(inv *invoice, serverTime time.Time) (any, *problem) {
	in := bodyOf[server.AllocateAddressRequest](t)
	if !inv.open() {
		return nil, invalidRequest("The invoice is " + string(inv.Status))
	}
	tok, err := t.payableToken(inv, in.TokenID)
	switch {
	case err != nil:
		return nil, invalidRequest("tokenId: " + err.Error())
	case in.Network != tok.network:
		return nil, invalidRequest(fmt.Sprintf("network %q is not that of token %d, which is %s", in.Network, tok.id, tok.network))
	}
	code := t.server.cfg.quoteCode(tok)
	answer := server.PaymentAddress{
		Success: ptr(true), StatusCode: &code, Network: &tok.network, SupportedTokenID: &tok.id, USDAmount: ptr(dollars(inv.Amount)),
		WSConnection: t.paymentConnection(inv, serverTime),
	}
	if code != server.QuoteStatusCodeOk {
		refuseQuote(&answer, code)
		return answer, nil
	}
	t.allocate(inv, tok)
	t.emitQuote(inv)
	answer.QuoteStatus, answer.TempAddress = ptr(server.QuoteStatusAvailable), &inv.Address.Address
	answer.ExchangeRate, answer.EstimatedTokenAmount = ptr(tok.rate().FloatString(quotePlaces)), ptr(tok.amount(inv.remaining()))
	answer.QuoteLastUpdatedAt, answer.QuoteValidUntil = &inv.Address.QuotedAt, ptr(inv.Address.QuotedAt+int64(quoteLife/time.Second))
	answer.QuoteExpiresInSeconds = ptr(number(int64(quoteLife / time.Second)))
	return answer, nil
}

// paymentConnection is how the payor's stream is opened.
func (t *tx) paymentConnection(inv *invoice, serverTime time.Time) *server.PaymentConnection {
	return &server.PaymentConnection{
		Token:    ptr(t.server.paymentToken(inv.ID, inv.MerchantID, serverTime, t.server.cfg.paymentTTL)),
		Endpoint: ptr("/ws/payment"), FrameFormat: ptr("event_v1"), WSURL: ptr("/ws/payment?format=event_v1"),
	}
}

// refuseQuote says why there is no quote.
func refuseQuote(answer *server.PaymentAddress, code server.QuoteStatusCode) {
	answer.QuoteStatus, answer.Retryable = ptr(server.QuoteStatusUnavailable), ptr(true)
	switch code {
	case server.QuoteStatusCodeQuoteExpired:
		answer.QuoteStatus, answer.Message = ptr(server.QuoteStatusExpired), ptr("The quote for this token has expired")
	case server.QuoteStatusCodeSettlementUnavailable:
		answer.Message, answer.Retryable = ptr("This token cannot be settled now; choose another one"), ptr(false)
	default:
		answer.Message = ptr("There is no quote for this token now")
	}
	if *answer.Retryable {
		answer.RetryAfterSeconds = ptr(number(quoteRetryAfter))
	}
}
