package contract_test

import (
	"context"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

var cartMethods = calls{
	"Commerce.Status": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Status(ctx))
	},
	"Commerce.Info": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Info(ctx))
	},
	"Commerce.Search": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Search(ctx, wrapper.ProductSearchParams{Q: "headphones", Limit: 10}))
	},
	"Commerce.Product": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Product(ctx, "B08N5WRWNW"))
	},
	"Commerce.Offers": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Offers(ctx, "B08N5WRWNW"))
	},
	"Commerce.Carts.Get": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Carts.Get(ctx, customer()))
	},
	"Commerce.Carts.Create": func(ctx context.Context, c *wrapper.Client) error {
		item := cartItem()
		return second(c.Commerce.Carts.Create(ctx, wallet(), &item))
	},
	"Commerce.Carts.Clear": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Carts.Clear(ctx, customer()))
	},
	"Commerce.Carts.AddItem": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Carts.AddItem(ctx, wallet(), cartItem()))
	},
	"Commerce.Carts.UpdateItem": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Carts.UpdateItem(ctx, customer(), cartItemID, 2))
	},
	"Commerce.Carts.RemoveItem": func(ctx context.Context, c *wrapper.Client) error {
		return c.Commerce.Carts.RemoveItem(ctx, customer(), cartItemID)
	},
	"Commerce.Carts.Validate": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Carts.Validate(ctx, wallet()))
	},
	"Commerce.Carts.Totals": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Commerce.Carts.Totals(ctx, customer(), "94105"))
	},
}

const cartItemID = "123e4567-e89b-12d3-a456-426614174000"

func customer() wrapper.Customer { return wrapper.Customer{ID: "cust_123"} }

func wallet() wrapper.Customer {
	return wrapper.Customer{WalletAddress: "0x0000000000000000000000000000000000000001", WalletNetwork: "bsc"}
}

func cartItem() pepay.CartItemInput {
	reviews := int64(10)
	return pepay.CartItemInput{
		ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Title: "Echo (4th Gen)", Quantity: 1, Price: decimalOf("99.99"),
		ProductURL: "https://example.com/p", ImageURL: "https://example.com/p.png", Rating: decimalOf("4.5"), NumReviews: &reviews,
	}
}

func decimalOf(text string) pepay.Decimal {
	d, err := pepay.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return d
}
