package pepaytest

import (
	"bytes"
	"encoding/json"
)

// forPayor is an event as the payor's stream shows it: without the settlement of a
// payment, which only merchants see.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/retrieve-invoice-details
func (r *record) forPayor() *record {
	if r.subject.Kind != "invoice_payment" {
		return r
	}
	frame := r.frame
	for _, of := range []string{"object", "previous_attributes"} {
		for _, field := range []string{"settlement", "settlement_status"} {
			frame = withoutField(frame, field, "data", of)
		}
	}
	return &record{event: r.event, frame: frame, subject: r.subject, again: r.again}
}

// withoutField is a JSON object without a field of the object that is in it at a path. An
// object that has none is returned as it is.
func withoutField(object []byte, field string, path ...string) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return object
	}
	at := field
	if len(path) > 0 {
		at = path[0]
	}
	inner, ok := members[at]
	if !ok {
		return object
	}
	if len(path) == 0 {
		delete(members, field)
		return encode(members)
	}
	left := withoutField(inner, field, path[1:]...)
	if bytes.Equal(left, inner) {
		return object
	}
	members[at] = left
	return encode(members)
}
