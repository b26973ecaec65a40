package pepaytest

import (
	"strconv"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// audience says who asks for events, which decides the events they get.
type audience struct {
	kind        streamKind
	merchantID  int64
	environment pepay.NetworkEnvironment // of commerce keys and tokens
	invoiceID   string                   // of payment tokens
}

// streamKind is one of the three streams. The Events API knows the first two.
type streamKind string

const (
	merchantEvents streamKind = "merchant"
	commerceEvents streamKind = "commerce"
	paymentEvents  streamKind = "payment"
)

// sees reports whether the audience gets an event. Documented is:
//
//	merchant  invoice.* and invoice_payment.*, those of commerce invoices included
//	commerce  commerce.order.* and the linked invoice.* and invoice_payment.*
//	payment   payment_quote.updated, invoice.* and invoice_payment.* of one invoice
//	none      test.ping, which goes to webhooks
//
// Assumed, because no page says it:
//
//   - Linked to commerce is what says so itself, by an invoice_type of commerce or a
//     commerce_order_id, and a payment towards an invoice of the state that does.
//   - "Include invoice.* in types on the commerce stream" to hear of expired
//     invoices is meant for those who send types at all. Without types a stream
//     carries everything above, invoice.updated with status expired included.
//   - Types of no documented family are the merchant's, and go to the commerce
//     stream when they are linked to commerce.
//   - A resource that names another merchant or, for commerce, another environment
//     is not for this audience; one that names none is for all.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets and
// https://docs-alpha.pepay.io/sdk/commerce/websockets
func (a *audience) sees(r *record) bool {
	if a.kind == paymentEvents {
		return r.subject.ofInvoice(a.invoiceID) && inFamily(r.event.Type, "payment_quote.", "invoice.", "invoice_payment.")
	}
	if id := string(r.subject.MerchantID); id != "" && id != strconv.FormatInt(a.merchantID, 10) {
		return false
	}
	if inFamily(r.event.Type, "payment_quote.", "test.") {
		return false
	}
	commerce := inFamily(r.event.Type, "commerce.")
	if a.kind == merchantEvents {
		return !commerce
	}
	if e := string(r.subject.Environment); e != "" && e != string(a.environment) {
		return false
	}
	return commerce || r.subject.ofCommerce()
}

func inFamily(eventType string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(eventType, p) {
			return true
		}
	}
	return false
}
