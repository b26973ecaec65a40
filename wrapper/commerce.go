package wrapper

import (
	"context"
	"encoding/json"

	"github.com/pepaylabs/pepay-go"
)

// CommerceService finds products and buys them for a merchant's customers. Its
// fields are the parts of commerce. It is safe for concurrent use.
//
// The usual way: search for products, fill a cart, go through the checkout, and
// follow the order. Everything here wants the commerce key, or an API key with
// the scope commerce: the commerce key is sent when the client has one, else the
// key of [WithAPIKey]. Orders can also be read with a bearer token. Amounts are US
// dollars.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/overview.
type CommerceService struct {
	// Carts holds what customers want to buy.
	Carts *CartService
	// Checkout turns products into an order.
	Checkout *CheckoutService
	// Orders is what customers have bought.
	Orders *OrderService
	// Payments tells how orders are paid.
	Payments *OrderPaymentService
	// Addresses has saved shipping addresses.
	Addresses *AddressService
	// Devnet moves orders in tests.
	Devnet *DevnetService

	client *Client
}

func newCommerceService(c *Client) *CommerceService {
	return &CommerceService{
		Carts: &CartService{c}, Checkout: &CheckoutService{c}, Orders: &OrderService{c}, Payments: &OrderPaymentService{c},
		Addresses: &AddressService{c}, Devnet: &DevnetService{c}, client: c,
	}
}

// Status tells whether commerce is available: it is switched on, the escrow
// account holds enough, and the external services are configured. Ask before
// anything else; "available" is the only status in the documentation.
//
// The documentation shows an example of this answer and no list of its fields.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--general/check-commerce-service-status.
func (s *CommerceService) Status(ctx context.Context, opts ...CallOption) (*pepay.CommerceStatus, error) {
	return send(ctx, s.client, "getCommerceStatus", input{}, opts, commerceStatusLacks)
}

func commerceStatusLacks(status *pepay.CommerceStatus) string {
	return missing(status.Status == "", "status")
}

// Info returns what Pepay says about commerce: supported retailers and features,
// limits and fees.
//
// The documentation describes this answer in words only, so it comes as JSON: the
// data of the answer if it has any, else the whole answer.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/status.
func (s *CommerceService) Info(ctx context.Context, opts ...CallOption) (json.RawMessage, error) {
	return value(send[json.RawMessage](ctx, s.client, "getCommerceInfo", input{}, opts, nil))
}

// ProductSearchParams says what to search for.
type ProductSearchParams struct {
	// Q is the text to search for.
	Q string
	// Limit is the number of products. Zero leaves it to Pepay, which documents
	// neither a default nor a maximum.
	Limit int
}

func (p ProductSearchParams) query() query {
	return query{}.text("q", p.Q).number("limit", "ProductSearchParams.Limit", p.Limit)
}

// Search finds products. A result holds enough to show it, and the ProductID for
// [CommerceService.Product], [CommerceService.Offers] and carts. No product is a
// result without an element, and no error.
//
// The documentation calls its example of this answer truncated, and documents no
// pages.
//
// Errors: [ErrInvalidArgument] for a negative limit, [ErrInvalidRequest] for a
// search that Pepay does not accept.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/search.
func (s *CommerceService) Search(ctx context.Context, p ProductSearchParams, opts ...CallOption) (*pepay.ProductSearchResult, error) {
	return send(ctx, s.client, "searchCommerce", input{query: p.query()}, opts, productSearchLacks)
}

func productSearchLacks(result *pepay.ProductSearchResult) string {
	return missing(result.Products == nil, "products")
}

// Product returns everything about a product: description, specifications,
// pictures, prices, availability and reviews.
//
// The documentation describes this answer in words only, so it comes as JSON: the
// data of the answer if it has any, else the whole answer.
//
// Errors: [ErrInvalidArgument] for an empty id, [ErrNotFound] for a product that
// Pepay does not know.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--products/get-detailed-product-information.
func (s *CommerceService) Product(ctx context.Context, id string, opts ...CallOption) (json.RawMessage, error) {
	return value(send[json.RawMessage](ctx, s.client, "getProduct", input{path: []string{id}}, opts, nil))
}

// Offers returns what a product costs at which seller now, the best value first.
// An offer can be checked out only if it is delivered within 10 days. Look at the
// offers before a checkout: the price of a search may be out of date.
//
// The documentation shows an example of this answer and no list of its fields. It
// mentions a zip code for the cost of shipping without naming the parameter, so
// there is none here.
//
// Errors: [ErrInvalidArgument] for an empty id, [ErrNotFound] for a product that
// Pepay does not know.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--products/get-product-pricing-and-offers.
func (s *CommerceService) Offers(ctx context.Context, id string, opts ...CallOption) (*pepay.ProductOffers, error) {
	return send(ctx, s.client, "getProductOffers", input{path: []string{id}}, opts, productOffersLacks)
}

func productOffersLacks(offers *pepay.ProductOffers) string {
	return missing(offers.Offers == nil, "offers")
}

// value takes a result that is no object out of its pointer.
func value[T any](result *T, err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return *result, nil
}
