package wrapper

import (
	"cmp"
	"context"

	"github.com/pepaylabs/pepay-go"
)

// CartService keeps carts of a merchant's customers at Pepay. A cart has no id: the
// customer says which one is meant. A checkout reads a cart and does not change it.
// It is safe for concurrent use.
//
// Errors of all methods: [ErrInvalidArgument] for a customer that is not named in
// exactly one way, [ErrInvalidRequest] for a wallet or an item that Pepay does not
// accept.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/merchant-carts.
type CartService struct{ client *Client }

// Get returns the cart of a customer. Pepay documents the networks ethereum, bsc,
// base and solana here.
//
// The documentation lists all fields but those of items, of which it has examples.
// They show no id of an item: [CartService.AddItem] and [CartService.Validate]
// return it.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/get-customers-cart.
func (s *CartService) Get(ctx context.Context, c Customer, opts ...CallOption) (*pepay.Cart, error) {
	return send(ctx, s.client, "getCart", input{query: c.query()}, opts, cartLacks)
}

// Create makes the cart of a customer, with a first item unless that is nil. The
// cart it returns may be empty, with the zero time for CreatedAt and UpdatedAt.
// Pepay documents the networks ethereum, bsc, base and solana here, and no ProductURL,
// NumReviews and Rating for the item.
//
// The documentation of this operation is complete, except which fields of an item
// are needed.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/create-or-initialize-cart.
func (s *CartService) Create(ctx context.Context, c Customer, first *pepay.CartItemInput, opts ...CallOption) (*pepay.Cart, error) {
	return send(ctx, s.client, "createCart", input{body: newCart{c, first}, err: c.check()}, opts, cartLacks)
}

type newCart struct {
	Customer
	Item *pepay.CartItemInput `json:"item,omitempty"`
}

func cartLacks(cart *pepay.Cart) string {
	return missing(cart.Items == nil, "items")
}

// Clear removes all items from the cart of a customer and returns how many they
// were.
//
// The documentation shows the answer and not the parameters, which are those of
// [CartService.RemoveItem] here.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/clear-cart.
func (s *CartService) Clear(ctx context.Context, c Customer, opts ...CallOption) (removed int64, err error) {
	cleared, err := value(send[pepay.ClearedCart](ctx, s.client, "clearCart", input{query: c.query()}, opts, nil))
	return cleared.ItemsRemoved, err
}

// AddItem puts a product into the cart of a customer, or changes its quantity if it
// is there already, which Updated tells. ProductID, Retailer, Title and a Price of
// at least 0.01 are needed; Quantity is 1 to 99 and Rating 0 to 5. A Quantity of 0
// is not sent; Pepay does not say what it takes then.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for an item that lacks one of these or is outside of
// these limits.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/add-item-to-cart.
func (s *CartService) AddItem(ctx context.Context, c Customer, item pepay.CartItemInput, opts ...CallOption) (*pepay.CartItemChange, error) {
	return send(ctx, s.client, "addCartItem", input{body: addedItem{c, item}, err: cmp.Or(c.check(), checkCartItem(item))}, opts, cartItemChangeLacks)
}

type addedItem struct {
	Customer
	pepay.CartItemInput
}

func checkCartItem(item pepay.CartItemInput) error {
	return query{}.
		require(item.ProductID != "", "CartItemInput.ProductID", "is missing").
		require(item.Retailer != "", "CartItemInput.Retailer", "is missing; "+string(pepay.RetailerAmazon)+" is one").
		require(item.Title != "", "CartItemInput.Title", "is missing").
		require(item.Price.Cmp(minPrice) >= 0, "CartItemInput.Price", "is less than 0.01").
		require(item.Quantity >= 0 && item.Quantity <= maxQuantity, "CartItemInput.Quantity", "is not from 1 to 99").
		require(item.Rating.Sign() >= 0 && item.Rating.Cmp(maxRating) <= 0, "CartItemInput.Rating", "is not from 0 to 5").
		err
}

// The documented limits of a cart's items.
const maxQuantity = 99

var (
	minPrice  = pepay.DecimalFromMillis(10)
	maxRating = pepay.DecimalFromMillis(5000)
)

func cartItemChangeLacks(change *pepay.CartItemChange) string {
	return missing(change.ItemID == "", "itemId")
}

// UpdateItem changes how many of an item are in the cart of a customer, from 0 to
// 99. 0 removes it.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for an empty id or another quantity.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/update-cart-item-quantity.
func (s *CartService) UpdateItem(ctx context.Context, c Customer, itemID string, quantity int, opts ...CallOption) (*pepay.CartItemChange, error) {
	return send(ctx, s.client, "updateCartItem", newItemUpdate(c, itemID, quantity), opts, cartItemChangeLacks)
}

type itemUpdate struct {
	Customer
	Quantity int `json:"quantity"`
}

func newItemUpdate(c Customer, itemID string, quantity int) input {
	in := input{path: []string{itemID}, body: itemUpdate{c, quantity}, err: c.check()}
	if in.err == nil && (quantity < 0 || quantity > maxQuantity) {
		in.err = invalid("quantity", "is not from 0 to 99")
	}
	return in
}

// RemoveItem takes an item out of the cart of a customer.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for an empty id.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/remove-item-from-cart.
func (s *CartService) RemoveItem(ctx context.Context, c Customer, itemID string, opts ...CallOption) error {
	return acknowledge(ctx, s.client, "removeCartItem", input{path: []string{itemID}, query: c.query()}, opts)
}

// Validate checks which items in the cart of a customer are available, and whether
// their prices are still the saved ones. Valid sums it up.
//
// The documentation lists the fields of this answer, but not what is in its
// Summary.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/validate-cart-items.
func (s *CartService) Validate(ctx context.Context, c Customer, opts ...CallOption) (*pepay.CartValidation, error) {
	return send(ctx, s.client, "validateCart", input{body: c, err: c.check()}, opts, cartValidationLacks)
}

func cartValidationLacks(validation *pepay.CartValidation) string {
	return missing(validation.Items == nil, "items")
}

// Totals returns what the cart of a customer costs: subtotal, shipping, tax, fees
// and total. zipCode is the US zip code for shipping and tax; "" is not sent.
//
// The documentation of this operation is complete.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/calculate-cart-totals.
func (s *CartService) Totals(ctx context.Context, c Customer, zipCode string, opts ...CallOption) (*pepay.CartTotals, error) {
	return send(ctx, s.client, "getCartTotals", input{query: c.query().text("zip_code", zipCode)}, opts, cartTotalsLacks)
}

func cartTotalsLacks(totals *pepay.CartTotals) string {
	return missing(totals.Total.IsZero(), "total")
}
