package pepaytest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// NewEvent builds an event of a documented type with the full documented resource,
// in the values of the documentation's examples: an invoice over 10 dollars, unpaid
// when it is created and paid when it is updated, its payment, a commerce order. The
// same type gives the same event. ID and Created are left to [Server.Emit], and what
// matters to a test is changed in Data.Object.
//
// The resources of the payment events are documented as they are in the answer of the
// invoice's status, and a commerce order only with the fields it has here. A type
// that is not documented is an error that lists those that are.
//
// See https://docs-alpha.pepay.io/api-reference/events/list-events
func NewEvent(eventType string) (pepay.Event, error) {
	object, ok := sampleObject(eventType)
	if !ok {
		return pepay.Event{}, fmt.Errorf("pepaytest: unknown event type %q; there are %s", eventType, strings.Join(pepay.EventTypes(), ", "))
	}
	return pepay.Event{Type: eventType, Data: pepay.EventData{Object: json.RawMessage(object)}}, nil
}

func sampleObject(eventType string) (string, bool) {
	switch eventType {
	case pepay.EventInvoiceCreated:
		return sampleInvoice(`"unpaid"`, `"amount_paid":0,"amount_paid_decimal":"0.000","amount_remaining":10000,"amount_remaining_decimal":"10.000"`,
			`"payer_wallet_address":null,"payer_wallet_network":null`, `null`), true
	case pepay.EventInvoiceUpdated:
		return sampleInvoice(`"paid"`, `"amount_paid":10000,"amount_paid_decimal":"10.000","amount_remaining":0,"amount_remaining_decimal":"0.000"`,
			`"payer_wallet_address":"0x52908400098527886E0F7030069857D2E4169EE7","payer_wallet_network":"base"`, `1766320800`), true
	case pepay.EventInvoicePaymentCreated:
		return samplePayment(`"pending"`, `"pending"`, `"stage":"initial","merchant_settlement_id":30,"settlement_tx_hash":null`), true
	case pepay.EventInvoicePaymentUpdated:
		return samplePayment(`"confirmed"`, `"settled"`, `"stage":"final","merchant_settlement_id":30,"settlement_tx_hash":"0xabc123"`), true
	case pepay.EventCommerceOrderCreated:
		return `{"object":"commerce_order","id":"order_123","status":"placed","invoice_id":"550e8400-e29b-41d4-a716-446655440000"}`, true
	case pepay.EventCommerceOrderUpdated:
		return `{"object":"commerce_order","id":"order_123","status":"fulfilled","invoice_id":"550e8400-e29b-41d4-a716-446655440000"}`, true
	case pepay.EventPaymentQuoteUpdated:
		return `{"object":"payment_quote","invoice_id":"550e8400-e29b-41d4-a716-446655440000","network":"base","currency":"usd",` +
			`"amount_remaining":49990,"amount_remaining_decimal":"49.990","amount_unit":"usd_millis"}`, true
	case pepay.EventTestPing:
		return `{"object":"ping","status":"ok"}`, true
	default:
		return "", false
	}
}

func sampleInvoice(status, amounts, payer, paidAt string) string {
	return `{"object":"invoice","id":"550e8400-e29b-41d4-a716-446655440000","merchant_id":123,"status":` + status + `,"invoice_type":"standard",` +
		`"currency":"usd","amount":10000,"amount_decimal":"10.000",` + amounts + `,"amount_unit":"usd_millis",` +
		`"customer_id":"cust_123",` + payer + `,"commerce_order_id":null,"environment":"devnet",` +
		`"expires_at":1766322000,"created_at":1766318400,"paid_at":` + paidAt + `,"last_payment_at":` + paidAt + `,"metadata":{}}`
}

func samplePayment(status, settlement, stage string) string {
	return `{"object":"invoice_payment","id":"550e8400-e29b-41d4-a716-446655440111","invoice_id":"550e8400-e29b-41d4-a716-446655440000",` +
		`"merchant_id":123,"status":` + status + `,"settlement_status":` + settlement + `,` +
		`"settlement":{"summary_status":` + settlement + `,` + stage + `,"network":"bsc","status":` + settlement + `},"environment":"devnet"}`
}
