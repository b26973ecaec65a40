package wrapper_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The three steps from products to an order that can be paid.
func ExampleCheckoutService() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()
	ctx := context.Background()
	checkout, customer := client.Commerce.Checkout, "cust_123456"

	price, err := pepay.ParseDecimal("9.99")
	if err != nil {
		log.Fatal(err)
	}
	estimate, err := checkout.Estimate(ctx, pepay.EstimateRequest{CustomerID: customer, Items: []pepay.EstimateItemInput{
		{ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Title: "Item", Quantity: 1, Price: price},
	}})
	if err != nil {
		log.Fatal(err)
	}
	for _, item := range estimate.InvalidItems {
		fmt.Println("not available:", item.ProductID)
	}
	fmt.Println("total:", estimate.Pricing.Total)

	address, err := checkout.SetAddress(ctx, pepay.CheckoutAddressRequest{
		CustomerID: customer, EstimateID: estimate.EstimateID,
		Address: pepay.ShippingAddress{
			FirstName: "Jane", LastName: "Doe", StreetAddress: "123 Main St", AddressLine2: "Apt 4B",
			City: "Miami", State: "FL", ZipCode: "33101", Country: "US", Phone: "+13055550123", Email: "jane@example.com",
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ships to", address.Standardized.City)

	invoice, err := checkout.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{
		CustomerID: customer, EstimateID: estimate.EstimateID, AddressID: address.AddressID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("order", invoice.OrderID, "is", invoice.Status)
	fmt.Println("send the customer to", invoice.InvoiceURL) // Reveal is the address
	// Output:
	// not available: B000000000
	// total: 13.99
	// ships to Miami
	// order 550e8400-e29b-41d4-a716-446655440333 is unpaid
	// send the customer to [redacted]
}

// An order on devnet, from its payment to its delivery.
func ExampleOrderService_WaitForStatus() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key for devnet"))
	defer server.Close()
	server.Script("simulateOrder", "response-made-processing", "response-made-settled", "response", "response-made-shipped", "response-made-delivered")
	server.Script("getOrder", "response", "response-made-shipped", "response-made-delivered")
	ctx := context.Background()
	const id = "550e8400-e29b-41d4-a716-446655440000"

	for _, step := range []pepay.OrderTransition{
		pepay.OrderTransitionPaymentConfirmed, pepay.OrderTransitionPaymentSettled, pepay.OrderTransitionPlaced,
		pepay.OrderTransitionShipped, pepay.OrderTransitionDeliveryConfirmed,
	} {
		order, err := client.Commerce.Devnet.Simulate(ctx, id, pepay.SimulateOrderRequest{TransitionTo: step})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: the order is %s\n", step, order.Status)
	}

	// On mainnet this is what remains. The zero Wait suits most programs.
	wait := wrapper.Wait{Interval: 10 * time.Millisecond}
	order, err := client.Commerce.Orders.WaitForStatus(ctx, id, wait, []pepay.OrderStatus{pepay.OrderStatusDelivered})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("in the end it is", order.Status)
	// Output:
	// payment_confirmed: the order is processing
	// payment_settled: the order is processing
	// placed: the order is placed
	// shipped: the order is shipped
	// delivery_confirmed: the order is delivered
	// in the end it is delivered
}

// All orders of a customer.
func ExampleOrderService_All() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()

	for order, err := range client.Commerce.Orders.All(context.Background(), wrapper.OrderParams{CustomerID: "cust_123456"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(order.ID, order.Status, order.Total)
	}
	// Output: 550e8400-e29b-41d4-a716-446655440111 processing 99.99
}

// The cancellation of an order that can be cancelled. A program that may ask again
// after a crash keeps the key.
func ExampleOrderService_Cancel() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()
	ctx := context.Background()
	const id = "550e8400-e29b-41d4-a716-446655440000"

	order, err := client.Commerce.Orders.Get(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	if !order.Actions.CanCancel {
		fmt.Println("an order that is", order.Status, "cannot be cancelled")
		return
	}
	_, err = client.Commerce.Orders.Cancel(ctx, id, pepay.CancelOrderRequest{
		RefundDestinationWalletAddressBsc: "0x1111111111111111111111111111111111111111",
	}, wrapper.WithIdempotencyKey("123e4567-e89b-42d3-a456-556642440000"))
	if err != nil {
		log.Fatal(err)
	}
	// Output: an order that is placed cannot be cancelled
}

// The order that an invoice pays for.
func ExampleOrderService_ByInvoice() {
	server, client := newCannedClient(wrapper.WithBearerToken("the dashboard's JWT"))
	defer server.Close()

	found, err := client.Commerce.Orders.ByInvoice(context.Background(), "3c90c3cc-0d44-4b50-8888-8dd25736052a")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found.OrderID)
	// Output: 3c90c3cc-0d44-4b50-8888-8dd25736052a
}

func ExampleOrderPaymentService_Status() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()

	payment, err := client.Commerce.Payments.Status(context.Background(), "550e8400-e29b-41d4-a716-446655440111")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(payment.Status, payment.Amount, payment.PaymentDetails.Token, "on", payment.PaymentDetails.Network)
	// Output: paid 99.99 USDC on base
}

// Any number of orders; what has no status says why.
func ExampleOrderPaymentService_BulkStatus() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()

	results, err := client.Commerce.Payments.BulkStatus(context.Background(), []string{"550e8400-e29b-41d4-a716-446655440111"})
	if err != nil {
		log.Fatal(err)
	}
	for _, result := range results {
		if result.Error != "" {
			fmt.Println(result.OrderID, "has no status:", result.Error)
			continue
		}
		fmt.Println(result.OrderID, result.Status)
	}
	// Output: 550e8400-e29b-41d4-a716-446655440111 has no status: Pepay's answer has no result for this order
}

// The addresses of a customer, and the end of one.
func ExampleAddressService() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()
	ctx := context.Background()

	addresses, err := client.Commerce.Addresses.List(ctx, wrapper.Customer{ID: "cust_123"}, wrapper.AddressParams{})
	if err != nil {
		log.Fatal(err)
	}
	for _, address := range addresses {
		fmt.Println(address.AddressLine1, address.City)
		if err := client.Commerce.Addresses.Delete(ctx, address.AddressID); err != nil {
			log.Fatal(err)
		}
	}
	// Output: 123 Market St San Francisco
}
