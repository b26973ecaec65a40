package wrapper_test

import (
	"context"
	"fmt"
	"log"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/canned"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// newCannedClient is a client of a server that answers with the examples of Pepay's
// documentation.
func newCannedClient(opts ...wrapper.Option) (*canned.Server, *wrapper.Client) {
	server := canned.New()
	client, err := wrapper.New(append([]wrapper.Option{wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client())}, opts...)...)
	if err != nil {
		log.Fatal(err)
	}
	return server, client
}

// Commerce is available before anything is bought.
func ExampleCommerceService_Status() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()

	status, err := client.Commerce.Status(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(status.Status, "checkout:", status.Features.Checkout)
	// Output: available checkout: true
}

// Find a product, and look up what it costs now.
func ExampleCommerceService_Search() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()
	ctx := context.Background()

	found, err := client.Commerce.Search(ctx, wrapper.ProductSearchParams{Q: "wireless headphones", Limit: 5})
	if err != nil {
		log.Fatal(err)
	}
	for _, product := range found.Products {
		fmt.Println(product.ProductID, product.Title, product.Price)
		offers, err := client.Commerce.Offers(ctx, product.ProductID)
		if err != nil {
			log.Fatal(err)
		}
		for _, offer := range offers.Offers {
			fmt.Println("from", offer.SellerName, "for", offer.TotalCost, "available:", offer.Available)
		}
	}
	// Output:
	// B000NPYY04 Wireless Headphones 129.99
	// from Amazon.com for 99.99 available: true
}

// Fill a cart, check it and add it up.
func ExampleCartService() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()
	ctx, carts := context.Background(), client.Commerce.Carts
	customer := wrapper.Customer{ID: "cust_123"}

	price, err := pepay.ParseDecimal("99.99")
	if err != nil {
		log.Fatal(err)
	}
	added, err := carts.AddItem(ctx, customer, pepay.CartItemInput{
		ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Title: "Echo (4th Gen)", Price: price, Quantity: 1,
	})
	if err != nil {
		log.Fatal(err)
	}
	changed, err := carts.UpdateItem(ctx, customer, added.ItemID, 2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("in the cart:", changed.Quantity)

	validation, err := carts.Validate(ctx, customer)
	if err != nil {
		log.Fatal(err)
	}
	for _, item := range validation.Items {
		if item.PriceChanged {
			fmt.Println("the price was", item.SavedPrice, "and is", item.CurrentPrice)
		}
	}

	totals, err := carts.Totals(ctx, customer, "94105")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("total:", totals.Total, "of which fees:", totals.Fees.Total)
	// Output:
	// in the cart: 2
	// the price was 123 and is 123
	// total: 123 of which fees: 123
}

// A cart can belong to a wallet, too, and be created with its first item.
func ExampleCartService_Create() {
	server, client := newCannedClient(wrapper.WithCommerceAPIKey("the commerce key"))
	defer server.Close()

	cart, err := client.Commerce.Carts.Create(context.Background(), wrapper.Customer{
		WalletAddress: "0x0000000000000000000000000000000000000001", WalletNetwork: "bsc",
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("items:", cart.ItemCount, "subtotal:", cart.Subtotal)
	// Output: items: 0 subtotal: 0
}
