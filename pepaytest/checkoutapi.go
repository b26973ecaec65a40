package pepaytest

import (
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// CreateEstimate simulates POST /api/commerce/merchant/checkout/estimate. It reads the
// cart and does not change it.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-checkout/step-1--create-checkout-estimate-enhanced
func (h handlers) CreateEstimate(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		in := bodyOf[server.EstimateRequest](t)
		of, bad := customerOf(in.CustomerID, in.WalletAddress, in.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		items, bad := t.wanted(of, &in)
		if bad != nil {
			return nil, bad
		}
		e, bad := t.newEstimate(of, items)
		if bad != nil {
			return nil, bad
		}
		return data(e.snapshot()), nil
	})
}

// SetCheckoutAddress simulates POST /api/commerce/merchant/checkout/address.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-checkout/step-2--set-shipping-address
func (h handlers) SetCheckoutAddress(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		in := bodyOf[server.CheckoutAddressRequest](t)
		e, bad := t.estimateOf(in.EstimateID, in.CustomerID)
		if bad != nil {
			return nil, bad
		}
		p, bad := standardized(&in.Address)
		if bad != nil {
			return nil, bad
		}
		a := t.saveAddress(customer{ID: in.CustomerID}, p)
		options := []server.ShippingOption{{
			ID: ptr("standard"), Name: ptr("Standard Shipping"), Price: ptr(dollars(e.Costs.Shipping)), EstimatedDays: ptr("5-7 business days"),
		}}
		return data(server.CheckoutAddress{AddressID: a.ID, Validated: ptr(true), Standardized: a.Place.shipping(), ShippingOptions: &options}), nil
	})
}
