package wrapper

import (
	"cmp"
	"context"

	"github.com/pepaylabs/pepay-go"
)

// CheckoutService turns products into an order in three steps: [CheckoutService.Estimate],
// [CheckoutService.SetAddress], [CheckoutService.CreateInvoice]. It is safe for
// concurrent use.
//
// An order costs at most 2,500 US dollars. Go through all steps again for each
// attempt: an expired or failed invoice cannot be paid.
//
// Errors of all methods: [ErrInvalidArgument] for a request that lacks what the step
// needs, [ErrInvalidRequest] for one that Pepay does not accept.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/checkout.
type CheckoutService struct{ client *Client }

// Estimate is the first step. It tells which items can be bought and what they cost
// with shipping, tax and fees. Items come in the request, or from the customer's
// cart with UseCart, which Pepay reads and does not change; ItemOverrides needs
// UseCart. The customer is CustomerID, or WalletAddress and WalletNetwork. The next
// steps document CustomerID only.
//
// The estimate in the documentation expires after 15 minutes.
//
// The documentation lists the fields of the answer, but not those of items and
// overrides in the request, and not how a customer is named by wallet.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-checkout/step-1--create-checkout-estimate-enhanced.
func (s *CheckoutService) Estimate(ctx context.Context, r pepay.EstimateRequest, opts ...CallOption) (*pepay.Estimate, error) {
	return send(ctx, s.client, "createEstimate", input{body: r, err: checkEstimate(r)}, opts, estimateLacks)
}

func checkEstimate(r pepay.EstimateRequest) error {
	useCart := r.UseCart != nil && *r.UseCart
	return query{err: Customer{r.CustomerID, r.WalletAddress, r.WalletNetwork}.checkIn("EstimateRequest", "CustomerID")}.
		require(useCart || len(r.Items) > 0, "EstimateRequest", "set Items, or UseCart for what is in the cart").
		require(!useCart || len(r.Items) == 0, "EstimateRequest", "set Items or UseCart, not both").
		require(useCart || len(r.ItemOverrides) == 0, "EstimateRequest.ItemOverrides", "needs UseCart").
		err
}

func estimateLacks(e *pepay.Estimate) string { return missing(e.EstimateID == "", "estimateId") }

// SetAddress is the second step. It sets and validates the shipping address of an
// estimate that is still valid. Standardized is the address as Pepay understood it.
//
// The documentation of this operation is complete, except which fields of an address
// are needed.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-checkout/step-2--set-shipping-address.
func (s *CheckoutService) SetAddress(ctx context.Context, r pepay.CheckoutAddressRequest, opts ...CallOption) (*pepay.CheckoutAddress, error) {
	return send(ctx, s.client, "setCheckoutAddress", input{body: r, err: checkAddress(r)}, opts, checkoutAddressLacks)
}

func checkAddress(r pepay.CheckoutAddressRequest) error {
	return query{}.needs("CheckoutAddressRequest.CustomerID", r.CustomerID).
		needs("CheckoutAddressRequest.EstimateID", r.EstimateID).
		require(r.Address != pepay.ShippingAddress{}, "CheckoutAddressRequest.Address", "is missing").
		err
}

func checkoutAddressLacks(a *pepay.CheckoutAddress) string {
	return missing(a.AddressID == "", "addressId")
}

// CreateInvoice is the third step. It makes the order from the estimate's valid
// items, the invoice that pays for it, and the payor's session: send the customer to
// InvoiceURL, or keep Session and Signature for [Client.Payor]. An unpaid invoice
// expires after about 30 minutes. The cart stays as it is.
//
// One idempotency key is sent with all attempts of a call, and with those of several
// calls if [WithIdempotencyKey] gives them the same. The pages disagree on whether
// Pepay reads it here.
//
// The documentation of this operation is complete.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-checkout/step-3--create-invoice-and-order.
func (s *CheckoutService) CreateInvoice(ctx context.Context, r pepay.CheckoutInvoiceRequest, opts ...CallOption) (*pepay.CheckoutInvoice, error) {
	return send(ctx, s.client, "createCheckoutInvoice", input{body: r, err: checkInvoice(r)}, opts, checkoutInvoiceLacks)
}

func checkInvoice(r pepay.CheckoutInvoiceRequest) error {
	return query{}.needs("CheckoutInvoiceRequest.CustomerID", r.CustomerID).
		needs("CheckoutInvoiceRequest.EstimateID", r.EstimateID).
		needs("CheckoutInvoiceRequest.AddressID", r.AddressID).
		err
}

func checkoutInvoiceLacks(i *pepay.CheckoutInvoice) string {
	return cmp.Or(missing(i.OrderID == "", "orderId"), missing(i.InvoiceID == "", "invoiceId"))
}
