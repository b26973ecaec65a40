package stream

import (
	"encoding/json"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
)

// wants applies the filters that the Events API does not have. undecided names a
// filter on which the event is silent; it is left out then, and may be missing.
func (o *Options) wants(ev *pepay.Event) (wanted bool, undecided string) {
	if o.InvoiceType+o.CustomerID+o.OrderID+o.WalletAddress+o.WalletNetwork == "" {
		return true, ""
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(ev.Data.Object, &fields) // an object that is none has no fields
	kind := wire.Text(fields["object"])
	for _, filter := range []struct{ name, value, field, ofOrder string }{
		{"invoice_type", o.InvoiceType, "invoice_type", ""},
		{"customer_id", o.CustomerID, "customer_id", "customerId"},
		{"order_id", o.OrderID, "commerce_order_id", "orderId"},
		{"wallet_address", o.WalletAddress, "payer_wallet_address", "walletAddress"},
		{"wallet_network", o.WalletNetwork, "payer_wallet_network", "walletNetwork"},
	} {
		if filter.value == "" {
			continue
		}
		raw, said := fields[filter.field]
		if kind == "commerce_order" { // it may have the names of the orders API
			if filter.name == "order_id" {
				raw, said = fields["id"], true
			}
			if own, ok := fields[filter.ofOrder]; ok {
				raw, said = own, true
			}
		}
		switch {
		case !said:
			return false, filter.name
		case wire.Text(raw) != filter.value:
			return false, ""
		}
	}
	return true, ""
}
