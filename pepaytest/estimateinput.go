package pepaytest

import (
	"encoding/json"
	"fmt"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// estimateItem is an item, or a change of one, of an estimate's request. One page of the
// documentation writes product_id.
type estimateItem struct {
	ProductID      string       `json:"productId"`
	ProductIDSnake string       `json:"product_id"`
	Retailer       string       `json:"retailer"`
	Title          string       `json:"title"`
	Quantity       *int64       `json:"quantity"`
	Price          *json.Number `json:"price"`
}

// wanted are the items that an estimate is asked for, in one of the three documented
// modes: items, the cart, the cart with overrides.
func (t *tx) wanted(of customer, in *server.EstimateRequest) ([]orderItem, *problem) {
	var body struct {
		Items         []estimateItem `json:"items"`
		ItemOverrides []estimateItem `json:"itemOverrides"`
	}
	if err := json.Unmarshal(t.call.body, &body); err != nil {
		return nil, invalidRequest("itemOverrides: productId and retailer must be text, quantity and price numbers")
	}
	useCart := deref(in.UseCart)
	switch {
	case useCart && len(body.Items) > 0:
		return nil, invalidRequest("items is not allowed with useCart")
	case !useCart && len(body.ItemOverrides) > 0:
		return nil, invalidRequest("itemOverrides needs useCart")
	case !useCart && len(body.Items) == 0:
		return nil, invalidRequest("items: send what to buy, or useCart")
	case !useCart:
		return stated(body.Items)
	}
	c := t.cartOf(of)
	if len(c.Items) == 0 {
		return nil, checkoutError("useCart: the cart is empty")
	}
	return overridden(c, body.ItemOverrides)
}

// stated are the items of a request.
func stated(in []estimateItem) ([]orderItem, *problem) {
	if len(in) > maxCartItems {
		return nil, invalidRequest("items must have at most 1,000")
	}
	items := make([]orderItem, 0, len(in))
	for i, item := range in {
		wanted := orderItem{Quantity: 1, Title: item.Title}
		if bad := item.change(&wanted, 1); bad != nil {
			bad.message = fmt.Sprintf("items[%d].%s", i, bad.message)
			return nil, bad
		}
		items = append(items, wanted)
	}
	return items, nil
}

// overridden are the items of a cart with changes for one estimate. An item with the
// quantity 0 is left out.
func overridden(c *cart, overrides []estimateItem) ([]orderItem, *problem) {
	items := make([]orderItem, 0, len(c.Items))
	for _, item := range c.Items {
		items = append(items, orderItem{item.ProductID, item.Retailer, item.Title, item.ImageURL, item.Price, item.Quantity})
	}
	for i, o := range overrides {
		known := false
		for j := range items {
			if items[j].ProductID != o.id() || o.Retailer != "" && items[j].Retailer != o.Retailer {
				continue
			}
			known = true
			if bad := o.change(&items[j], 0); bad != nil {
				bad.message = fmt.Sprintf("itemOverrides[%d].%s", i, bad.message)
				return nil, bad
			}
		}
		if !known {
			return nil, invalidRequest(fmt.Sprintf("itemOverrides[%d].productId is not in the cart", i))
		}
	}
	kept := items[:0]
	for _, item := range items {
		if item.Quantity > 0 {
			kept = append(kept, item)
		}
	}
	return kept, nil
}

func (e *estimateItem) id() string { return orElse(e.ProductID, e.ProductIDSnake) }

// change lets a request's item say what it says.
func (e *estimateItem) change(item *orderItem, least int64) (bad *problem) {
	if e.id() == "" {
		return invalidRequest("productId is required")
	}
	item.ProductID = e.id()
	item.Retailer = orElse(e.Retailer, orElse(item.Retailer, string(server.RetailerAmazon)))
	if e.Quantity != nil {
		if item.Quantity = *e.Quantity; item.Quantity < least || item.Quantity > maxQuantity {
			return invalidRequest(fmt.Sprintf("quantity must be from %d to %d", least, maxQuantity))
		}
	}
	if e.Price != nil {
		item.Price, bad = priceOf(*e.Price)
	}
	return bad
}
