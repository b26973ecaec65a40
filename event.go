package pepay

import (
	"encoding/json"
	"fmt"
)

// Decode decodes the event's resource, data.object, into v: an [Invoice], an
// [InvoicePayment], an [Order], a [PaymentQuote] or a type of your own.
// [Event.Resource] tells which kind it is.
func (e *Event) Decode(v any) error {
	if len(e.Data.Object) == 0 {
		return fmt.Errorf("pepay: event %s has no data.object", e.ID)
	}
	if err := json.Unmarshal(e.Data.Object, v); err != nil {
		return fmt.Errorf("pepay: data.object of event %s: %w", e.ID, err)
	}
	return nil
}

// Resource says what the event is about: the kind of resource ("invoice",
// "invoice_payment", "commerce_order", "payment_quote", "ping"), its id and its
// status. What the event leaves out is empty; a payment quote has the id of its
// invoice.
//
// See https://docs-alpha.pepay.io/overview/capabilities.
func (e *Event) Resource() (kind, id, status string) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(e.Data.Object, &fields) != nil {
		return "", "", ""
	}
	text := func(names ...string) string {
		for _, name := range names {
			var s string
			if json.Unmarshal(fields[name], &s) == nil && s != "" {
				return s
			}
		}
		return ""
	}
	return text("object"), text("id", "orderId", "invoice_id"), text("status")
}
