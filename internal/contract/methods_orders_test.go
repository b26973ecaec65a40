package contract_test

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

var orderMethods = calls{
	"Commerce.Checkout.Estimate": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Checkout.Estimate(ctx, pepay.EstimateRequest{
			CustomerID: "cust_123",
			Items:      []pepay.EstimateItemInput{{ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Title: "Echo (4th Gen)", Quantity: 1, Price: decimalOf("99.99")}},
		}))
	},
	"Commerce.Checkout.SetAddress": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Checkout.SetAddress(ctx, pepay.CheckoutAddressRequest{
			EstimateID: estimateID, CustomerID: "cust_123",
			Address: pepay.ShippingAddress{
				FirstName: "Jo", LastName: "Doe", Email: "jo@example.com", Phone: "+15555550123", StreetAddress: "1 Market St", AddressLine2: "Apt 2",
				City: "San Francisco", State: "CA", ZipCode: "94105", Country: "US",
			},
		}))
	},
	"Commerce.Checkout.CreateInvoice": func(ctx context.Context, c *wrapper.Client) error {
		webhook := "https://example.com/hook"
		return second(c.Commerce.Checkout.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{
			EstimateID: estimateID, AddressID: addressID, CustomerID: "cust_123", WebhookURL: &webhook,
			RefundDestinationWalletAddressBsc: "0x0000000000000000000000000000000000000001",
		}))
	},

	"Commerce.Orders.List": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Orders.List(ctx, orderParams()))
	},
	"Commerce.Orders.All": func(ctx context.Context, c *wrapper.Client) error {
		return first(c.Commerce.Orders.All(ctx, orderParams()))
	},
	"Commerce.Orders.Get": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Orders.Get(ctx, orderID))
	},
	"Commerce.Orders.Cancel": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Orders.Cancel(ctx, orderID, pepay.CancelOrderRequest{RefundDestinationWalletAddressBsc: "0x0000000000000000000000000000000000000001"}))
	},
	"Commerce.Orders.ByInvoice": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Orders.ByInvoice(ctx, invoiceID))
	},
	"Commerce.Orders.WaitForStatus": func(ctx context.Context, c *wrapper.Client) error {
		order, err := c.Commerce.Orders.Get(ctx, orderID)
		if err != nil {
			return err
		}
		return second(c.Commerce.Orders.WaitForStatus(ctx, orderID, wrapper.Wait{}, []pepay.OrderStatus{order.Status}))
	},

	"Commerce.Payments.Status": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Payments.Status(ctx, orderID))
	},
	"Commerce.Payments.BulkStatus": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Payments.BulkStatus(ctx, []string{orderID}))
	},
	"Commerce.Addresses.List": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Addresses.List(ctx, customer(), wrapper.AddressParams{Limit: 100, Offset: 0}))
	},
	"Commerce.Addresses.Delete": func(ctx context.Context, c *wrapper.Client) error {
		return c.Commerce.Addresses.Delete(ctx, addressID)
	},
	"Commerce.Devnet.Simulate": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Devnet.Simulate(ctx, orderID, pepay.SimulateOrderRequest{
			TransitionTo: pepay.OrderTransitionShipped, Tracking: json.RawMessage(`{"carrier":"UPS"}`),
		}))
	},
}

const (
	estimateID = "550e8400-e29b-41d4-a716-446655440001"
	addressID  = "550e8400-e29b-41d4-a716-446655440002"
	orderID    = "550e8400-e29b-41d4-a716-446655440003"
	invoiceID  = "550e8400-e29b-41d4-a716-446655440000"
)

func orderParams() wrapper.OrderParams {
	at := time.Unix(1_766_320_496, 0)
	return wrapper.OrderParams{
		CustomerID: "cust_123", Status: pepay.OrderStatusShipped, Retailer: "amazon", CreatedFrom: at, CreatedTo: at.Add(time.Hour), Limit: 20,
	}
}
