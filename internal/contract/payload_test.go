package contract_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// payloads are the schemas of what an event carries. No operation refers to them,
// so the other tests do not validate them.
var payloads = map[string]string{
	pepay.EventInvoiceCreated:        "Invoice",
	pepay.EventInvoiceUpdated:        "Invoice",
	pepay.EventInvoicePaymentCreated: "InvoicePayment",
	pepay.EventInvoicePaymentUpdated: "InvoicePayment",
	pepay.EventCommerceOrderCreated:  "Order",
	pepay.EventCommerceOrderUpdated:  "Order",
	pepay.EventPaymentQuoteUpdated:   "PaymentQuote",
}

func TestEventPayloadsConform(t *testing.T) {
	t.Parallel()
	schemas := load(t, readEffective(t)).Components.Schemas
	for eventType, name := range payloads {
		if schemas[name] == nil {
			t.Errorf("the document has no schema %s", name)
			continue
		}
		event, err := pepaytest.NewEvent(eventType)
		if err != nil {
			t.Fatal(err)
		}
		event = newHarness(t).server.Emit(event) // completes the envelope
		envelope, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		wantValid(t, schemas["Event"].Value, eventType+" envelope", envelope)
		wantValid(t, schemas[name].Value, eventType, event.Data.Object)
	}
}

func TestPayloadViolationsAreFound(t *testing.T) {
	t.Parallel()
	invoice := load(t, readEffective(t)).Components.Schemas["Invoice"].Value
	event, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Replace(event.Data.Object, []byte(`"amount":10000`), []byte(`"amount":"10.00"`), 1)
	if bytes.Equal(broken, event.Data.Object) || validate(t, invoice, broken) == nil {
		t.Error("an amount that is text is accepted")
	}
}

func wantValid(t *testing.T, schema *openapi3.Schema, what string, content []byte) {
	t.Helper()
	if err := validate(t, schema, content); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func validate(t *testing.T, schema *openapi3.Schema, content []byte) error {
	t.Helper()
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		t.Fatal(err)
	}
	return schema.VisitJSON(value, openapi3.MultiErrors())
}
