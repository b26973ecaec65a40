package pepaytest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// CreateInvoice simulates POST /api/v1/invoices.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/create-an-invoice
func (h handlers) CreateInvoice(w http.ResponseWriter, r *http.Request, _ server.CreateInvoiceParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		in := bodyOf[server.CreateInvoiceRequest](t)
		questions := questionsOf(t.call.body)
		if bad := checkInvoiceRequest(in, questions); bad != nil {
			return nil, bad
		}
		life := defaultInvoiceLife
		if in.ExpiresIn != nil {
			life = time.Duration(*in.ExpiresIn) * time.Millisecond
		}
		inv := &invoice{
			MerchantID: t.call.who.merchantID, Environment: t.environment(), Type: invoiceStandard, Amount: millisOf(in.AmountUSD),
			CustomerID: deref(in.CustomerID), Description: deref(in.Description), Title: deref(in.InvoiceTitle), Footer: deref(in.InvoiceFooter),
			ReturnURL: deref(in.PaymentReturnURL), CustomerEmail: deref(in.CustomerEmail), Questions: questions,
		}
		if in.Metadata != nil {
			inv.Metadata = *in.Metadata
		}
		if t.call.who.scope == pepay.WSTokenScopeCommerce {
			inv.Type = invoiceOfCommerce // keys of a product are locked to its invoices
		}
		t.newInvoice(inv, life)
		return server.CreatedInvoice{
			InvoiceID: inv.ID, ExpiresAt: &inv.ExpiresAt, PaymentURL: ptr(t.server.paymentURL(inv.Session)),
			SessionToken: &inv.Session.Token, Signature: &inv.Session.Signature, PaymentSessionHeaders: inv.Session.headers(),
		}, nil
	})
}

// The limits of what a merchant can store with an invoice, in bytes of compact JSON.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/create-an-invoice
const (
	maxMetadataBytes = 512
	maxQuestionBytes = 512
)

// checkInvoiceRequest has the documented rules that are not in the contract's schema.
func checkInvoiceRequest(in server.CreateInvoiceRequest, questions json.RawMessage) *problem {
	if in.Metadata != nil && compactSize(*in.Metadata) > maxMetadataBytes {
		return invalidRequest("metadata has more than 512 bytes")
	}
	if compactSize(questions) > maxQuestionBytes {
		return invalidRequest("questions has more than 512 bytes")
	}
	if in.ReceiverOverrideEnable != nil && *in.ReceiverOverrideEnable && deref(in.ReceiverOverrideAddress) == "" {
		return invalidRequest("receiver_override_enable requires receiver_override_address")
	}
	if in.PaymentReturnURL != nil {
		if u, err := url.Parse(*in.PaymentReturnURL); err != nil || u.Scheme != "https" || u.Host == "" {
			return invalidRequest("payment_return_url must be an https URL")
		}
	}
	return nil
}

// questionsOf are the questions in the body of a request as they were sent: the
// documentation has no list of what a question has.
func questionsOf(body []byte) json.RawMessage {
	var in map[string]json.RawMessage // a struct would take QUESTIONS too, which nothing has checked
	_ = json.Unmarshal(body, &in)     // the contract's schema has accepted it
	return in["questions"]
}

func compactSize(raw json.RawMessage) int {
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return len(raw)
	}
	return compact.Len()
}
