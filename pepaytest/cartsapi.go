package pepaytest

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// GetCart simulates GET /api/commerce/merchant/carts. The cart of a customer who has none
// is empty.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/get-customers-cart
func (h handlers) GetCart(w http.ResponseWriter, r *http.Request, p server.GetCartParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		of, bad := customerOf(p.CustomerID, p.WalletAddress, p.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		return data(t.cartOf(of).snapshot()), nil
	})
}

// CreateCart simulates POST /api/commerce/merchant/carts. A cart that is there is kept.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/create-or-initialize-cart
func (h handlers) CreateCart(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		in := bodyOf[server.CreateCartRequest](t)
		of, bad := customerOf(in.CustomerID, in.WalletAddress, in.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		c := t.cartOf(of)
		if in.Item != nil {
			item, bad := newCartItem(in.Item)
			if bad != nil {
				bad.message = "item." + bad.message
				return nil, bad
			}
			if _, _, bad := t.put(c, item); bad != nil {
				return nil, bad
			}
		}
		return inDataWithMessage{true, "Cart initialized", c.snapshot()}, nil
	})
}

// ClearCart simulates DELETE /api/commerce/merchant/carts.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/clear-cart
func (h handlers) ClearCart(w http.ResponseWriter, r *http.Request, p server.ClearCartParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		of, bad := customerOf(p.CustomerID, p.WalletAddress, p.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		c := t.cartOf(of)
		removed := int64(len(c.Items))
		if removed > 0 {
			c.Items = nil
			t.touch(c)
		}
		return inDataWithMessage{true, "Cart cleared", server.ClearedCart{ItemsRemoved: &removed}}, nil
	})
}

// AddCartItem simulates POST /api/commerce/merchant/carts/items.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/add-item-to-cart
func (h handlers) AddCartItem(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		in := bodyOf[server.AddCartItemRequest](t)
		of, bad := customerOf(in.CustomerID, in.WalletAddress, in.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		item, bad := newCartItem(&server.CartItemInput{
			ProductID: &in.ProductID, Retailer: &in.Retailer, Title: &in.Title, Price: &in.Price, Quantity: in.Quantity, ImageURL: in.ImageURL,
		})
		if bad != nil {
			return nil, bad
		}
		item, updated, bad := t.put(t.cartOf(of), item)
		if bad != nil {
			return nil, bad
		}
		return inDataWithMessage{true, "Item added to cart", server.CartItemChange{ItemID: item.ID, Quantity: &item.Quantity, Updated: &updated}}, nil
	})
}

// UpdateCartItem simulates PUT /api/commerce/merchant/carts/items/{itemId}. Quantity 0
// removes the item.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/update-cart-item-quantity
func (h handlers) UpdateCartItem(w http.ResponseWriter, r *http.Request, itemID string) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		in := bodyOf[server.UpdateCartItemRequest](t)
		of, bad := customerOf(in.CustomerID, in.WalletAddress, in.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		c := t.cartOf(of)
		i := c.item(itemID)
		if i < 0 {
			return nil, noSuch("item in the cart")
		}
		if in.Quantity == 0 {
			c.Items = slices.Delete(c.Items, i, i+1)
		} else {
			c.Items[i].Quantity = in.Quantity
		}
		t.touch(c)
		return inDataWithMessage{true, "Cart item updated", server.CartItemChange{ItemID: itemID, Quantity: &in.Quantity, UpdatedAt: &c.UpdatedAt}}, nil
	})
}

// RemoveCartItem simulates DELETE /api/commerce/merchant/carts/items/{itemId}.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/remove-item-from-cart
func (h handlers) RemoveCartItem(w http.ResponseWriter, r *http.Request, itemID string, p server.RemoveCartItemParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		of, bad := customerOf(p.CustomerID, p.WalletAddress, p.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		c := t.cartOf(of)
		i := c.item(itemID)
		if i < 0 {
			return nil, noSuch("item in the cart")
		}
		title := c.Items[i].Title
		c.Items = slices.Delete(c.Items, i, i+1)
		t.touch(c)
		return inDataWithMessage{true, "Item removed from cart", server.RemovedCartItem{ItemID: &itemID, Title: &title}}, nil
	})
}

// ValidateCart simulates POST /api/commerce/merchant/carts/validate. A cart is valid when
// everything in it can be bought at the saved price.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/validate-cart-items
func (h handlers) ValidateCart(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		in := bodyOf[server.CartCustomer](t)
		of, bad := customerOf(in.CustomerID, in.WalletAddress, in.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		result := server.CartValidation{Success: ptr(true), Valid: true, Items: []server.CartItemValidation{}, Summary: ptr(json.RawMessage("{}"))}
		for _, item := range t.cartOf(of).Items {
			v := t.validate(item)
			result.Valid = result.Valid && *v.Available && !*v.PriceChanged
			result.Items = append(result.Items, v)
		}
		return result, nil
	})
}

// GetCartTotals simulates GET /api/commerce/merchant/carts/totals.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-cart/calculate-cart-totals
func (h handlers) GetCartTotals(w http.ResponseWriter, r *http.Request, p server.GetCartTotalsParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		of, bad := customerOf(p.CustomerID, p.WalletAddress, p.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		if zip := deref(p.ZipCode); zip != "" && !usZip.MatchString(zip) {
			return nil, invalidRequest("zip_code must be a US zip code, such as 94105")
		}
		c := t.cartOf(of)
		sum := costsOf(c.subtotal())
		return data(server.CartTotals{
			Subtotal: ptr(dollars(sum.Subtotal)), Shipping: ptr(dollars(sum.Shipping)), Tax: ptr(dollars(sum.Tax)), Fees: sum.fees(),
			Total: dollars(sum.total()), ItemCount: ptr(c.count()), ZipCode: p.ZipCode,
		}), nil
	})
}
