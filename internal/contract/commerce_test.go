package contract_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The simulator's commerce conforms to the contract over a whole course, from the search
// to the refund, with refusals on the way: every operation is answered with a state
// behind it.
func TestCommerceConforms(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	c := &course{T: t, client: h.client(t).Commerce}
	c.carts()
	for _, of := range []wrapper.Customer{customer(), wallet()} {
		c.look(c.simulate(c.checkout(of), "payment_confirmed", "payment_settled", "placed", "shipped", "delivery_confirmed"))
	}
	c.cancelled()
	unpaid := c.checkout(customer())
	h.server.Advance(time.Hour)
	c.look(unpaid)
	c.refused(unpaid)

	h.wantConforming(t)
	called := map[string]bool{}
	for _, exchange := range h.transport.Exchanges() {
		called[exchange.Operation] = called[exchange.Operation] || exchange.Status < 300
	}
	for _, operation := range []string{
		"getCommerceStatus", "searchCommerce", "getProductOffers", "getCart", "createCart", "clearCart", "addCartItem", "updateCartItem", "removeCartItem",
		"validateCart", "getCartTotals", "createEstimate", "setCheckoutAddress", "createCheckoutInvoice", "listOrders", "getOrder", "cancelOrder",
		"getOrderByInvoice", "getOrderPayment", "getOrderPayments", "listAddresses", "deleteAddress", "simulateOrder",
	} {
		if !called[operation] {
			t.Errorf("%s was not answered with a success", operation)
		}
	}
}

// course is a merchant's way through commerce.
type course struct {
	*testing.T
	client *wrapper.CommerceService
}

func (c *course) ok(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *course) carts() {
	ctx, client, of := c.Context(), c.client, customer()
	c.ok(second(client.Status(ctx)))
	found, err := client.Search(ctx, wrapper.ProductSearchParams{Q: "headphones"})
	c.ok(err)
	for _, p := range found.Products {
		c.ok(second(client.Offers(ctx, p.ProductID)))
	}
	c.ok(second(client.Carts.Create(ctx, of, nil)))
	c.ok(second(client.Carts.Get(ctx, of)))
	item := pepay.CartItemInput{ProductID: found.Products[0].ProductID, Retailer: pepay.RetailerAmazon, Title: "Headphones", Price: decimalOf("1.5")}
	c.ok(second(client.Carts.Create(ctx, wallet(), &item)))
	c.ok(second(client.Carts.Clear(ctx, wallet())))
	added, err := client.Carts.AddItem(ctx, of, item)
	c.ok(err)
	c.ok(second(client.Carts.UpdateItem(ctx, of, added.ItemID, 3)))
	c.ok(second(client.Carts.Validate(ctx, of)))
	c.ok(second(client.Carts.Totals(ctx, of, "94105")))
	c.ok(second(client.Carts.Totals(ctx, of, "")))
	item.ProductID = "unknown"
	unknown, err := client.Carts.AddItem(ctx, of, item)
	c.ok(err)
	c.ok(second(client.Carts.Validate(ctx, of)))
	useCart := true
	c.ok(second(client.Checkout.Estimate(ctx, pepay.EstimateRequest{CustomerID: of.ID, UseCart: &useCart})))
	c.ok(client.Carts.RemoveItem(ctx, of, unknown.ItemID))
}

func (c *course) checkout(of wrapper.Customer) *pepay.CheckoutInvoice {
	ctx, client := c.Context(), c.client.Checkout
	estimate, err := client.Estimate(ctx, pepay.EstimateRequest{
		CustomerID: of.ID, WalletAddress: of.WalletAddress, WalletNetwork: of.WalletNetwork,
		Items: []pepay.EstimateItemInput{{ProductID: "B08N5WRWNW", Quantity: 2}, {ProductID: "B000000000"}},
	})
	c.ok(err)
	address, err := client.SetAddress(ctx, pepay.CheckoutAddressRequest{
		CustomerID: "cust_123", EstimateID: estimate.EstimateID,
		Address: pepay.ShippingAddress{FirstName: "Jo", LastName: "Doe", StreetAddress: "1 Market St", City: "San Francisco", State: "CA", ZipCode: "94105", Country: "US"},
	})
	c.ok(err)
	invoice, err := client.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{CustomerID: "cust_123", EstimateID: estimate.EstimateID, AddressID: address.AddressID})
	c.ok(err)
	c.look(invoice)
	return invoice
}

func (c *course) simulate(invoice *pepay.CheckoutInvoice, steps ...pepay.OrderTransition) *pepay.CheckoutInvoice {
	for _, to := range steps {
		request := pepay.SimulateOrderRequest{TransitionTo: to}
		if to == pepay.OrderTransitionPaymentConfirmed {
			request.WalletNetwork, request.WalletAddress = "bsc", "0x0000000000000000000000000000000000000001"
		}
		c.ok(second(c.client.Devnet.Simulate(c.Context(), invoice.OrderID, request)))
	}
	return invoice
}

// look reads all that shows an order.
func (c *course) look(invoice *pepay.CheckoutInvoice) {
	ctx, client := c.Context(), c.client
	c.ok(second(client.Orders.Get(ctx, invoice.OrderID)))
	c.ok(second(client.Orders.List(ctx, wrapper.OrderParams{CustomerID: "cust_123"})))
	c.ok(second(client.Orders.ByInvoice(ctx, invoice.InvoiceID)))
	c.ok(second(client.Payments.Status(ctx, invoice.OrderID)))
	c.ok(second(client.Payments.BulkStatus(ctx, []string{invoice.OrderID, orderID})))
}

func (c *course) cancelled() {
	ctx := c.Context()
	invoice := c.simulate(c.checkout(customer()), "payment_confirmed", "payment_settled", "placed")
	c.ok(second(c.client.Orders.Cancel(ctx, invoice.OrderID, pepay.CancelOrderRequest{})))
	c.look(c.simulate(invoice, "cancelled", "refunded"))
	addresses, err := c.client.Addresses.List(ctx, customer(), wrapper.AddressParams{Limit: 1})
	c.ok(err)
	c.ok(c.client.Addresses.Delete(ctx, addresses[0].AddressID))
}

// refused asks for what is not possible.
func (c *course) refused(expired *pepay.CheckoutInvoice) {
	ctx, client := c.Context(), c.client
	for name, err := range map[string]error{
		"a transition":   second(client.Devnet.Simulate(ctx, expired.OrderID, pepay.SimulateOrderRequest{TransitionTo: "placed"})),
		"a cancellation": second(client.Orders.Cancel(ctx, expired.OrderID, pepay.CancelOrderRequest{})),
		"a search":       second(client.Search(ctx, wrapper.ProductSearchParams{})),
	} {
		if !errors.Is(err, wrapper.ErrInvalidRequest) {
			c.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"an order":   second(client.Orders.Get(ctx, orderID)),
		"an address": client.Addresses.Delete(ctx, addressID),
		"a product":  second(client.Offers(ctx, "unknown")),
	} {
		if !errors.Is(err, wrapper.ErrNotFound) {
			c.Errorf("%s: %v", name, err)
		}
	}
}
