package wrapper

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

func dollars(t *testing.T, text string) pepay.Decimal {
	t.Helper()
	d, err := pepay.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// documentedExample reads an example of the documentation: operation/name.
func documentedExample(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "internal", "canned", "testdata", filepath.FromSlash(name)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A commerceCall is a call of a method, what it is to send, and what it is to make
// of the answer.
type commerceCall struct {
	call   func(ctx context.Context, s *CommerceService) (any, error)
	sent   string // method and path with query
	body   string
	answer string // name of an example, or the answer itself
	want   any
}

// test makes the call and compares what is sent and what comes out of it.
func (c commerceCall) test(t *testing.T) {
	t.Helper()
	answer := c.answer
	if !strings.HasPrefix(answer, "{") && !strings.HasPrefix(answer, "[") {
		answer = documentedExample(t, answer)
	}
	requests := 0
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		requests++
		if got := req.Method + " " + req.URL.RequestURI(); got != c.sent {
			t.Errorf("sent %s, want %s", got, c.sent)
		}
		if req.Header.Get("x-commerce-api-key") != "ck_1" || req.Header.Get("x-api-key") != "" {
			t.Errorf("the credentials are %v", req.Header)
		}
		var body []byte
		if req.Body != nil {
			var err error
			if body, err = io.ReadAll(req.Body); err != nil {
				t.Error(err)
			}
		}
		if string(body) != c.body {
			t.Errorf("the body is %s, want %s", body, c.body)
		}
		return respond(http.StatusOK, answer), nil
	}, WithCommerceAPIKey("ck_1"))
	got, err := c.call(t.Context(), client.Commerce)
	if err != nil {
		t.Fatal(err)
	}
	if requests != 1 {
		t.Errorf("%d requests", requests)
	}
	if !reflect.DeepEqual(got, c.want) {
		t.Errorf("got  %+v\nwant %+v", got, c.want)
	}
}

func TestCommerce(t *testing.T) {
	t.Parallel()
	search := func(p ProductSearchParams) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Search(ctx, p) }
	}
	offers := func(id string) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Offers(ctx, id) }
	}
	product := func(id string) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Product(ctx, id) }
	}
	info := func(ctx context.Context, s *CommerceService) (any, error) { return s.Info(ctx) }
	headphones := &pepay.ProductSearchResult{Products: []pepay.ProductSummary{{
		ProductID: "B000NPYY04", Title: "Wireless Headphones", Price: dollars(t, "129.99"), Image: "https://images.example.com/product.png",
	}}}
	echo := &pepay.ProductOffers{ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Offers: []pepay.ProductOffer{{
		OfferID: "offer_123", SellerID: "ATVPDKIKX0DER", SellerName: "Amazon.com",
		Price: dollars(t, "99.99"), Shipping: dollars(t, "0"), TotalCost: dollars(t, "99.99"),
		Prime: true, Condition: "New", HandlingDays: pepay.HandlingDays{Max: 2}, Available: true,
	}}}
	for name, c := range map[string]commerceCall{
		"status": {
			call: func(ctx context.Context, s *CommerceService) (any, error) { return s.Status(ctx) },
			sent: "GET /api/commerce/status", answer: "getCommerceStatus/response",
			want: &pepay.CommerceStatus{
				Status: "available", EscrowBalance: dollars(t, "50"), MinimumRequired: dollars(t, "50"),
				Features: pepay.CommerceFeatures{Search: true, Cart: true, Checkout: true, Orders: true},
			},
		},
		"info in data": {
			call: info, sent: "GET /api/commerce/info",
			answer: `{"success":true,"data":{"fees":{"fixed":1}}}`, want: json.RawMessage(`{"fees":{"fixed":1}}`),
		},
		"info as it is": {
			call: info, sent: "GET /api/commerce/info",
			answer: `{"retailers":["amazon"],"limits":{}}`, want: json.RawMessage(`{"retailers":["amazon"],"limits":{}}`),
		},
		"search": {
			call: search(ProductSearchParams{Q: "wireless headphones", Limit: 10}),
			sent: "GET /api/commerce/search?limit=10&q=wireless+headphones", answer: "searchCommerce/response", want: headphones,
		},
		"search for everything": {
			call: search(ProductSearchParams{}), sent: "GET /api/commerce/search", answer: "searchCommerce/response", want: headphones,
		},
		"search that found nothing, with ok": {
			call: search(ProductSearchParams{Q: "&=%"}), sent: "GET /api/commerce/search?q=%26%3D%25",
			answer: "searchCommerce/response-ok", want: &pepay.ProductSearchResult{Products: []pepay.ProductSummary{}},
		},
		"search that found something, with ok": {
			call: search(ProductSearchParams{Q: "x"}), sent: "GET /api/commerce/search?q=x",
			answer: `{"ok":true,"data":[{"productId":"B1","price":1.50}]}`,
			want:   &pepay.ProductSearchResult{Products: []pepay.ProductSummary{{ProductID: "B1", Price: dollars(t, "1.50")}}},
		},
		"search with ok and an object": {
			call: search(ProductSearchParams{Q: "x"}), sent: "GET /api/commerce/search?q=x",
			answer: `{"ok":true,"data":{"products":[{"productId":"B1"}]}}`,
			want:   &pepay.ProductSearchResult{Products: []pepay.ProductSummary{{ProductID: "B1"}}},
		},
		"search with success and an array": {
			call: search(ProductSearchParams{Q: "x"}), sent: "GET /api/commerce/search?q=x",
			answer: `{"success":true,"data": [{"productId":"B1"}]}`,
			want:   &pepay.ProductSearchResult{Products: []pepay.ProductSummary{{ProductID: "B1"}}},
		},
		"product in data": {
			call: product("B08N5WRWNW"), sent: "GET /api/commerce/products/B08N5WRWNW",
			answer: `{"ok":true,"data":{"title":"Echo","reviewCount":9007199254740993}}`,
			want:   json.RawMessage(`{"title":"Echo","reviewCount":9007199254740993}`),
		},
		"product as it is": {
			call: product("a/b c"), sent: "GET /api/commerce/products/a%2Fb%20c",
			answer: `{"title":"Echo","data":{},"price":1}`, want: json.RawMessage(`{"title":"Echo","data":{},"price":1}`),
		},
		"offers": {
			call: offers("B08N5WRWNW"), sent: "GET /api/commerce/products/B08N5WRWNW/offers",
			answer: "getProductOffers/response", want: echo,
		},
		"offers, older": {
			call: offers("B08N5WRWNW"), sent: "GET /api/commerce/products/B08N5WRWNW/offers",
			answer: "getProductOffers/response-old", want: echo,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}

const customerIDQuery = "customer_id=cust_123"

var (
	customerByID     = Customer{ID: "cust_123"}
	customerByWallet = Customer{WalletAddress: "0x0000000000000000000000000000000000000001", WalletNetwork: "bsc"}
)

const customerWalletQuery = "wallet_address=0x0000000000000000000000000000000000000001&wallet_network=bsc"

func TestCarts(t *testing.T) {
	t.Parallel()
	const path, itemID = "/api/commerce/merchant/carts", "123e4567-e89b-12d3-a456-426614174000"
	item := pepay.CartItemInput{ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Quantity: 1, Price: dollars(t, "99.90"), Title: "Echo (4th Gen)"}
	const itemJSON = `"price":99.90,"productId":"B08N5WRWNW","quantity":1,"retailer":"amazon","title":"Echo (4th Gen)"`
	reviews := int64(0)
	full := item
	full.Quantity, full.ImageURL, full.ProductURL, full.NumReviews, full.Rating = 99, "https://shop.example/i.png", "https://shop.example/p", &reviews, dollars(t, "4.5")
	get := func(c Customer) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Carts.Get(ctx, c) }
	}
	create := func(c Customer, first *pepay.CartItemInput) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Carts.Create(ctx, c, first) }
	}
	add := func(c Customer, item pepay.CartItemInput) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Carts.AddItem(ctx, c, item) }
	}
	update := func(c Customer, quantity int) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) {
			return s.Carts.UpdateItem(ctx, c, itemID, quantity)
		}
	}
	totals := func(c Customer, zipCode string) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Carts.Totals(ctx, c, zipCode) }
	}
	clearCart := func(c Customer) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Carts.Clear(ctx, c) }
	}
	remove := func(c Customer) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) {
			return nil, s.Carts.RemoveItem(ctx, c, itemID)
		}
	}
	validate := func(c Customer) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Carts.Validate(ctx, c) }
	}
	cart := func(at string) *pepay.Cart {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		return &pepay.Cart{
			MerchantID: 123, CustomerID: "cust_123", WalletAddress: "0x0000000000000000000000000000000000000001", WalletNetwork: "bsc",
			Items:    []pepay.CartItem{{ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Quantity: 1, Price: dollars(t, "99.99"), Title: "Echo (4th Gen)"}},
			Subtotal: dollars(t, "99.99"), ItemCount: 1, CreatedAt: pepay.Timestamp{Time: moment}, UpdatedAt: pepay.Timestamp{Time: moment},
		}
	}
	initialized := &pepay.Cart{MerchantID: 123, CustomerID: "cust_123", Items: []pepay.CartItem{}, Subtotal: dollars(t, "0")}
	added := &pepay.CartItemChange{ItemID: itemID, Quantity: 1}
	updated := &pepay.CartItemChange{ItemID: itemID, Quantity: 2, UpdatedAt: pepay.Timestamp{Time: time.Date(2025, 12, 21, 12, 34, 56, 0, time.UTC)}}
	many := dollars(t, "123")
	validation := &pepay.CartValidation{
		Success: true, Valid: true, Summary: json.RawMessage(`{}`),
		Items: []pepay.CartItemValidation{{ItemID: "<string>", Available: true, CurrentPrice: many, SavedPrice: many, PriceChanged: true}},
	}
	sums := &pepay.CartTotals{
		Subtotal: many, Shipping: many, Tax: many, Total: many, ItemCount: 123, ZipCode: "<string>",
		Fees: pepay.CommerceFees{Fixed: many, Percentage: many, PercentageAmount: many, Total: many},
	}
	for name, c := range map[string]commerceCall{
		"get": {call: get(customerByID), sent: "GET " + path + "?" + customerIDQuery, answer: "getCart/response", want: cart("2025-12-21T12:34:56Z")},
		"get, older": {
			call: get(customerByWallet), sent: "GET " + path + "?" + customerWalletQuery, answer: "getCart/response-old", want: cart("2025-12-21T12:34:56Z"),
		},
		"create empty": {
			call: create(customerByID, nil), sent: "POST " + path, body: `{"customer_id":"cust_123"}`, answer: "createCart/response", want: initialized,
		},
		"create with an item": {
			call: create(customerByWallet, &item), sent: "POST " + path,
			body:   `{"wallet_address":"0x0000000000000000000000000000000000000001","wallet_network":"bsc","item":{` + itemJSON + `}}`,
			answer: "createCart/response", want: initialized,
		},
		"create with an item of which little is known": {
			call: create(customerByID, &pepay.CartItemInput{ProductID: "B1"}), sent: "POST " + path,
			body: `{"customer_id":"cust_123","item":{"productId":"B1"}}`, answer: "createCart/response", want: initialized,
		},
		"clear":         {call: clearCart(customerByID), sent: "DELETE " + path + "?" + customerIDQuery, answer: "clearCart/response", want: int64(2)},
		"clear, wallet": {call: clearCart(customerByWallet), sent: "DELETE " + path + "?" + customerWalletQuery, answer: "clearCart/response", want: int64(2)},
		"add":           {call: add(customerByID, item), sent: "POST " + path + "/items", body: `{"customer_id":"cust_123",` + itemJSON + `}`, answer: "addCartItem/response", want: added},
		"add, all fields": {
			call: add(customerByWallet, full), sent: "POST " + path + "/items",
			body: `{"wallet_address":"0x0000000000000000000000000000000000000001","wallet_network":"bsc","imageUrl":"https://shop.example/i.png","numReviews":0,"price":99.90,` +
				`"productId":"B08N5WRWNW","productUrl":"https://shop.example/p","quantity":99,"rating":4.5,"retailer":"amazon","title":"Echo (4th Gen)"}`,
			answer: "addCartItem/response", want: added,
		},
		"update": {call: update(customerByID, 2), sent: "PUT " + path + "/items/" + itemID, body: `{"customer_id":"cust_123","quantity":2}`, answer: "updateCartItem/response", want: updated},
		"update to none": {
			call: update(customerByWallet, 0), sent: "PUT " + path + "/items/" + itemID,
			body:   `{"wallet_address":"0x0000000000000000000000000000000000000001","wallet_network":"bsc","quantity":0}`,
			answer: "updateCartItem/response", want: updated,
		},
		"remove":         {call: remove(customerByID), sent: "DELETE " + path + "/items/" + itemID + "?" + customerIDQuery, answer: "removeCartItem/response"},
		"remove, wallet": {call: remove(customerByWallet), sent: "DELETE " + path + "/items/" + itemID + "?" + customerWalletQuery, answer: "removeCartItem/response"},
		"validate":       {call: validate(customerByID), sent: "POST " + path + "/validate", body: `{"customer_id":"cust_123"}`, answer: "validateCart/response", want: validation},
		"totals":         {call: totals(customerByID, "94105"), sent: "GET " + path + "/totals?" + customerIDQuery + "&zip_code=94105", answer: "getCartTotals/response", want: sums},
		"totals without a zip code": {
			call: totals(customerByWallet, ""), sent: "GET " + path + "/totals?" + customerWalletQuery, answer: "getCartTotals/response", want: sums,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}

// A commerce key is sent when there is one, else an API key; a bearer is not enough.
func TestCommerceCredentials(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		opts   []Option
		header string // the only credential that is sent
		want   error
	}{
		"both keys":  {[]Option{WithAPIKey("k"), WithCommerceAPIKey("k")}, "X-Commerce-Api-Key", nil},
		"an API key": {[]Option{WithAPIKey("k"), WithBearerToken("jwt")}, "X-Api-Key", nil},
		"a bearer":   {[]Option{WithBearerToken("jwt")}, "", ErrNoCredential},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := newTestClient(t, func(req *http.Request) (*http.Response, error) {
				for _, header := range []string{"X-Api-Key", "X-Commerce-Api-Key", "Authorization"} {
					if sent := req.Header.Get(header) != ""; sent != (header == tc.header) {
						t.Errorf("%s is sent: %t", header, sent)
					}
				}
				return respond(http.StatusOK, documentedExample(t, "getCart/response")), nil
			}).With(tc.opts...)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Commerce.Carts.Get(t.Context(), customerByID); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

// What cannot be used is refused before anything is sent, and the error says which
// field it is.
func TestCommerceRefusesArguments(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return respond(http.StatusOK, `{}`), nil
	})
	ctx, s := t.Context(), client.Commerce
	good := pepay.CartItemInput{ProductID: "B1", Retailer: "amazon", Title: "Echo", Price: dollars(t, "0.01")}
	with := func(change func(*pepay.CartItemInput)) error {
		item := good
		change(&item)
		_, err := s.Carts.AddItem(ctx, customerByID, item)
		return err
	}
	quantity := func(n int) error {
		_, err := s.Carts.UpdateItem(ctx, customerByID, "i", n)
		return err
	}
	_, noProduct := s.Product(ctx, "")
	_, oddProduct := s.Offers(ctx, "..")
	_, limit := s.Search(ctx, ProductSearchParams{Limit: -1})
	_, noItem := s.Carts.UpdateItem(ctx, customerByID, "", 1)
	for _, tc := range []struct {
		name string
		err  error
		says string
	}{
		{"no product", noProduct, "productId"},
		{"a product that leads elsewhere", oddProduct, "productId"},
		{"a negative limit", limit, "ProductSearchParams.Limit"},
		{"no item to update", noItem, "itemId"},
		{"no item to remove", s.Carts.RemoveItem(ctx, customerByID, ""), "itemId"},
		{"no product id", with(func(i *pepay.CartItemInput) { i.ProductID = "" }), "CartItemInput.ProductID"},
		{"no retailer", with(func(i *pepay.CartItemInput) { i.Retailer = "" }), "CartItemInput.Retailer"},
		{"no title", with(func(i *pepay.CartItemInput) { i.Title = "" }), "CartItemInput.Title"},
		{"no price", with(func(i *pepay.CartItemInput) { i.Price = pepay.Decimal{} }), "CartItemInput.Price"},
		{"a price below a cent", with(func(i *pepay.CartItemInput) { i.Price = dollars(t, "0.009") }), "CartItemInput.Price"},
		{"a negative quantity", with(func(i *pepay.CartItemInput) { i.Quantity = -1 }), "CartItemInput.Quantity"},
		{"too many", with(func(i *pepay.CartItemInput) { i.Quantity = 100 }), "CartItemInput.Quantity"},
		{"a rating above 5", with(func(i *pepay.CartItemInput) { i.Rating = dollars(t, "5.01") }), "CartItemInput.Rating"},
		{"a negative rating", with(func(i *pepay.CartItemInput) { i.Rating = dollars(t, "-1") }), "CartItemInput.Rating"},
		{"an update to fewer than none", quantity(-1), "quantity"},
		{"an update to too many", quantity(100), "quantity"},
	} {
		if !errors.Is(tc.err, ErrInvalidArgument) || !strings.Contains(tc.err.Error(), tc.says) {
			t.Errorf("%s: %v", tc.name, tc.err)
		}
	}
}

// Every method that takes a customer refuses one who is not named in exactly one
// way.
func TestCustomerIsOneOrTheOther(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return respond(http.StatusOK, `{}`), nil
	})
	ctx, carts := t.Context(), client.Commerce.Carts
	item := pepay.CartItemInput{ProductID: "B1", Retailer: "amazon", Title: "Echo", Price: dollars(t, "1")}
	methods := map[string]func(Customer) error{
		"Get":        func(c Customer) error { _, err := carts.Get(ctx, c); return err },
		"Create":     func(c Customer) error { _, err := carts.Create(ctx, c, nil); return err },
		"Clear":      func(c Customer) error { _, err := carts.Clear(ctx, c); return err },
		"AddItem":    func(c Customer) error { _, err := carts.AddItem(ctx, c, item); return err },
		"UpdateItem": func(c Customer) error { _, err := carts.UpdateItem(ctx, c, "i", 1); return err },
		"RemoveItem": func(c Customer) error { return carts.RemoveItem(ctx, c, "i") },
		"Validate":   func(c Customer) error { _, err := carts.Validate(ctx, c); return err },
		"Totals":     func(c Customer) error { _, err := carts.Totals(ctx, c, ""); return err },
	}
	for name, tc := range map[string]struct {
		customer Customer
		says     string
	}{
		"nobody":         {Customer{}, "Customer: set ID, or WalletAddress and WalletNetwork"},
		"both":           {Customer{"cust_123", "0x1", "bsc"}, "not both"},
		"id and network": {Customer{ID: "cust_123", WalletNetwork: "bsc"}, "not both"},
		"address alone":  {Customer{WalletAddress: "0x1"}, "Customer.WalletNetwork"},
		"network alone":  {Customer{WalletNetwork: "bsc"}, "Customer.WalletAddress"},
		"an id too long": {Customer{ID: strings.Repeat("é", 256)}, "Customer.ID: has 256 characters, at most 255"},
	} {
		for method, call := range methods {
			if err := call(tc.customer); !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%s of %s: %v", method, name, err)
			}
		}
	}
	_, err := client.Commerce.Checkout.Estimate(ctx, pepay.EstimateRequest{CustomerID: strings.Repeat("é", 256)})
	if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), "EstimateRequest.CustomerID: has 256 characters") {
		t.Errorf("an estimate: %v", err)
	}
	if err := (Customer{ID: strings.Repeat("é", 255)}).check(); err != nil {
		t.Errorf("an id of 255 characters: %v", err)
	}
}

// An answer without what was asked for is an error and no empty result.
func TestCommerceAnswersThatLack(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer string
		call   func(context.Context, *CommerceService) error
		says   string
	}{
		"status": {`{"success":true,"data":{}}`, func(ctx context.Context, s *CommerceService) error { _, err := s.Status(ctx); return err }, "data.status is missing"},
		"products": {`{"success":true,"data":{"items":[{}]}}`, func(ctx context.Context, s *CommerceService) error {
			_, err := s.Search(ctx, ProductSearchParams{})
			return err
		}, "data.products is missing"},
		"data of a search": {`{"ok":true,"products":[{}]}`, func(ctx context.Context, s *CommerceService) error {
			_, err := s.Search(ctx, ProductSearchParams{})
			return err
		}, "data is missing"},
		"offers": {`{"success":true,"data":{"productId":"B1"}}`, func(ctx context.Context, s *CommerceService) error { _, err := s.Offers(ctx, "B1"); return err }, "data.offers is missing"},
		"items of a cart": {`{"success":true,"data":{"itemCount":3}}`, func(ctx context.Context, s *CommerceService) error {
			_, err := s.Carts.Get(ctx, customerByID)
			return err
		}, "data.items is missing"},
		"items of a check": {`{"success":true,"valid":true}`, func(ctx context.Context, s *CommerceService) error {
			_, err := s.Carts.Validate(ctx, customerByID)
			return err
		}, "items is missing"},
		"total": {`{"success":true,"data":{"subtotal":5}}`, func(ctx context.Context, s *CommerceService) error {
			_, err := s.Carts.Totals(ctx, customerByID, "")
			return err
		}, "data.total is missing"},
		"item id": {`{"success":true,"data":{"quantity":1}}`, func(ctx context.Context, s *CommerceService) error {
			_, err := s.Carts.UpdateItem(ctx, customerByID, "i", 1)
			return err
		}, "data.itemId is missing"},
		"information": {`{"success":true,"data":null}`, func(ctx context.Context, s *CommerceService) error { _, err := s.Info(ctx); return err }, "null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(http.StatusOK, tc.answer), nil })
			if err := tc.call(t.Context(), client.Commerce); !errors.Is(err, ErrMalformedResponse) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Checking a cart changes nothing and is asked for again after a 502. Adding an item
// is not: it may have been added.
func TestCartsRetry(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		call     func(context.Context, *CartService) error
		attempts int
	}{
		"Validate": {func(ctx context.Context, s *CartService) error { _, err := s.Validate(ctx, customerByID); return err }, 2},
		"AddItem": {func(ctx context.Context, s *CartService) error {
			_, err := s.AddItem(ctx, customerByID, pepay.CartItemInput{ProductID: "B1", Retailer: "amazon", Title: "Echo", Price: dollars(t, "1")})
			return err
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			attempts := 0
			client := newTestClient(t, func(*http.Request) (*http.Response, error) {
				attempts++
				return respond(http.StatusBadGateway, `{}`), nil
			}, WithRetry(RetryPolicy{MaxRetries: 1, BaseDelay: time.Nanosecond, MaxDelay: time.Nanosecond}))
			if err := tc.call(t.Context(), client.Commerce.Carts); !errors.Is(err, ErrServer) {
				t.Errorf("got %v", err)
			}
			if attempts != tc.attempts {
				t.Errorf("%d attempts, want %d", attempts, tc.attempts)
			}
		})
	}
}
