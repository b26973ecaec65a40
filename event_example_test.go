package pepay_test

import (
	"errors"
	"fmt"
	"log"

	"github.com/pepaylabs/pepay-go"
)

// An event is stored as it came, with fields that this version does not know, and
// read again later.
func ExampleParseEvent() {
	stored := []byte(`{"id":"evt_1","type":"invoice.updated","created":1766320496,"region":"eu","data":{"object":{"object":"invoice","id":"inv_1","status":"paid"}}}`)
	ev, err := pepay.ParseEvent(stored)
	if err != nil {
		log.Fatal(err)
	}
	kind, id, status := ev.Resource()
	fmt.Println(ev.Type, kind, id, status)
	fmt.Println(len(ev.Raw()) == len(stored))
	// Output:
	// invoice.updated invoice inv_1 paid
	// true
}

// A field in an unexpected form does not take an event away.
func ExampleEvent_UndecodedFields() {
	ev, err := pepay.ParseEvent([]byte(`{"id":"evt_1","type":"invoice.updated","livemode":"perhaps","created":"2025-12-21T12:34:56"}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ev.UndecodedFields(), ev.Livemode, ev.Created)
	// Output: [livemode] false 2025-12-21 12:34:56 +0000 UTC
}

// The resource of an event decodes into its own model only.
func ExampleEvent_Decode() {
	ev, err := pepay.ParseEvent([]byte(`{"id":"evt_1","type":"invoice_payment.updated","data":{"object":{"object":"invoice_payment","id":"pay_1","status":"confirmed"}}}`))
	if err != nil {
		log.Fatal(err)
	}
	var payment pepay.InvoicePayment
	fmt.Println(ev.Decode(&payment), payment.Status)
	var invoice pepay.Invoice
	err = ev.Decode(&invoice)
	fmt.Println(errors.Is(err, pepay.ErrWrongResource), err)
	// Output:
	// <nil> confirmed
	// true pepay: event evt_1 carries a resource of kind invoice_payment, and *pepay.Invoice is a model of invoice
}
