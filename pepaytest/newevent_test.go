package pepaytest_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestNewEvent(t *testing.T) {
	t.Parallel()
	want := map[string]string{ // kind, id and status
		pepay.EventInvoiceCreated:        "invoice " + invoiceID + " unpaid",
		pepay.EventInvoiceUpdated:        "invoice " + invoiceID + " paid",
		pepay.EventInvoicePaymentCreated: "invoice_payment 550e8400-e29b-41d4-a716-446655440111 pending",
		pepay.EventInvoicePaymentUpdated: "invoice_payment 550e8400-e29b-41d4-a716-446655440111 confirmed",
		pepay.EventCommerceOrderCreated:  "commerce_order order_123 placed",
		pepay.EventCommerceOrderUpdated:  "commerce_order order_123 fulfilled",
		pepay.EventPaymentQuoteUpdated:   "payment_quote " + invoiceID,
		pepay.EventTestPing:              "ping  ok",
	}
	s := pepaytest.NewServer(t)
	for _, eventType := range pepay.EventTypes() {
		ev, err := pepaytest.NewEvent(eventType)
		if err != nil {
			t.Fatal(err)
		}
		ev = s.Emit(ev)
		kind, id, status := ev.Resource()
		if got := strings.TrimSpace(kind + " " + id + " " + status); got != want[eventType] || ev.Type != eventType {
			t.Errorf("%s: %s of type %s, want %s", eventType, got, ev.Type, want[eventType])
		}
	}
}

// The contract's own models take every field: none is misspelt or of another type.
func TestNewEventFitsTheContract(t *testing.T) {
	t.Parallel()
	models := map[string]func() any{
		"invoice": func() any { return new(pepay.Invoice) }, "invoice_payment": func() any { return new(pepay.InvoicePayment) },
		"commerce_order": func() any { return new(pepay.Order) }, "payment_quote": func() any { return new(pepay.PaymentQuote) },
	}
	for _, eventType := range pepay.EventTypes() {
		ev, err := pepaytest.NewEvent(eventType)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := ev.Resource()
		model, ok := models[kind]
		if !ok {
			continue // a ping has no model
		}
		dec := json.NewDecoder(strings.NewReader(string(ev.Data.Object)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(model()); err != nil {
			t.Errorf("%s: %v", eventType, err)
		}
	}
	for _, eventType := range []string{pepay.EventInvoiceCreated, pepay.EventInvoiceUpdated} {
		ev, _ := pepaytest.NewEvent(eventType)
		var invoice pepay.Invoice
		if err := ev.Decode(&invoice); err != nil || invoice.AmountPaid+invoice.AmountRemaining != invoice.Amount || invoice.MerchantID != 123 {
			t.Errorf("%s: %+v, %v", eventType, invoice, err)
		}
	}
}

// An order of an event has the event's names, all of which the model reads.
func TestNewEventOfAnOrder(t *testing.T) {
	t.Parallel()
	for eventType, status := range map[string]pepay.OrderStatus{
		pepay.EventCommerceOrderCreated: pepay.OrderStatusPlaced, pepay.EventCommerceOrderUpdated: pepay.OrderStatusFulfilled,
	} {
		ev, err := pepaytest.NewEvent(eventType)
		if err != nil {
			t.Fatal(err)
		}
		var members map[string]string
		var order pepay.Order
		if err := errors.Join(ev.Decode(&members), ev.Decode(&order)); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"object": order.Object, "id": order.ID, "invoice_id": order.InvoiceID, "status": string(status)}
		if !maps.Equal(members, want) || order.Status != status || order.ID == "" || order.InvoiceID == "" {
			t.Errorf("%s: %v is decoded as %+v", eventType, members, order)
		}
	}
}

func TestNewEventOfAnUnknownType(t *testing.T) {
	t.Parallel()
	_, err := pepaytest.NewEvent("invoice.paid")
	if err == nil || !strings.Contains(err.Error(), `"invoice.paid"; there are `+strings.Join(pepay.EventTypes(), ", ")) {
		t.Errorf("%v", err)
	}
}
