package pepaytest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// How soon an offer has to be delivered for checkout. A newer page says 10 days, the
// error text in an older example 6.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/products
const deliveryDays = 10

var noEligibleOffers = fmt.Sprintf("No eligible offers (must be New, Prime/marketplace fulfilled, delivery within %d days)", deliveryDays)

// offer is what a seller asks for a product.
type offer struct {
	id, sellerID, seller string
	price, shipping      int64
	prime                bool
	condition            string
	minDays, maxDays     int64
}

func (o *offer) total() int64 { return o.price + o.shipping }

// eligible says whether the offer can be checked out.
func (o *offer) eligible() bool {
	return o.condition == "New" && o.prime && o.maxDays <= deliveryDays
}

// offers are those of a product, the eligible ones first and then the cheapest. Pepay
// lists the best value first and does not say what that is.
func (p *product) offers() []offer {
	offers := []offer{
		{id: "offer_" + p.id + "_2", sellerID: "A2L77EE7U53NWQ", seller: "Second Chance Goods", price: p.price * 8 / 10 / 10 * 10, shipping: 4_990, condition: "Used - Good", minDays: 1, maxDays: 4},
		{id: "offer_" + p.id + "_3", sellerID: "A1KJ4Q0P6ZT9XB", seller: "Worldwide Direct", price: p.price, shipping: 9_990, condition: "New", minDays: 9, maxDays: 21},
	}
	if !p.unavailable {
		first := offer{id: "offer_" + p.id + "_1", sellerID: "ATVPDKIKX0DER", seller: sellerName(p.retailer), price: p.price, prime: true, condition: "New", maxDays: 2}
		if p.id == "B08N5WRWNW" {
			first.id = "offer_123" // as in the documentation's example
		}
		offers = append(offers, first)
	}
	slices.SortStableFunc(offers, func(a, b offer) int {
		if a.eligible() != b.eligible() {
			return map[bool]int{true: -1, false: +1}[a.eligible()]
		}
		return cmp.Compare(a.total(), b.total())
	})
	return offers
}

// best is the offer that a checkout takes, if one is eligible.
func (p *product) best() (best offer, ok bool) {
	best = p.offers()[0]
	ok = best.eligible()
	return best, ok
}

func sellerName(retailer string) string {
	switch retailer {
	case "amazon":
		return "Amazon.com"
	case "walmart":
		return "Walmart.com"
	case "target":
		return "Target"
	case "bestbuy":
		return "Best Buy"
	default:
		return "Marketplace Seller"
	}
}

func (o *offer) view() server.ProductOffer {
	return server.ProductOffer{
		OfferID: &o.id, SellerID: &o.sellerID, SellerName: &o.seller,
		Price: ptr(dollars(o.price)), Shipping: ptr(dollars(o.shipping)), TotalCost: ptr(dollars(o.total())),
		Prime: &o.prime, PrimeOnly: ptr(false), Condition: &o.condition,
		HandlingDays:  &server.HandlingDays{Min: &o.minDays, Max: &o.maxDays},
		International: ptr(o.maxDays > deliveryDays), Available: ptr(true),
	}
}
