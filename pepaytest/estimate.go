package pepaytest

import (
	"encoding/json"
	"time"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// What the documentation's examples and notes say about a checkout.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/checkout
const (
	estimateLife        = 15 * time.Minute
	commerceInvoiceLife = 30 * time.Minute
	maxOrderMillis      = 2_500_000
)

// checkoutError refuses a checkout by a rule of commerce. Pepay documents the status and
// no code.
func checkoutError(message string) *problem {
	return &problem{400, "CHECKOUT_ERROR", message}
}

// estimate is what a checkout costs, for 15 minutes.
type estimate struct {
	ID          string        `json:"id"`
	MerchantID  int64         `json:"merchant_id"`
	Environment string        `json:"environment"`
	Customer    customer      `json:"customer"`
	Items       []orderItem   `json:"items"`
	Invalid     []invalidItem `json:"invalid,omitempty"`
	Costs       costs         `json:"costs"`
	CreatedAt   int64         `json:"created_at"`
	ExpiresAt   int64         `json:"expires_at"`
}

// orderItem is a product that can be ordered, at a price in usd_millis.
type orderItem struct {
	ProductID string `json:"product_id"`
	Retailer  string `json:"retailer"`
	Title     string `json:"title"`
	ImageURL  string `json:"image_url"`
	Price     int64  `json:"price"`
	Quantity  int64  `json:"quantity"`
}

type invalidItem struct {
	ProductID string `json:"product_id"`
	Retailer  string `json:"retailer"`
	Error     string `json:"error"`
}

func (e *estimate) key() string { return e.ID }

// newEstimate prices what is wanted. What cannot be ordered now is listed with the
// reason and costs nothing.
func (t *tx) newEstimate(of customer, wanted []orderItem) (*estimate, *problem) {
	e := &estimate{
		MerchantID: t.call.who.merchantID, Environment: t.environment(), Customer: of,
		CreatedAt: t.now.Unix(), ExpiresAt: t.now.Add(estimateLife).Unix(),
	}
	var subtotal int64
	for _, item := range wanted {
		o, ok := t.offerFor(item.ProductID, item.Retailer)
		if !ok {
			e.Invalid = append(e.Invalid, invalidItem{item.ProductID, item.Retailer, t.whyNot(item)})
			continue
		}
		p := t.server.cfg.catalogue.byID[item.ProductID]
		item.Title, item.ImageURL = orElse(item.Title, p.title), orElse(item.ImageURL, p.image())
		if !t.rules().StatedPrices || item.Price == 0 {
			item.Price = o.price
		}
		subtotal += item.Price * item.Quantity
		e.Items = append(e.Items, item)
	}
	if e.Costs = costsOf(subtotal); e.Costs.total() > maxOrderMillis {
		return nil, checkoutError("The order comes to " + string(dollars(e.Costs.total())) + " USD; at most 2500 USD are possible")
	}
	e.ID = t.newID("estimate")
	t.Estimates.add(e)
	return e, nil
}

// whyNot tells a product that is unknown from one that nobody offers.
func (t *tx) whyNot(item orderItem) string {
	if p := t.server.cfg.catalogue.byID[item.ProductID]; p == nil || p.retailer != item.Retailer {
		return "Product not found at " + item.Retailer
	}
	return noEligibleOffers
}

// estimateOf is an estimate for the next step of a checkout. A step names the customer by
// customer_id alone: an estimate for a wallet goes on with any.
func (t *tx) estimateOf(id, customerID string) (*estimate, *problem) {
	e := t.Estimates.get(id)
	switch {
	case e == nil || !t.call.who.sees(e.MerchantID, e.Environment):
		return nil, checkoutError("estimateId: no such estimate; create one")
	case e.Customer.ID != "" && e.Customer.ID != customerID:
		return nil, checkoutError("customer_id: the estimate is for another customer")
	case t.now.Unix() >= e.ExpiresAt:
		return nil, checkoutError("estimateId: the estimate has expired; create another one")
	}
	return e, nil
}

func (e *estimate) snapshot() server.Estimate {
	valid, invalid := []server.EstimateItem{}, []server.InvalidEstimateItem{}
	for _, item := range e.Items {
		metadata := json.RawMessage(encode(map[string]string{"image": item.ImageURL}))
		valid = append(valid, server.EstimateItem{
			ProductID: ptr(item.ProductID), Retailer: ptr(server.Retailer(item.Retailer)), Title: ptr(item.Title), Quantity: ptr(item.Quantity),
			Price: ptr(dollars(item.Price)), TotalPrice: ptr(dollars(item.Price * item.Quantity)), Metadata: &metadata,
		})
	}
	for _, item := range e.Invalid {
		invalid = append(invalid, server.InvalidEstimateItem{
			ProductID: ptr(item.ProductID), Retailer: ptr(server.Retailer(item.Retailer)), Error: ptr(item.Error),
		})
	}
	c := e.Costs
	fees := c.fees()
	fees.PercentageAmount = nil // only a cart's totals are documented with it
	return server.Estimate{
		EstimateID: e.ID, MerchantID: &e.MerchantID, NetworkEnvironment: ptr(server.NetworkEnvironment(e.Environment)),
		CustomerID: nonEmpty(e.Customer.ID), WalletAddress: nonEmpty(e.Customer.WalletAddress), WalletNetwork: nonEmpty(e.Customer.WalletNetwork),
		ValidItems: &valid, InvalidItems: &invalid,
		Pricing: &server.EstimatePricing{
			Subtotal: ptr(dollars(c.Subtotal)), Shipping: ptr(dollars(c.Shipping)), Tax: ptr(dollars(c.Tax)), Fees: fees, Total: ptr(dollars(c.total())),
		},
		FeeBreakdown: &server.EstimateFeeBreakdown{
			ShippingBase: ptr(dollars(c.Shipping)), CommerceFee: ptr(dollars(c.Fee)), TotalFees: ptr(dollars(c.Shipping + c.Fee)),
		},
		CreatedAt: &e.CreatedAt, ExpiresAt: &e.ExpiresAt,
	}
}
