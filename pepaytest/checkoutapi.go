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

// CreateCheckoutInvoice simulates POST /api/commerce/merchant/checkout/invoice.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-checkout/step-3--create-invoice-and-order
func (h handlers) CreateCheckoutInvoice(w http.ResponseWriter, r *http.Request, _ server.CreateCheckoutInvoiceParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		in := bodyOf[server.CheckoutInvoiceRequest](t)
		e, bad := t.estimateOf(in.EstimateID, in.CustomerID)
		if bad != nil {
			return nil, bad
		}
		refundTo := deref(in.RefundDestinationWalletAddressBsc)
		a := t.Addresses.get(in.AddressID)
		switch {
		case a == nil || !t.ownsAddress(a) || a.Customer.ID != in.CustomerID:
			return nil, checkoutError("addressId: the customer has no such address; set one for the estimate")
		case len(e.Items) == 0:
			return nil, checkoutError("None of the items of the estimate can be ordered")
		case refundTo != "" && !isWallet(refundTo, "bsc"):
			return nil, invalidRequest("refundDestinationWalletAddressBsc must be an address on bsc, 0x and 40 hexadecimal digits")
		}
		o, inv := t.newOrder(e, in.CustomerID, refundTo)
		path := "/api/commerce/merchant/"
		return data(server.CheckoutInvoice{
			OrderID: o.ID, InvoiceID: inv.ID, InvoiceURL: ptr(t.server.paymentURL(inv.Session)),
			Session: &inv.Session.Token, Signature: &inv.Session.Signature, PaymentSessionHeaders: inv.Session.headers(),
			MerchantID: &o.MerchantID, NetworkEnvironment: ptr(server.NetworkEnvironment(o.Environment)), CustomerID: &in.CustomerID,
			Amount: ptr(dollars(inv.Amount)), Status: ptr(inv.Status), ExpiresAt: &inv.ExpiresAt,
			Endpoints: &server.CheckoutEndpoints{
				CheckOrder: ptr(path + "orders/" + o.ID), CheckPayment: ptr(path + "payments/" + o.ID + "/status"), CancelOrder: ptr(path + "orders/" + o.ID + "/cancel"),
			},
		}), nil
	})
}
