package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// pageSize is the most that Pepay, and most others, return at once.
const pageSize = 100

// invoiceJSON is an invoice as Pepay's documentation shows it, paid.
func invoiceJSON(number int) string {
	return fmt.Sprintf(`{"object":"invoice","id":"550e8400-e29b-41d4-a716-44665544%04d","merchant_id":42,"status":"paid",`+
		`"invoice_type":"standard","currency":"usd","amount":129900,"amount_decimal":"129.900","amount_paid":129900,`+
		`"amount_paid_decimal":"129.900","amount_remaining":0,"amount_remaining_decimal":"0.000","amount_unit":"usd_millis",`+
		`"customer_id":"cust_%d","payer_wallet_address":"0x1111111111111111111111111111111111111111","payer_wallet_network":"base",`+
		`"environment":"mainnet","created_at":"2025-01-01T12:00:00Z","expires_at":"2025-01-02T00:00:00Z","paid_at":"2025-01-01T12:05:00Z",`+
		`"last_payment_at":"2025-01-01T12:05:00Z","metadata":{"order_id":"ORD-%d"}}`, number, number, number)
}

func invoiceID(number int) string {
	return fmt.Sprintf("550e8400-e29b-41d4-a716-44665544%04d", number)
}

// eventJSON is the event of a payment. Pepay's events have the form of Stripe's.
func eventJSON(number int) string {
	return fmt.Sprintf(`{"id":%q,"object":"event","api_version":"2025-12-16","created":1735732800,"type":"invoice.updated",`+
		`"livemode":true,"pending_webhooks":1,"request":{"id":"req_123","idempotency_key":"8a2f3f0e-7c5b-4f7d-9b50-1d1c3a1f0001"},`+
		`"data":{"object":%s,"previous_attributes":{"status":"unpaid"}}}`, eventID(number), invoiceJSON(number))
}

func eventID(number int) string { return fmt.Sprintf("evt_1735732800000-%04d", number) }

// listJSON is a list object with a page of items.
func listJSON(item func(number int) string) string {
	return `{"object":"list","data":[` + joined(item) + `],"has_more":false}`
}

func joined(item func(number int) string) string { return strings.Join(numbered(item), ",") }

// plainList is a list object, written by hand.
type plainList[T any] struct {
	Object  string `json:"object"`
	Data    []T    `json:"data"`
	HasMore bool   `json:"has_more"`
}

// plainInvoice is the invoice, written by hand.
type plainInvoice struct {
	Object                 string          `json:"object"`
	ID                     string          `json:"id"`
	MerchantID             int64           `json:"merchant_id"`
	Status                 string          `json:"status"`
	InvoiceType            string          `json:"invoice_type"`
	Currency               string          `json:"currency"`
	Amount                 int64           `json:"amount"`
	AmountDecimal          string          `json:"amount_decimal"`
	AmountPaid             int64           `json:"amount_paid"`
	AmountPaidDecimal      string          `json:"amount_paid_decimal"`
	AmountRemaining        int64           `json:"amount_remaining"`
	AmountRemainingDecimal string          `json:"amount_remaining_decimal"`
	AmountUnit             string          `json:"amount_unit"`
	CustomerID             string          `json:"customer_id"`
	PayerWalletAddress     string          `json:"payer_wallet_address"`
	PayerWalletNetwork     string          `json:"payer_wallet_network"`
	Environment            string          `json:"environment"`
	CreatedAt              time.Time       `json:"created_at"`
	ExpiresAt              time.Time       `json:"expires_at"`
	PaidAt                 time.Time       `json:"paid_at"`
	LastPaymentAt          time.Time       `json:"last_payment_at"`
	Metadata               json.RawMessage `json:"metadata"`
}

// What the items of a page are checked against, made once so that the check costs
// next to nothing.
var (
	eventIDs, invoiceIDs = numbered(eventID), numbered(invoiceID)
	firstEvent           = eventIDs[1]
	firstInvoice         = invoiceJSON(1)
	lastInvoice          = invoiceJSON(pageSize - 1)
)

func numbered(text func(number int) string) []string {
	all := make([]string, pageSize)
	for number := range all {
		all[number] = text(number)
	}
	return all
}

// checkPage checks that the right items came, in order.
func checkPage[T any](items []T, id func(*T) string, want []string) error {
	if len(items) != len(want) {
		return fmt.Errorf("%d items", len(items))
	}
	for i := range items {
		if got := id(&items[i]); got != want[i] {
			return fmt.Errorf("item %d is %q", i, got)
		}
	}
	return nil
}

// checkText fails unless every value is the one that was sent. pairs are what came and
// what is right.
func checkText(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] != pairs[i+1] {
			return fmt.Errorf("got %q, want %q", pairs[i], pairs[i+1])
		}
	}
	return nil
}
