package main

import (
	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// role is what a stream follows, and its credential.
type role struct {
	name, operation string
	open            func(*wrapper.Client, stream.Options) *stream.Stream
	scope           pepay.WSTokenScope
	token           bool // a ws_token instead of the API key
	eventType       string
	kind, object    string // data.object with the number of the event as its id
}

// roleOf gives the roles in turns.
func roleOf(i int) role {
	r := role{
		name: "merchant", operation: "openMerchantStream", open: stream.Merchant, scope: pepay.WSTokenScopeMerchant,
		eventType: pepay.EventInvoiceUpdated, kind: "invoice",
		object: `{"object":"invoice","id":"%d","merchant_id":123,"status":"paid","invoice_type":"standard","currency":"usd",` +
			`"amount":10000,"amount_decimal":"10.000","amount_unit":"usd_millis","environment":"devnet"}`,
	}
	if i%4 >= 2 {
		r = role{
			name: "commerce", operation: "openCommerceStream", open: stream.Commerce, scope: pepay.WSTokenScopeCommerce,
			eventType: pepay.EventCommerceOrderUpdated, kind: "commerce_order",
			object: `{"object":"commerce_order","id":"%d","status":"fulfilled","invoice_id":"550e8400-e29b-41d4-a716-446655440000"}`,
		}
	}
	r.token = i%2 == 1
	return r
}

func (r role) credential() string {
	if r.token {
		return "ws_token"
	}
	return "API key"
}
