package contract_test

import (
	"context"
	"iter"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/canned"
	"github.com/pepaylabs/pepay-go/internal/contract"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// methods calls every method of every service, with every argument set. The names are
// paths from wrapper.Client; the methods of a payor's session are below Payor.
var methods = map[string]func(ctx context.Context, c *wrapper.Client) error{
	"WSTokens.Mint": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.WSTokens.Mint(ctx, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant, TTL: time.Minute}))
	},

	"Events.List": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Events.List(ctx, eventParams()))
	},
	"Events.Get": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Events.Get(ctx, "evt_1700000000000-123"))
	},
	"Events.All": func(ctx context.Context, c *wrapper.Client) error {
		return first(c.Events.All(ctx, eventParams()))
	},
	"Events.Since": func(ctx context.Context, c *wrapper.Client) error {
		return first(c.Events.Since(ctx, "evt_1700000000000-122"))
	},

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

// What every method of every service sends, and what it is answered with, is in the
// contract. The answers are the examples of Pepay's documentation.
func TestMethodsConform(t *testing.T) {
	t.Parallel()
	have := serviceMethods()
	for name := range methods {
		if !slices.Contains(have, name) {
			t.Errorf("%s is called here, and package wrapper has no such method", name)
		}
	}
	for _, name := range have {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := methods[name]
			if call == nil {
				t.Fatal("nothing calls it here: add it to methods")
			}
			client, transport := cannedClient(t)
			if err := call(t.Context(), client); err != nil {
				t.Error(err)
			}
			wantConforming(t, transport)
		})
	}
}

// cannedClient is a client with every credential that a merchant can have, the
// validator, and a server that answers with the documented examples.
func cannedClient(t *testing.T) (*wrapper.Client, *contract.Transport) {
	t.Helper()
	validator, err := contract.NewValidator(readEffective(t))
	if err != nil {
		t.Fatal(err)
	}
	server := canned.Start(t)
	transport := &contract.Transport{Validator: validator, Base: server.Client().Transport}
	client, err := wrapper.New(
		wrapper.WithBaseURL(server.URL()),
		wrapper.WithHTTPClient(&http.Client{Transport: transport}),
		wrapper.WithAPIKey("sk_test"),
		wrapper.WithCommerceAPIKey("ck_test"),
		wrapper.WithBearerToken("header.claims.signature"),
		wrapper.WithRetry(wrapper.RetryPolicy{}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return client, transport
}

// serviceMethods lists the methods of the services of a client and of their parts, as
// they are written in a program: "Commerce.Carts.Get".
func serviceMethods() []string {
	client := reflect.TypeFor[*wrapper.Client]()
	names := methodsBelow("", client)
	if payor, ok := client.MethodByName("Payor"); ok {
		names = append(names, methodsOf("Payor.", payor.Type.Out(0))...)
	}
	return names
}

func methodsBelow(prefix string, service reflect.Type) []string {
	var names []string
	for i := range service.Elem().NumField() {
		field := service.Elem().Field(i)
		if field.IsExported() {
			names = append(names, methodsOf(prefix+field.Name+".", field.Type)...)
			names = append(names, methodsBelow(prefix+field.Name+".", field.Type)...)
		}
	}
	return names
}

func methodsOf(prefix string, service reflect.Type) []string {
	var names []string
	for i := range service.NumMethod() {
		names = append(names, prefix+service.Method(i).Name)
	}
	return names
}

// second is the error of a call with a result.
func second[T any](_ T, err error) error { return err }

// first is the error with which a sequence begins. The page that the server answers
// with is always the same.
func first[T any](all iter.Seq2[T, error]) error {
	for _, err := range all {
		return err
	}
	return nil
}

const cartItemID = "123e4567-e89b-12d3-a456-426614174000"

func customer() wrapper.Customer { return wrapper.Customer{ID: "cust_123"} }

func wallet() wrapper.Customer {
	return wrapper.Customer{WalletAddress: "0x0000000000000000000000000000000000000001", WalletNetwork: "bsc"}
}

func eventParams() wrapper.EventParams {
	at := time.Unix(1_766_320_496, 0)
	return wrapper.EventParams{
		Types: []string{"invoice.*", "commerce.order.updated"}, CreatedFrom: at, CreatedTo: at.Add(time.Hour), Limit: 100,
		StartingAfter: "evt_1700000000000-123", InvoiceID: "inv/1 2", Environment: pepay.NetworkEnvironmentDevnet,
	}
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
