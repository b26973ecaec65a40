package main

import (
	"fmt"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// demoStep is an event that the demo emits.
type demoStep struct {
	eventType string
	sets      []string // as --set of 'pepay trigger' has them
}

// dropAfter is after how many of the steps below the merchant's connection is dropped,
// once. The next step is taken while it is down.
const dropAfter = 2

// demoSteps is what happens to an invoice and then to an order, in one round.
func demoSteps() []demoStep {
	return []demoStep{
		{pepay.EventInvoiceCreated, nil},
		{pepay.EventInvoiceUpdated, []string{
			"status=underpaid", "amount_paid=4000", "amount_paid_decimal=4.000", "amount_remaining=6000", "amount_remaining_decimal=6.000", "paid_at=null",
		}},
		{pepay.EventInvoiceUpdated, nil}, // paid
		{pepay.EventCommerceOrderCreated, nil},
		{pepay.EventCommerceOrderUpdated, []string{"status=shipped"}},
	}
}

// event is the step's event in a round that is counted from 1. Each round has resources
// of its own.
func (h demoStep) event(round int) (pepay.Event, error) {
	ev, err := pepaytest.NewEvent(h.eventType)
	if err != nil {
		return ev, err
	}
	kind, _, _ := ev.Resource()
	invoice := fmt.Sprintf("%08x-e29b-41d4-a716-446655440000", 0x550e8400+round-1)
	sets := []string{"id=" + invoice}
	if kind == "commerce_order" {
		sets = []string{fmt.Sprintf("id=order_%d", 122+round), "invoice_id=" + invoice}
	}
	ev.Data.Object, err = withFields(ev.Data.Object, append(sets, h.sets...), nil)
	return ev, err
}
