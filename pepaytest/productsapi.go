package pepaytest

import (
	"encoding/json"
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// The limits of a search. Pepay documents neither.
const (
	defaultSearchLimit = 10
	maxSearchLimit     = 100
)

// GetCommerceStatus simulates GET /api/commerce/status.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--general/check-commerce-service-status
func (h handlers) GetCommerceStatus(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(*tx) (any, *problem) {
		yes := true
		return data(server.CommerceStatus{
			Status: "available", EscrowBalance: ptr(json.Number("50")), MinimumRequired: ptr(json.Number("50")),
			Features: &server.CommerceFeatures{Search: &yes, Cart: &yes, Checkout: &yes, Orders: &yes},
		}), nil
	})
}

// SearchCommerce simulates GET /api/commerce/search.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/search
func (h handlers) SearchCommerce(w http.ResponseWriter, r *http.Request, p server.SearchCommerceParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		query := fields(deref(p.Q))
		limit := orDefault(p.Limit, defaultSearchLimit)
		switch {
		case len(query) == 0:
			return nil, invalidRequest("q: say what to search for, such as headphones")
		case limit < 1 || limit > maxSearchLimit:
			return nil, invalidRequest("limit must be from 1 to 100")
		}
		result := server.ProductSearchResult{Products: []server.ProductSummary{}}
		for _, p := range t.server.cfg.catalogue.search(query, limit) {
			result.Products = append(result.Products, server.ProductSummary{
				ProductID: &p.id, Title: &p.title, Price: ptr(dollars(p.price)), Image: ptr(p.image()),
			})
		}
		return data(result), nil
	})
}

// GetProduct simulates GET /api/commerce/products/{productId}. Pepay documents what is in
// the answer in words alone, so a product answers the contract's example.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/products
func (h handlers) GetProduct(w http.ResponseWriter, r *http.Request, productID string) {
	if h.server.cfg.catalogue.byID[productID] == nil {
		noSuch("product").write(w)
		return
	}
	h.Unimplemented.GetProduct(w, r, productID)
}

// GetProductOffers simulates GET /api/commerce/products/{productId}/offers.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--products/get-product-pricing-and-offers
func (h handlers) GetProductOffers(w http.ResponseWriter, r *http.Request, productID string) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		p := t.server.cfg.catalogue.byID[productID]
		if p == nil {
			return nil, noSuch("product")
		}
		result := server.ProductOffers{ProductID: &p.id, Retailer: ptr(server.Retailer(p.retailer)), Offers: []server.ProductOffer{}}
		for _, o := range p.offers() {
			result.Offers = append(result.Offers, o.view())
		}
		return withMeta{Success: true, Data: result, Meta: meta{Timestamp: t.now.Unix()}}, nil
	})
}

// withMeta is the envelope of offers.
type withMeta struct {
	Success bool `json:"success"`
	Data    any  `json:"data"`
	Meta    meta `json:"meta"`
}

type meta struct {
	Timestamp int64 `json:"timestamp"`
}
