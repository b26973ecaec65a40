package pepay_test

import (
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
