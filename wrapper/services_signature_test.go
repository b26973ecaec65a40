package wrapper_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Programs are compiled against these names and types: a change that breaks them
// does not compile here.
func TestSignatures(t *testing.T) {
	t.Parallel()
	client, err := wrapper.New(wrapper.WithAPIKey("key"))
	if err != nil {
		t.Fatal(err)
	}
	wsTokenSignatures(client.WSTokens)
	commerceSignatures(client.Commerce)
	cartSignatures(client.Commerce.Carts)
}

func wsTokenSignatures(s *wrapper.WSTokenService) {
	var _ func(context.Context, wrapper.MintParams, ...wrapper.CallOption) (*pepay.WSToken, error) = s.Mint
}

func commerceSignatures(s *wrapper.CommerceService) {
	var _ func(context.Context, ...wrapper.CallOption) (*pepay.CommerceStatus, error) = s.Status
	var _ func(context.Context, ...wrapper.CallOption) (json.RawMessage, error) = s.Info
	var _ func(context.Context, wrapper.ProductSearchParams, ...wrapper.CallOption) (*pepay.ProductSearchResult, error) = s.Search
	var _ func(context.Context, string, ...wrapper.CallOption) (json.RawMessage, error) = s.Product
	var _ func(context.Context, string, ...wrapper.CallOption) (*pepay.ProductOffers, error) = s.Offers
	var _ = struct {
		Q     string
		Limit int
	}(wrapper.ProductSearchParams{})
}

func cartSignatures(s *wrapper.CartService) {
	var _ func(context.Context, wrapper.Customer, ...wrapper.CallOption) (*pepay.Cart, error) = s.Get
	var _ func(context.Context, wrapper.Customer, *pepay.CartItemInput, ...wrapper.CallOption) (*pepay.Cart, error) = s.Create
	var _ func(context.Context, wrapper.Customer, ...wrapper.CallOption) (int64, error) = s.Clear
	var _ func(context.Context, wrapper.Customer, pepay.CartItemInput, ...wrapper.CallOption) (*pepay.CartItemChange, error) = s.AddItem
	var _ func(context.Context, wrapper.Customer, string, int, ...wrapper.CallOption) (*pepay.CartItemChange, error) = s.UpdateItem
	var _ func(context.Context, wrapper.Customer, string, ...wrapper.CallOption) error = s.RemoveItem
	var _ func(context.Context, wrapper.Customer, ...wrapper.CallOption) (*pepay.CartValidation, error) = s.Validate
	var _ func(context.Context, wrapper.Customer, string, ...wrapper.CallOption) (*pepay.CartTotals, error) = s.Totals
	_ = wrapper.Customer{ID: "", WalletAddress: "", WalletNetwork: ""}
}
