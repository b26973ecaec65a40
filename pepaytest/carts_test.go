package pepaytest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

type cartAnswer struct {
	CustomerID, WalletAddress, WalletNetwork *string
	Items                                    []struct {
		ProductID, Title string
		Quantity         int
		Price            json.Number
	}
	Subtotal             json.Number
	ItemCount            int
	CreatedAt, UpdatedAt *int64
}

const ofCust1 = "?customer_id=cust_1"

func getCart(t *testing.T, s *pepaytest.Server, query string) cartAnswer {
	t.Helper()
	return commerceData[cartAnswer](t, s, http.MethodGet, cartsPath+query, "")
}

// Every operation of a cart takes one way of naming the customer.
func TestCustomerOfACart(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	for name, c := range map[string]struct{ query, body, message string }{
		"both": {
			"customer_id=a&wallet_address=" + aWallet + "&wallet_network=bsc", `"customer_id":"a","wallet_address":"` + aWallet + `","wallet_network":"bsc"`,
			"Send customer_id, or wallet_address and wallet_network, not both",
		},
		"neither":    {"", ``, "customer_id, or wallet_address and wallet_network, is required"},
		"no network": {"wallet_address=" + aWallet, `"wallet_address":"` + aWallet + `"`, "wallet_network is required"},
		"no address": {"wallet_network=bsc", `"wallet_network":"bsc"`, "wallet_address is required"},
		"no wallet":  {"wallet_address=0x1&wallet_network=bsc", `"wallet_address":"0x1","wallet_network":"bsc"`, "wallet_address is no address on bsc"},
	} {
		const item = `"productId":"a","retailer":"amazon","title":"a","price":1`
		for _, call := range []struct{ method, path, body string }{
			{http.MethodGet, "?" + c.query, ""},
			{http.MethodPost, "", "{" + c.body + "}"},
			{http.MethodDelete, "?" + c.query, ""},
			{http.MethodPost, "/items", "{" + joined(c.body, item) + "}"},
			{http.MethodPut, "/items/" + aUUID, "{" + joined(c.body, `"quantity":1`) + "}"},
			{http.MethodDelete, "/items/" + aUUID + "?" + c.query, ""},
			{http.MethodPost, "/validate", "{" + c.body + "}"},
			{http.MethodGet, "/totals?" + c.query, ""},
		} {
			t.Run(name+" "+call.method+call.path, func(t *testing.T) {
				t.Parallel()
				wantBad(t, commerce(t, s, call.method, cartsPath+call.path, call.body), "VALIDATION_ERROR", c.message)
			})
		}
	}
}

func joined(parts ...string) string {
	if parts[0] == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, ",")
}

func TestCart(t *testing.T) {
	t.Parallel()
	t.Run("is empty at first", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		r := commerce(t, s, http.MethodPost, cartsPath, `{"customer_id":"cust_1"}`)
		cart := decode[struct {
			Message string
			Data    cartAnswer
		}](t, r)
		if r.status != http.StatusCreated || cart.Message != "Cart initialized" || cart.Data.Items == nil || len(cart.Data.Items) != 0 || cart.Data.CreatedAt != nil {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	t.Run("is created with its first item", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
		cart := commerceData[cartAnswer](t, s, http.MethodPost, cartsPath,
			`{"wallet_address":"`+aWallet+`","wallet_network":"bsc","item":{"productId":"B08N5WRWNW","retailer":"amazon","quantity":2,"price":99.99,"title":"Echo (4th Gen)"}}`)
		if len(cart.Items) != 1 || cart.Subtotal != "199.98" || cart.ItemCount != 2 || cart.CreatedAt == nil || *cart.CreatedAt != fixedClock().Unix() {
			t.Errorf("got %+v", cart)
		}
		// The case of an address on bsc does not matter.
		if again := getCart(t, s, "?wallet_network=base&wallet_address="+aWallet); len(again.Items) != 0 {
			t.Errorf("another network has %+v", again)
		}
		if again := getCart(t, s, "?wallet_network=bsc&wallet_address="+strings.ToLower(aWallet)); len(again.Items) != 1 {
			t.Errorf("the same wallet has %+v", again)
		}
	})
	t.Run("creating it again keeps it", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		addItem(t, s, "A", "1", "1")
		if cart := commerceData[cartAnswer](t, s, http.MethodPost, cartsPath, `{"customer_id":"cust_1"}`); len(cart.Items) != 1 {
			t.Errorf("got %+v", cart)
		}
	})
	t.Run("a first item needs what an added one needs", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		for missing, item := range map[string]string{
			"productId": `{"retailer":"amazon","price":1,"title":"a"}`,
			"retailer":  `{"productId":"a","price":1,"title":"a"}`,
			"title":     `{"productId":"a","retailer":"amazon","price":1}`,
			"price":     `{"productId":"a","retailer":"amazon","title":"a"}`,
		} {
			wantBad(t, commerce(t, s, http.MethodPost, cartsPath, `{"customer_id":"cust_1","item":`+item+`}`), "VALIDATION_ERROR", "item."+missing+" is required")
		}
		if cart := getCart(t, s, ofCust1); cart.CreatedAt != nil {
			t.Errorf("a refused item made %+v", cart)
		}
	})
	t.Run("belongs to one customer", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithKey("ck_other", pepaytest.Key{MerchantID: 456, Scope: "commerce"}),
			pepaytest.WithKey("ck_mainnet", pepaytest.Key{Scope: "commerce", Environment: "mainnet"}))
		id := addItem(t, s, "A", "1", "1")
		if cart := getCart(t, s, "?customer_id=cust_2"); len(cart.Items) != 0 {
			t.Errorf("another customer has %+v", cart)
		}
		wantError(t, commerce(t, s, http.MethodDelete, cartsPath+"/items/"+id+"?customer_id=cust_2", ""), http.StatusNotFound, "NOT_FOUND")
		for _, key := range []string{"ck_other", "ck_mainnet"} {
			r, err := request(t, s, http.MethodGet, cartsPath+ofCust1, "", "x-api-key", key)
			if err != nil || !strings.Contains(r.body, `"items":[]`) {
				t.Errorf("%s: %v %s", key, err, r.body)
			}
		}
	})
}

func TestCartItems(t *testing.T) {
	t.Parallel()
	t.Run("adding a product again updates its quantity", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		first := addItem(t, s, "A", "10", "5")
		r := commerce(t, s, http.MethodPost, cartsPath+"/items", `{"customer_id":"cust_1","productId":"A","retailer":"amazon","title":"B","price":11,"quantity":2}`)
		if want := `{"success":true,"message":"Item added to cart","data":{"itemId":"` + first + `","quantity":2,"updated":true}}`; r.body != want {
			t.Errorf("got  %s\nwant %s", r.body, want)
		}
		if cart := getCart(t, s, ofCust1); cart.Subtotal != "22" || cart.Items[0].Title != "B" {
			t.Errorf("got %+v", cart)
		}
	})
	t.Run("or adds to it", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithCommerceRules(pepaytest.CommerceRules{AddUp: true}))
		addItem(t, s, "A", "10", "90")
		addItem(t, s, "A", "10", "9")
		if cart := getCart(t, s, ofCust1); cart.ItemCount != 99 {
			t.Errorf("got %+v", cart)
		}
		r := commerce(t, s, http.MethodPost, cartsPath+"/items", `{"customer_id":"cust_1","productId":"A","retailer":"amazon","title":"B","price":11}`)
		wantBad(t, r, "VALIDATION_ERROR", "quantity: the cart has 99")
	})
	t.Run("the same id at another retailer is another item", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		addItem(t, s, "A", "10", "1")
		commerceData[struct{}](t, s, http.MethodPost, cartsPath+"/items", `{"customer_id":"cust_1","productId":"A","retailer":"ebay","title":"B","price":11}`)
		if cart := getCart(t, s, ofCust1); len(cart.Items) != 2 || cart.Subtotal != "21" {
			t.Errorf("got %+v", cart)
		}
	})
	t.Run("a quantity is set, and 0 removes", func(t *testing.T) {
		t.Parallel()
		now := fixedClock()
		s := pepaytest.NewServer(t, pepaytest.WithClock(func() time.Time { return now }))
		id := addItem(t, s, "A", "0.01", "1")
		s.Advance(time.Minute)
		r := commerce(t, s, http.MethodPut, cartsPath+"/items/"+id, `{"customer_id":"cust_1","quantity":99}`)
		if want := `{"success":true,"message":"Cart item updated","data":{"itemId":"` + id + `","quantity":99,"updatedAt":1766320496}}`; r.body != want {
			t.Errorf("got  %s\nwant %s", r.body, want)
		}
		if cart := getCart(t, s, ofCust1); cart.Subtotal != "0.99" || *cart.UpdatedAt != 1766320496 || *cart.CreatedAt != now.Unix() {
			t.Errorf("got %+v", cart)
		}
		commerceData[struct{}](t, s, http.MethodPut, cartsPath+"/items/"+id, `{"customer_id":"cust_1","quantity":0}`)
		if cart := getCart(t, s, ofCust1); len(cart.Items) != 0 {
			t.Errorf("got %+v", cart)
		}
		wantError(t, commerce(t, s, http.MethodPut, cartsPath+"/items/"+id, `{"customer_id":"cust_1","quantity":1}`), http.StatusNotFound, "NOT_FOUND")
	})
	t.Run("one is removed, all are cleared", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		id := addItem(t, s, "A", "1", "1")
		addItem(t, s, "B", "1", "3")
		addItem(t, s, "C", "1", "1")
		r := commerce(t, s, http.MethodDelete, cartsPath+"/items/"+id+ofCust1, "")
		if want := `{"success":true,"message":"Item removed from cart","data":{"itemId":"` + id + `","title":"A thing"}}`; r.body != want {
			t.Errorf("got  %s\nwant %s", r.body, want)
		}
		r = commerce(t, s, http.MethodDelete, cartsPath+ofCust1, "")
		if want := `{"success":true,"message":"Cart cleared","data":{"itemsRemoved":2}}`; r.body != want {
			t.Errorf("got  %s\nwant %s", r.body, want)
		}
		if cart := getCart(t, s, ofCust1); len(cart.Items) != 0 || cart.CreatedAt == nil {
			t.Errorf("got %+v", cart)
		}
	})
	t.Run("a price has bounds", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		for _, price := range []string{"0", "0.001", "-1", "1000000.01", "1e300", "1e-400"} {
			r := commerce(t, s, http.MethodPost, cartsPath+"/items", `{"customer_id":"cust_1","productId":"A","retailer":"amazon","title":"B","price":`+price+`}`)
			wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
		}
	})
}

func TestValidateCart(t *testing.T) {
	t.Parallel()
	validate := func(t *testing.T, s *pepaytest.Server) (body string) {
		t.Helper()
		return commerce(t, s, http.MethodPost, cartsPath+"/validate", `{"customer_id":"cust_1"}`).body
	}
	for name, c := range map[string]struct{ product, price, want string }{
		"as it was":    {"B08N5WRWNW", "99.99", `"valid":true`},
		"another one":  {"B08N5WRWNW", "89.99", `"currentPrice":99.99`},
		"no offer":     {"B000000000", "249", `"available":false`},
		"no product":   {"B099999999", "10", `"available":false`},
		"not Amazon's": {"6501243", "449.99", `"available":false`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			addItem(t, s, c.product, json.Number(c.price), "1")
			body := validate(t, s)
			result := decode[struct {
				Success, Valid bool
				Items          []struct {
					ItemID                  string
					Available, PriceChanged bool
				}
			}](t, reply{body: body})
			if !strings.Contains(body, c.want) || len(result.Items) != 1 || result.Items[0].ItemID == "" || !result.Success {
				t.Errorf("got %s, want %s", body, c.want)
			}
			if name != "as it was" && result.Valid {
				t.Error("is valid")
			}
			if changed := name == "another one"; result.Items[0].PriceChanged != changed {
				t.Errorf("priceChanged is %t", !changed)
			}
		})
	}
	t.Run("an empty cart is valid", func(t *testing.T) {
		t.Parallel()
		if body := validate(t, pepaytest.NewServer(t)); body != `{"items":[],"success":true,"summary":{},"valid":true}` {
			t.Errorf("got %s", body)
		}
	})
}

func TestCartTotals(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	totals := func(query string) string {
		return commerce(t, s, http.MethodGet, cartsPath+"/totals"+ofCust1+query, "").body
	}
	if body := totals(""); !strings.Contains(body, `"total":0}`) {
		t.Errorf("an empty cart: %s", body)
	}
	addItem(t, s, "A", "9.99", "1")
	body := totals("&zip_code=94105")
	for _, want := range []string{`"subtotal":9.99`, `"shipping":1`, `"tax":0`, `"total":3}`, `"total":13.99`, `"itemCount":1`, `"zipCode":"94105"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %s", body, want)
		}
	}
	wantBad(t, reply{http.StatusBadRequest, http.Header{"Content-Type": {"application/json"}}, totals("&zip_code=9410")}, "VALIDATION_ERROR", "zip_code")
}
