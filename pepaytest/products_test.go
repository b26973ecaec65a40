package pepaytest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const searchPath = "/api/commerce/search"

type foundProduct struct {
	ProductID, Title, Image string
	Price                   json.Number
}

func search(t *testing.T, s *pepaytest.Server, query string) []foundProduct {
	t.Helper()
	return commerceData[struct{ Products []foundProduct }](t, s, http.MethodGet, searchPath+"?"+query, "").Products
}

func TestCommerceStatus(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	status := commerceData[struct {
		Status   string
		Features map[string]bool
	}](t, s, http.MethodGet, "/api/commerce/status", "")
	if status.Status != "available" || !status.Features["checkout"] || len(status.Features) != 4 {
		t.Errorf("got %+v", status)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	for name, c := range map[string]struct{ query, first, all string }{
		"a word":              {"q=headphones", "B000NPYY04", "headphone"},
		"two words":           {"q=wireless+headphones", "B000NPYY04", "headphone"},
		"the beginning":       {"q=HEADPH", "B000NPYY04", "headphone"},
		"a word of its kind":  {"q=clothing&limit=1", "B0B844T634", "shirt"},
		"what is unavailable": {"q=film", "B000000000", "film"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := search(t, s, c.query)
			if len(found) == 0 || found[0].ProductID != c.first || found[0].Price == "" || found[0].Image == "" {
				t.Fatalf("found %+v", found)
			}
			if strings.Contains(c.query, "limit=1") && len(found) != 1 {
				t.Errorf("found %d", len(found))
			}
			if !strings.Contains(strings.ToLower(found[0].Title), c.all) {
				t.Errorf("found %q", found[0].Title)
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		if found := search(t, s, "q=submarine"); len(found) != 0 {
			t.Errorf("found %+v", found)
		}
	})
	for name, query := range map[string]string{"no word": "q=+", "no query": "", "limit 0": "q=shirt&limit=0", "limit 101": "q=shirt&limit=101"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, commerce(t, s, http.MethodGet, searchPath+"?"+query, ""), http.StatusBadRequest, "VALIDATION_ERROR")
		})
	}
}

type productOffers struct {
	ProductID, Retailer string
	Offers              []struct {
		OfferID, SellerName, Condition string
		Price, Shipping, TotalCost     json.Number
		Prime, Available               bool
		HandlingDays                   struct{ Min, Max int }
	}
}

func TestOffers(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	offers := func(t *testing.T, id string) productOffers {
		t.Helper()
		return commerceData[productOffers](t, s, http.MethodGet, "/api/commerce/products/"+id+"/offers", "")
	}
	t.Run("the best is the one of the documentation", func(t *testing.T) {
		t.Parallel()
		got := offers(t, "B08N5WRWNW")
		if best := got.Offers[0]; got.Retailer != "amazon" || best.OfferID != "offer_123" || best.Price != "99.99" || best.TotalCost != "99.99" || !best.Prime {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("none is eligible for an unavailable product", func(t *testing.T) {
		t.Parallel()
		got := offers(t, "B000000000")
		if len(got.Offers) == 0 {
			t.Fatal("there is no offer")
		}
		for _, o := range got.Offers {
			if o.Condition == "New" && o.Prime && o.HandlingDays.Max <= 10 {
				t.Errorf("eligible: %+v", o)
			}
		}
	})
	t.Run("of no product", func(t *testing.T) {
		t.Parallel()
		wantError(t, commerce(t, s, http.MethodGet, "/api/commerce/products/B099999999/offers", ""), http.StatusNotFound, "NOT_FOUND")
	})
}

// What a product looks like is documented in words alone; that an unknown one is 404 is
// documented.
func TestProduct(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithProduct(pepaytest.Product{ID: "MINE-1", Price: price(t, "5")}))
	for _, id := range []string{"B08N5WRWNW", "MINE-1"} {
		if got := commerce(t, s, http.MethodGet, "/api/commerce/products/"+id, ""); got.status != http.StatusOK || got.header.Get("X-Pepaytest-Example") != "true" {
			t.Errorf("%s: %d %v", id, got.status, got.header)
		}
	}
	wantError(t, commerce(t, s, http.MethodGet, "/api/commerce/products/B099999999", ""), http.StatusNotFound, "NOT_FOUND")
}

func TestWithProduct(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t,
		pepaytest.WithProduct(pepaytest.Product{ID: "B08N5WRWNW", Title: "Echo", Price: price(t, "79.50")}),
		pepaytest.WithProduct(pepaytest.Product{ID: "MINE-1", Retailer: pepay.RetailerOther, Price: price(t, "5"), Unavailable: true}),
	)
	if found := search(t, s, "q=speaker"); len(found) != 1 || found[0].Price != "79.5" || found[0].Title != "Echo" {
		t.Errorf("replaced: %+v", found)
	}
	if found := search(t, s, "q=mine-1"); len(found) != 1 || found[0].Title != "MINE-1" {
		t.Errorf("added: %+v", found)
	}
	for name, p := range map[string]pepaytest.Product{
		"no id":          {Price: price(t, "1")},
		"no price":       {ID: "a"},
		"too dear":       {ID: "a", Price: price(t, "1000000.01")},
		"a bad retailer": {ID: "a", Price: price(t, "1"), Retailer: "corner shop"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s, err := pepaytest.Start("", pepaytest.WithProduct(p)); err == nil {
				_ = s.Close()
				t.Error("was taken")
			}
		})
	}
}

func price(t *testing.T, text string) pepay.Decimal {
	t.Helper()
	d, err := pepay.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
