package pepay

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// Every event of the documentation.
var documentedEvents = map[string]string{
	"invoice, full":    `{"id":"evt_1700000000000-123","object":"event","api_version":"2025-12-16","created":1700000000,"type":"invoice.updated","livemode":false,"pending_webhooks":0,"request":{"id":"req_1","idempotency_key":"key_1"},"data":{"object":{"object":"invoice","id":"550e8400-e29b-41d4-a716-446655440000","merchant_id":123,"status":"paid","invoice_type":"standard","currency":"usd","amount":10000,"amount_decimal":"10.000","amount_paid":10000,"amount_paid_decimal":"10.000","amount_remaining":0,"amount_remaining_decimal":"0.000","amount_unit":"usd_millis","customer_id":"cust_1","payer_wallet_address":"0x1","payer_wallet_network":"base","commerce_order_id":null,"environment":"devnet","expires_at":"2023-11-07T05:31:56Z","created_at":1699335116,"paid_at":"2023-11-07T05:31:56Z","last_payment_at":null,"metadata":{"cart":7}},"previous_attributes":{"status":"unpaid"}}}`,
	"merchant stream":  `{"id":"evt_1734780000000-123","object":"event","api_version":"2025-12-16","created":1734780000,"type":"invoice.updated","livemode":false,"pending_webhooks":0,"data":{"object":{"object":"invoice","id":"550e8400-e29b-41d4-a716-446655440000","status":"paid","invoice_type":"standard","environment":"devnet"}}}`,
	"payment stream":   `{"id":"evt_1734780000000-123","object":"event","created":1734780000,"type":"payment_quote.updated","data":{"object":{"object":"payment_quote","invoice_id":"550e8400-e29b-41d4-a716-446655440000","network":"base","currency":"usd","amount_remaining":49990,"amount_remaining_decimal":"49.990","amount_unit":"usd_millis"}}}`,
	"invoice, thin":    `{"id":"evt_1700000001000-456","object":"event","type":"invoice.created","created":1700000001,"data":{"object":{"object":"invoice","id":"inv_123","status":"unpaid","amount_usd":49,"environment":"devnet"}}}`,
	"invoice payment":  `{"id":"evt_1700000003000-111","object":"event","type":"invoice_payment.created","created":1700000003,"data":{"object":{"object":"invoice_payment","id":"pay_123","invoice_id":"inv_123","status":"pending","amount_usd":49,"environment":"devnet"}}}`,
	"test ping":        `{"id":"evt_example","object":"event","type":"test.ping","created":1700000000,"data":{"object":{"object":"ping","status":"ok"}}}`,
	"commerce order":   `{"id":"evt_1700000000000-123","object":"event","type":"commerce.order.updated","created":1700000000,"data":{"object":{"object":"commerce_order","id":"uuid","status":"placed"}}}`,
	"order, camelCase": `{"id":"evt_1700000000000-124","object":"event","type":"commerce.order.updated","created":1700000000,"data":{"object":{"object":"commerce_order","orderId":"order_123","status":"fulfilled"}}}`,
}

func TestEventResource(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][3]string{
		"invoice, full":    {"invoice", "550e8400-e29b-41d4-a716-446655440000", "paid"},
		"merchant stream":  {"invoice", "550e8400-e29b-41d4-a716-446655440000", "paid"},
		"payment stream":   {"payment_quote", "550e8400-e29b-41d4-a716-446655440000", ""},
		"invoice, thin":    {"invoice", "inv_123", "unpaid"},
		"invoice payment":  {"invoice_payment", "pay_123", "pending"},
		"test ping":        {"ping", "", "ok"},
		"commerce order":   {"commerce_order", "uuid", "placed"},
		"order, camelCase": {"commerce_order", "order_123", "fulfilled"},
	} {
		var ev Event
		if err := json.Unmarshal([]byte(documentedEvents[name]), &ev); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		kind, id, status := ev.Resource()
		if got := [3]string{kind, id, status}; got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for _, object := range []string{``, `null`, `[]`, `"x"`, `{"object":1,"id":{},"status":[]}`} {
		ev := Event{Data: EventData{Object: json.RawMessage(object)}}
		if kind, id, status := ev.Resource(); kind+id+status != "" {
			t.Errorf("%s gives %q %q %q", object, kind, id, status)
		}
	}
}

func TestEventDecode(t *testing.T) {
	t.Parallel()
	var ev Event
	if err := json.Unmarshal([]byte(documentedEvents["invoice, full"]), &ev); err != nil {
		t.Fatal(err)
	}
	if ev.APIVersion != "2025-12-16" || ev.Created.Unix() != 1700000000 || ev.Request.IdempotencyKey != "key_1" ||
		string(ev.Data.PreviousAttributes) != `{"status":"unpaid"}` {
		t.Errorf("got %+v", ev)
	}
	var invoice Invoice
	if err := ev.Decode(&invoice); err != nil {
		t.Fatal(err)
	}
	if invoice.Status != InvoiceStatusPaid || invoice.Amount != 10000 || invoice.CommerceOrderID != "" || !invoice.LastPaymentAt.IsZero() ||
		!invoice.PaidAt.Equal(time.Date(2023, 11, 7, 5, 31, 56, 0, time.UTC)) || !invoice.CreatedAt.Equal(invoice.PaidAt.Time) || string(invoice.Metadata) != `{"cart":7}` {
		t.Errorf("got %+v", invoice)
	}
	if err := json.Unmarshal([]byte(documentedEvents["invoice, thin"]), &ev); err != nil {
		t.Fatal(err)
	}
	if err := ev.Decode(&invoice); err != nil || invoice.AmountUSD.String() != "49" {
		t.Errorf("%v, %+v", err, invoice)
	}
	for want, object := range map[string]string{"has no data.object": ``, "evt_9": `{"amount":"x"}`} {
		bad := Event{ID: "evt_9", Data: EventData{Object: json.RawMessage(object)}}
		if err := bad.Decode(&invoice); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", object, err)
		}
	}
}

func TestEventKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	const object = `{"object":"refund","id":"re_1","nested":{"b":1,"a":[2]}}`
	var ev Event
	in := `{"id":"evt_1","object":"event","type":"refund.created","created":"1700000000","later":true,"data":{"object":` + object + `,"later":1}}`
	if err := json.Unmarshal([]byte(in), &ev); err != nil {
		t.Fatal(err)
	}
	if ev.Type != "refund.created" || string(ev.Data.Object) != object {
		t.Errorf("got %+v", ev)
	}
	out, err := json.Marshal(&ev)
	if err != nil || string(out) != `{"created":1700000000,"data":{"object":`+object+`},"id":"evt_1","object":"event","type":"refund.created"}` {
		t.Errorf("%v: %s", err, out)
	}
}

func TestDecodeOfAnotherResource(t *testing.T) {
	t.Parallel()
	type own struct{ Object, ID string }
	for name, tc := range map[string]struct {
		object string
		v      any
		wrong  []string // what the error says; nil for none
	}{
		"a payment as an invoice":     {`{"object":"invoice_payment","id":"pay_1"}`, new(Invoice), []string{"evt_9", "invoice_payment", "*pepay.Invoice is a model of invoice"}},
		"an invoice as a payment":     {`{"object":"invoice","id":"inv_1"}`, new(InvoicePayment), []string{"kind invoice,", "invoice_payment"}},
		"an invoice as an order":      {`{"object":"invoice","id":"inv_1"}`, new(Order), []string{"invoice", "commerce_order"}},
		"an order as a quote":         {`{"object":"commerce_order","id":"o"}`, new(PaymentQuote), []string{"commerce_order", "payment_quote"}},
		"a ping as an invoice":        {`{"object":"ping","status":"ok"}`, new(Invoice), []string{"ping", "invoice"}},
		"a kind of later as one":      {`{"object":"refund\u001b[31m"}`, new(Invoice), []string{"refund", "invoice"}},
		"pointer to a pointer":        {`{"object":"invoice_payment"}`, new(*Invoice), []string{"invoice_payment", "invoice"}},
		"the right one":               {`{"object":"invoice","id":"inv_1"}`, new(Invoice), nil},
		"the right one by a pointer":  {`{"object":"commerce_order","id":"o"}`, new(*Order), nil},
		"without a kind":              {`{"id":"inv_1"}`, new(Invoice), nil},
		"with a kind that is no text": {`{"object":"","id":"inv_1"}`, new(Invoice), nil},
		"a type of the program":       {`{"object":"invoice_payment","id":"pay_1"}`, new(own), nil},
		"a map":                       {`{"object":"invoice_payment","id":"pay_1"}`, new(map[string]any), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ev := Event{ID: "evt_9", Data: EventData{Object: json.RawMessage(tc.object)}}
			err := ev.Decode(tc.v)
			if (tc.wrong == nil) != (err == nil) || err != nil && !errors.Is(err, ErrWrongResource) {
				t.Fatalf("got %v", err)
			}
			for _, want := range tc.wrong {
				if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\x1b") {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
			if invoice, ok := tc.v.(*Invoice); ok && err != nil && invoice.ID != "" {
				t.Errorf("the invoice was filled: %+v", invoice)
			}
		})
	}
}
