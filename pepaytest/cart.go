package pepaytest

import (
	"encoding/json"
	"strconv"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// What a cart takes. The quantity is documented; that a cart ends is not.
const (
	maxQuantity  = 99
	maxCartItems = 1_000
)

// cart is what a customer wants to buy. It is there once it had an item. Prices are
// usd_millis.
type cart struct {
	ID         string      `json:"id"`
	MerchantID int64       `json:"merchant_id"`
	Customer   customer    `json:"customer"`
	Items      []*cartItem `json:"items"`
	CreatedAt  int64       `json:"created_at"`
	UpdatedAt  int64       `json:"updated_at"`
}

type cartItem struct {
	ID        string `json:"id"`
	ProductID string `json:"product_id"`
	Retailer  string `json:"retailer"`
	Title     string `json:"title"`
	ImageURL  string `json:"image_url,omitempty"`
	Price     int64  `json:"price"`
	Quantity  int64  `json:"quantity"`
}

func (c *cart) key() string { return c.ID }

// rules are those that Pepay does not document.
func (t *tx) rules() *CommerceRules { return &t.server.cfg.commerce }

// cartID is where the cart of a customer is. A commerce key has carts of its own
// environment.
func (t *tx) cartID(of customer) string {
	return strconv.FormatInt(t.call.who.merchantID, 10) + " " + t.environment() + " " + of.key()
}

// cartOf is the cart of a customer; one that had no item yet is empty and not stored.
func (t *tx) cartOf(of customer) *cart {
	id := t.cartID(of)
	if c := t.Carts.get(id); c != nil {
		return c
	}
	return &cart{ID: id, MerchantID: t.call.who.merchantID, Customer: of}
}

// put adds a product to a cart, or updates its quantity and what is said about it.
func (t *tx) put(c *cart, in *cartItem) (item *cartItem, updated bool, bad *problem) {
	for _, item := range c.Items {
		if item.ProductID != in.ProductID || item.Retailer != in.Retailer {
			continue
		}
		if t.rules().AddUp {
			in.Quantity += item.Quantity
		}
		if in.Quantity > maxQuantity {
			return nil, false, invalidRequest("quantity: the cart has " + strconv.FormatInt(item.Quantity, 10) + " of this product; at most 99 are possible")
		}
		in.ID = item.ID
		*item = *in
		t.touch(c)
		return item, true, nil
	}
	if len(c.Items) == maxCartItems {
		return nil, false, invalidRequest("The cart has 1,000 items; remove one first")
	}
	in.ID = t.newID("cart item")
	c.Items = append(c.Items, in)
	t.touch(c)
	return in, false, nil
}

// touch remembers that a cart changed.
func (t *tx) touch(c *cart) {
	c.UpdatedAt = t.now.Unix()
	if t.Carts.get(c.ID) == nil {
		c.CreatedAt = c.UpdatedAt
		t.Carts.add(c)
	}
}

// item is the position of an item in the cart, or -1.
func (c *cart) item(id string) int {
	for i, item := range c.Items {
		if item.ID == id {
			return i
		}
	}
	return -1
}

func (c *cart) subtotal() (millis int64) {
	for _, item := range c.Items {
		millis += item.Price * item.Quantity
	}
	return millis
}

// count is the number of pieces. No page says whether Pepay counts pieces or products;
// every example has one of one.
func (c *cart) count() (pieces int64) {
	for _, item := range c.Items {
		pieces += item.Quantity
	}
	return pieces
}

func (c *cart) snapshot() server.Cart {
	s := server.Cart{
		MerchantID: &c.MerchantID, CustomerID: nonEmpty(c.Customer.ID),
		WalletAddress: nonEmpty(c.Customer.WalletAddress), WalletNetwork: nonEmpty(c.Customer.WalletNetwork),
		Items: []server.CartItem{}, Subtotal: ptr(dollars(c.subtotal())), ItemCount: ptr(c.count()),
		CreatedAt: nonZero(c.CreatedAt), UpdatedAt: nonZero(c.UpdatedAt),
	}
	for _, item := range c.Items {
		s.Items = append(s.Items, server.CartItem{
			ProductID: ptr(item.ProductID), Retailer: ptr(server.Retailer(item.Retailer)), Quantity: ptr(item.Quantity),
			Price: ptr(dollars(item.Price)), Title: ptr(item.Title),
		})
	}
	return s
}

// validate says whether an item can be bought, and at which price.
func (t *tx) validate(item *cartItem) server.CartItemValidation {
	v := server.CartItemValidation{ItemID: ptr(item.ID), SavedPrice: ptr(dollars(item.Price)), Available: ptr(false), PriceChanged: ptr(false)}
	if o, ok := t.offerFor(item.ProductID, item.Retailer); ok {
		v.Available, v.CurrentPrice, v.PriceChanged = ptr(true), ptr(dollars(o.price)), ptr(o.price != item.Price)
	}
	return v
}

// offerFor is the offer that a checkout takes for a product, if one is eligible.
func (t *tx) offerFor(productID, retailer string) (offer, bool) {
	p := t.server.cfg.catalogue.byID[productID]
	if p == nil || p.retailer != retailer {
		return offer{}, false
	}
	return p.best()
}

// costs are what products cost in all, in usd_millis.
type costs struct {
	Subtotal int64 `json:"subtotal"`
	Shipping int64 `json:"shipping"`
	Tax      int64 `json:"tax"`
	Fee      int64 `json:"fee"`
}

// costsOf takes the amounts of the documented estimate: 1 dollar for shipping, no tax,
// 3 dollars for commerce. Nothing costs nothing.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-checkout/step-1--create-checkout-estimate-enhanced
func costsOf(subtotal int64) costs {
	if subtotal == 0 {
		return costs{}
	}
	return costs{Subtotal: subtotal, Shipping: 1000, Fee: 3000}
}

func (c costs) total() int64 { return c.Subtotal + c.Shipping + c.Tax + c.Fee }

// fees has the members of the documented estimate, which names neither a fixed fee nor a
// percentage and has a total.
func (c costs) fees() *server.CommerceFees {
	none := json.Number("0")
	return &server.CommerceFees{Fixed: &none, Percentage: &none, PercentageAmount: &none, Total: ptr(dollars(c.Fee))}
}
