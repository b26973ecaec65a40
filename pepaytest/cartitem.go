package pepaytest

import (
	"encoding/json"
	"strconv"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// newCartItem takes what a request says about a product. The contract has checked it
// where it documents what is required; a cart's first item needs the same.
func newCartItem(in *server.CartItemInput) (*cartItem, *problem) {
	item := &cartItem{
		ProductID: deref(in.ProductID), Retailer: string(deref(in.Retailer)), Title: deref(in.Title), ImageURL: deref(in.ImageURL), Quantity: 1,
	}
	if in.Quantity != nil {
		item.Quantity = *in.Quantity
	}
	switch {
	case item.ProductID == "":
		return nil, invalidRequest("productId is required")
	case item.Retailer == "":
		return nil, invalidRequest("retailer is required")
	case item.Title == "":
		return nil, invalidRequest("title is required")
	case in.Price == nil:
		return nil, invalidRequest("price is required")
	}
	var bad *problem
	item.Price, bad = priceOf(*in.Price)
	return item, bad
}

// priceOf reads the price of one product.
func priceOf(n json.Number) (millis int64, bad *problem) {
	if dollars, err := strconv.ParseFloat(string(n), 64); err != nil || dollars < 0.01 || dollars > maxPrice {
		return 0, invalidRequest("price must be from 0.01 to 1000000")
	}
	return millisOf(n), nil
}
