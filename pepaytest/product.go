package pepaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// Product is something that the simulated retailers sell.
type Product struct {
	// ID names it in searches, carts and estimates. It is required.
	ID string
	// Retailer sells it. Empty means amazon.
	Retailer pepay.Retailer
	// Title is searched, too. Empty means the ID.
	Title string
	// Price of one in US dollars, from 0.01 to 1,000,000.
	Price pepay.Decimal
	// Unavailable products have offers of which none can be checked out.
	Unavailable bool
}

// The most that a product may cost, so that sums stay exact. Pepay documents none.
const maxPrice = 1_000_000

// WithProduct adds a product to the catalogue, or replaces the one with its id: to
// change a price, or to make a product unavailable. The catalogue has about forty
// products, those of the documentation's examples among them: B08N5WRWNW, B000NPYY04 and
// B0B844T634, and B000000000, which is unavailable. A product without an id, of an
// unknown retailer or with a price out of bounds is an error.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/products
func WithProduct(p Product) Option {
	return func(c *config) error {
		if p.Retailer == "" {
			p.Retailer = pepay.RetailerAmazon
		}
		p.Title = orElse(p.Title, p.ID)
		switch dollars := p.Price.Float64(); {
		case p.ID == "":
			return errors.New("pepaytest: WithProduct: empty ID")
		case !p.Retailer.Valid():
			return fmt.Errorf("pepaytest: WithProduct: unknown retailer %q", p.Retailer)
		case dollars < 0.01 || dollars > maxPrice:
			return fmt.Errorf("pepaytest: WithProduct: the price of %s must be from 0.01 to %d", p.ID, maxPrice)
		}
		c.catalogue.put(&product{
			id: p.ID, retailer: string(p.Retailer), title: p.Title, price: millisOf(json.Number(p.Price.String())), unavailable: p.Unavailable,
		})
		return nil
	}
}

// product is an entry of the catalogue.
type product struct {
	id, retailer, title string
	words               string // more to find it by
	price               int64
	unavailable         bool
}

func (p *product) image() string {
	return "https://images.example.com/products/" + p.id + ".png"
}

// matches says whether all words of a search begin a word of the product.
func (p *product) matches(query []string) bool {
	words := fields(p.title + " " + p.words)
	for _, wanted := range query {
		if !hasPrefixed(words, wanted) {
			return false
		}
	}
	return true
}

func hasPrefixed(words []string, prefix string) bool {
	for _, w := range words {
		if strings.HasPrefix(w, prefix) {
			return true
		}
	}
	return false
}

// fields are the words of a text in lower case.
func fields(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return strings.ContainsRune(` ,.;:-/()"'`, r)
	})
}

// catalogue is what can be bought. It does not change while the server runs.
type catalogue struct {
	products []*product
	byID     map[string]*product
}

func (c *catalogue) put(p *product) {
	if old := c.byID[p.id]; old != nil {
		p.words = orElse(p.words, old.words)
		*old = *p
		return
	}
	c.byID[p.id] = p
	c.products = append(c.products, p)
}

// search finds up to limit products.
func (c *catalogue) search(query []string, limit int64) []*product {
	found := []*product{}
	for _, p := range c.products {
		if int64(len(found)) < limit && p.matches(query) {
			found = append(found, p)
		}
	}
	return found
}
