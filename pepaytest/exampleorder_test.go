package pepaytest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// An order is followed to its delivery: the payor pays, and then the devnet simulator
// does what Pepay and the retailer would do.
func ExampleServer_Orders() {
	srv, err := pepaytest.Start("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()
	client, err := wrapper.New(wrapper.WithBaseURL(srv.URL()), wrapper.WithCommerceAPIKey(srv.CommerceAPIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	made, err := buyAnEcho(ctx, client)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := srv.Pay(made.InvoiceID, pepaytest.Payment{}); err != nil { // what is missing, exactly
		fmt.Println(err)
		return
	}
	next := map[pepay.OrderStatus]pepay.OrderTransition{
		pepay.OrderStatusProcessing: pepay.OrderTransitionPaymentSettled,
		pepay.OrderStatusPlaced:     pepay.OrderTransitionShipped,
		pepay.OrderStatusShipped:    pepay.OrderTransitionDeliveryConfirmed,
	}

	events := stream.Commerce(client, stream.Options{OrderID: made.OrderID, Types: []string{"commerce.order.*"}, Since: srv.Events()[0].ID})
	for ev, err := range events.Events(ctx) {
		var order pepay.Order
		if err == nil {
			err = ev.Decode(&order)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(ev.Type, order.Status, order.Payment.Settlement.Status)
		if order.Status == pepay.OrderStatusDelivered {
			break
		}
		step := next[order.Status]
		if order.Payment.Settlement.Status == "settled" && order.Status == pepay.OrderStatusProcessing {
			step = pepay.OrderTransitionPlaced
		}
		if step != "" {
			if _, err := client.Commerce.Devnet.Simulate(ctx, order.ID, pepay.SimulateOrderRequest{TransitionTo: step}); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	for _, order := range srv.Orders() {
		fmt.Println(order.LineItems[0].Title, order.TotalAmountUSD, order.Fulfillment.Shipments[0].DeliveryStatus)
	}
	// Output:
	// commerce.order.created pending_payment pending
	// commerce.order.updated processing pending
	// commerce.order.updated processing settled
	// commerce.order.updated placed settled
	// commerce.order.updated shipped settled
	// commerce.order.updated delivered settled
	// Echo (4th Gen) 103.99 Delivered
}

// buyAnEcho goes through the three steps of a checkout.
func buyAnEcho(ctx context.Context, client *wrapper.Client) (*pepay.CheckoutInvoice, error) {
	checkout, customer := client.Commerce.Checkout, "cust_123"
	estimate, err := checkout.Estimate(ctx, pepay.EstimateRequest{
		CustomerID: customer, Items: []pepay.EstimateItemInput{{ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Quantity: 1}},
	})
	if err != nil {
		return nil, err
	}
	address, err := checkout.SetAddress(ctx, pepay.CheckoutAddressRequest{
		CustomerID: customer, EstimateID: estimate.EstimateID,
		Address: pepay.ShippingAddress{
			FirstName: "Jane", LastName: "Doe", StreetAddress: "123 Main St", City: "Miami", State: "FL", ZipCode: "33101", Country: "US",
		},
	})
	if err != nil {
		return nil, err
	}
	return checkout.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{CustomerID: customer, EstimateID: estimate.EstimateID, AddressID: address.AddressID})
}

// A product of the test's own, which nobody can deliver.
func ExampleWithProduct() {
	price, err := pepay.ParseDecimal("12.50")
	if err != nil {
		fmt.Println(err)
		return
	}
	srv, err := pepaytest.Start("",
		pepaytest.WithProduct(pepaytest.Product{ID: "MUG-1", Title: "Mug", Price: price, Unavailable: true}),
		pepaytest.WithCommerceRules(pepaytest.CommerceRules{CancelAtOnce: true}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()
	client, err := wrapper.New(wrapper.WithBaseURL(srv.URL()), wrapper.WithCommerceAPIKey(srv.CommerceAPIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	estimate, err := client.Commerce.Checkout.Estimate(context.Background(), pepay.EstimateRequest{
		CustomerID: "cust_123", Items: []pepay.EstimateItemInput{{ProductID: "MUG-1", Quantity: 1}, {ProductID: "B08N5WRWNW", Quantity: 1}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, item := range estimate.InvalidItems {
		fmt.Println(item.ProductID, "cannot be ordered")
	}
	for _, item := range estimate.ValidItems {
		fmt.Println(item.Title, item.Price)
	}
	// Output:
	// MUG-1 cannot be ordered
	// Echo (4th Gen) 99.99
}
