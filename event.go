package pepay

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// ErrWrongResource is a resource that is decoded into the model of another one.
var ErrWrongResource = errors.New("pepay: wrong resource")

// Decode decodes the event's resource, data.object, into v: an [Invoice], an
// [InvoicePayment], an [Order], a [PaymentQuote] or a type of your own. Where v is
// the model of another resource than the one the event says it carries, the error
// matches [ErrWrongResource] and names both; v is left as it was. [Event.Resource]
// tells the kind beforehand.
func (e *Event) Decode(v any) error {
	if len(e.Data.Object) == 0 {
		return fmt.Errorf("pepay: event %s has no data.object", e.ID)
	}
	if want := resourceOf(v); want != "" {
		if kind, _, _ := e.Resource(); kind != "" && kind != want {
			return wrongResourceError(fmt.Sprintf("pepay: event %s carries a resource of kind %s, and %T is a model of %s", e.ID, wire.OneLine(kind, 50), v, want))
		}
	}
	if err := json.Unmarshal(e.Data.Object, v); err != nil {
		return fmt.Errorf("pepay: data.object of event %s: %w", e.ID, err)
	}
	return nil
}

// wrongResourceError is an ErrWrongResource whose text says it all.
type wrongResourceError string

func (e wrongResourceError) Error() string        { return string(e) }
func (e wrongResourceError) Is(target error) bool { return target == ErrWrongResource }

// Resource says what the event is about: the kind of resource ("invoice",
// "invoice_payment", "commerce_order", "payment_quote", "ping"), its id and its
// status. What the event leaves out is empty; a payment quote has the id of its
// invoice.
//
// See https://docs-alpha.pepay.io/overview/capabilities.
func (e *Event) Resource() (kind, id, status string) {
	var object, ownID, orderID, invoiceID, state []byte
	m := wire.NewMembers(e.Data.Object)
	for m.Next() {
		switch string(m.Key()) {
		case "object":
			object = m.Value()
		case "id":
			ownID = m.Value()
		case "orderId":
			orderID = m.Value()
		case "invoice_id":
			invoiceID = m.Value()
		case "status":
			state = m.Value()
		}
	}
	if m.Close() != nil {
		return "", "", ""
	}
	for _, value := range [][]byte{ownID, orderID, invoiceID} {
		if id, _ = wire.Unquote(value); id != "" {
			break
		}
	}
	kind, _ = wire.Unquote(object)
	status, _ = wire.Unquote(state)
	return kind, id, status
}
