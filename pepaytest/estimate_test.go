package pepaytest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

type estimateAnswer struct {
	EstimateID string
	ValidItems []struct {
		ProductID, Retailer, Title string
		Quantity                   int
		Price, TotalPrice          json.Number
		Metadata                   struct{ Image string }
	}
	InvalidItems         []struct{ ProductID, Retailer, Error string }
	CreatedAt, ExpiresAt int64
}

func estimate(t *testing.T, s *pepaytest.Server, body string) estimateAnswer {
	t.Helper()
	return commerceData[estimateAnswer](t, s, http.MethodPost, checkoutPath+"/estimate", body)
}

func TestEstimateIsTheDocumentedOne(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock), pepaytest.WithProduct(pepaytest.Product{ID: "B08N5WRWNW", Title: "Item", Price: price(t, "9.99")}))
	r := commerce(t, s, http.MethodPost, checkoutPath+"/estimate",
		`{"customer_id":"cust_123456","items":[{"productId":"B08N5WRWNW","quantity":1},{"productId":"B000000000"}]}`)
	for _, want := range []string{
		`"customerId":"cust_123456"`, `"merchantId":123`, `"networkEnvironment":"devnet"`,
		`"pricing":{"fees":{"fixed":0,"percentage":0,"total":3},"shipping":1,"subtotal":9.99,"tax":0,"total":13.99}`,
		`"feeBreakdown":{"commerceFee":3,"shippingBase":1,"totalFees":4}`,
		`"error":"No eligible offers (must be New, Prime/marketplace fulfilled, delivery within 10 days)"`,
		`"createdAt":1766320436`, `"expiresAt":1766321336`, `"title":"Item","totalPrice":9.99`,
		`"metadata":{"image":"https://images.example.com/products/B08N5WRWNW.png"}`,
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("%d %s lacks %s", r.status, r.body, want)
		}
	}
}

func TestEstimateModes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rules          pepaytest.CommerceRules
		body           string
		valid, invalid string
	}{
		"items":                    {body: `"items":[{"productId":"A","quantity":2,"price":1,"title":"Mine"}]`, valid: "A×2@10 Mine"},
		"items with product_id":    {body: `"items":[{"product_id":"A","quantity":1,"retailer":"amazon"}]`, valid: "A×1@10 A"},
		"items, of which none is":  {body: `"items":[{"productId":"Z"},{"productId":"A","retailer":"ebay"}]`, invalid: "Z: Product not found at amazon, A: Product not found at ebay"},
		"the cart":                 {body: `"useCart":true`, valid: "A×3@10 A thing, B×1@20 A thing", invalid: "Z: Product not found at amazon"},
		"the cart, null items":     {body: `"useCart":true,"items":[]`, valid: "A×3@10 A thing, B×1@20 A thing", invalid: "Z: Product not found at amazon"},
		"the cart with overrides":  {body: `"useCart":true,"itemOverrides":[{"productId":"A","quantity":1},{"productId":"B","retailer":"amazon","quantity":0},{"productId":"Z","quantity":0}]`, valid: "A×1@10 A thing"},
		"the cart at its prices":   {rules: pepaytest.CommerceRules{StatedPrices: true}, body: `"useCart":true,"itemOverrides":[{"productId":"Z","quantity":0},{"productId":"A","price":7.5}]`, valid: "A×3@7.5 A thing, B×1@20 A thing"},
		"items at stated prices":   {rules: pepaytest.CommerceRules{StatedPrices: true}, body: `"items":[{"productId":"A","price":1},{"productId":"B"}]`, valid: "A×1@1 A, B×1@20 B"},
		"all of the cart left out": {body: `"useCart":true,"itemOverrides":[{"productId":"A","quantity":0},{"productId":"B","quantity":0},{"productId":"Z","quantity":0}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t, pepaytest.WithCommerceRules(c.rules),
				pepaytest.WithProduct(pepaytest.Product{ID: "A", Price: price(t, "10")}), pepaytest.WithProduct(pepaytest.Product{ID: "B", Price: price(t, "20")}))
			addItem(t, s, "A", "9", "3")
			addItem(t, s, "B", "20", "1")
			addItem(t, s, "Z", "1", "1")
			before := commerce(t, s, http.MethodGet, cartsPath+ofCust1, "").body
			e := estimate(t, s, `{"customer_id":"cust_1",`+c.body+`}`)
			var valid, invalid []string
			for _, item := range e.ValidItems {
				valid = append(valid, item.ProductID+"×"+sprint(item.Quantity)+"@"+string(item.Price)+" "+item.Title)
			}
			for _, item := range e.InvalidItems {
				invalid = append(invalid, item.ProductID+": "+item.Error)
			}
			if got := strings.Join(valid, ", "); got != c.valid {
				t.Errorf("valid %q, want %q", got, c.valid)
			}
			if got := strings.Join(invalid, ", "); got != c.invalid {
				t.Errorf("invalid %q, want %q", got, c.invalid)
			}
			if after := commerce(t, s, http.MethodGet, cartsPath+ofCust1, "").body; after != before {
				t.Errorf("the cart was\n%s and is\n%s", before, after)
			}
		})
	}
}

func TestEstimateRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, code, message string }{
		"no customer":           {`"items":[{"productId":"A"}]`, "VALIDATION_ERROR", "customer_id, or wallet_address and wallet_network, is required"},
		"nothing":               {`"customer_id":"cust_1"`, "VALIDATION_ERROR", "items: send what to buy"},
		"no items":              {`"customer_id":"cust_1","items":[]`, "VALIDATION_ERROR", "items: send what to buy"},
		"items and the cart":    {`"customer_id":"cust_1","useCart":true,"items":[{"productId":"A"}]`, "VALIDATION_ERROR", "items is not allowed with useCart"},
		"overrides of no cart":  {`"customer_id":"cust_1","items":[{"productId":"A"}],"itemOverrides":[{"productId":"A"}]`, "VALIDATION_ERROR", "itemOverrides needs useCart"},
		"an empty cart":         {`"customer_id":"cust_2","useCart":true`, "CHECKOUT_ERROR", "useCart: the cart is empty"},
		"an item without an id": {`"customer_id":"cust_1","items":[{"productId":"A"},{"quantity":1}]`, "VALIDATION_ERROR", "items[1].productId is required"},
		"too many":              {`"customer_id":"cust_1","items":[{"productId":"A","quantity":100}]`, "VALIDATION_ERROR", "items[0].quantity must be from 1 to 99"},
		"a bad price":           {`"customer_id":"cust_1","items":[{"productId":"A","price":-1}]`, "VALIDATION_ERROR", "items[0].price must be from 0.01"},
		"an unknown override":   {`"customer_id":"cust_1","useCart":true,"itemOverrides":[{"productId":"B"}]`, "VALIDATION_ERROR", "itemOverrides[0].productId is not in the cart"},
		"an override of words":  {`"customer_id":"cust_1","useCart":true,"itemOverrides":[{"productId":"A","quantity":"two"}]`, "VALIDATION_ERROR", "itemOverrides: productId and retailer must be text"},
		"a negative override":   {`"customer_id":"cust_1","useCart":true,"itemOverrides":[{"productId":"A","quantity":-1}]`, "VALIDATION_ERROR", "itemOverrides[0].quantity must be from 0 to 99"},
		"more than 2,500 USD":   {`"customer_id":"cust_1","items":[{"productId":"A","quantity":2},{"productId":"C"}]`, "CHECKOUT_ERROR", "The order comes to 2500.01 USD; at most 2500 USD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t, pepaytest.WithProduct(pepaytest.Product{ID: "A", Price: price(t, "1248")}),
				pepaytest.WithProduct(pepaytest.Product{ID: "C", Price: price(t, "0.01")}))
			addItem(t, s, "A", "1248", "1")
			wantBad(t, commerce(t, s, http.MethodPost, checkoutPath+"/estimate", "{"+c.body+"}"), c.code, c.message)
		})
	}
	t.Run("not 2,500 USD themselves", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithProduct(pepaytest.Product{ID: "A", Price: price(t, "2496")}))
		if e := estimate(t, s, `{"customer_id":"cust_1","items":[{"productId":"A"}]}`); len(e.ValidItems) != 1 {
			t.Errorf("got %+v", e)
		}
	})
}

const jane = `{"first_name":"Jane","last_name":"Doe","street_address":"123 Main St","address_line2":"Apt 4B","city":"Miami","state":"FL","zip_code":"33101",` +
	`"country":"US","phone":"+13055550123","email":"jane@example.com"}`

type addressAnswer struct {
	AddressID       string
	Validated       bool
	Standardized    json.RawMessage
	ShippingOptions []struct{ ID, Name, EstimatedDays string }
}

// setAddress is step 2 for cust_1.
func setAddress(t *testing.T, s *pepaytest.Server, estimateID, address string) addressAnswer {
	t.Helper()
	return commerceData[addressAnswer](t, s, http.MethodPost, checkoutPath+"/address", addressBody(estimateID, "cust_1", address))
}

func addressBody(estimateID, customerID, address string) string {
	return `{"customer_id":"` + customerID + `","estimateId":"` + estimateID + `","address":` + address + `}`
}

const anItem = `{"customer_id":"cust_1","items":[{"productId":"B08N5WRWNW"}]}`

func TestCheckoutAddress(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	e := estimate(t, s, anItem)
	for name, c := range map[string]struct{ field, value, message, standardized string }{
		"as it is":           {"city", "Miami", "", "Miami"},
		"spaces":             {"street_address", "  1  Main St ", "", "1 Main St"},
		"a state's name":     {"state", "New York", "", "NY"},
		"small letters":      {"country", "us", "", "US"},
		"a long zip code":    {"zip_code", "33101-1234", "", "33101-1234"},
		"abroad":             {"country", "de", "", "DE"},
		"no phone":           {"phone", "", "", ""},
		"no name":            {"first_name", " ", "address.first_name is required", ""},
		"no street":          {"street_address", "", "address.street_address is required", ""},
		"a long city":        {"city", strings.Repeat("a", 201), "address.city is too long", ""},
		"no such state":      {"state", "XX", "address.state must be a US state", ""},
		"a bad zip code":     {"zip_code", "3310", "address.zip_code must be a US zip code", ""},
		"a bad country":      {"country", "USA", "address.country must be a code of two letters", ""},
		"a bad email":        {"email", "jane", "address.email must be an e-mail address", ""},
		"a bad phone number": {"phone", "call me", "address.phone must be a phone number", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var address map[string]string
			_ = json.Unmarshal([]byte(jane), &address)
			address[c.field] = c.value
			body, _ := json.Marshal(address)
			if c.message != "" {
				wantBad(t, commerce(t, s, http.MethodPost, checkoutPath+"/address", addressBody(e.EstimateID, "cust_1", string(body))), "VALIDATION_ERROR", c.message)
				return
			}
			set := setAddress(t, s, e.EstimateID, string(body))
			var standardized map[string]string
			_ = json.Unmarshal(set.Standardized, &standardized)
			if set.AddressID == "" || !set.Validated || standardized[c.field] != c.standardized || len(set.ShippingOptions) != 1 || set.ShippingOptions[0].ID != "standard" {
				t.Errorf("got %+v", set)
			}
		})
	}
}

func TestCheckoutAddressNeedsAnEstimate(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithKey("ck_other", pepaytest.Key{MerchantID: 456, Scope: "commerce"}))
	e := estimate(t, s, anItem)
	ofWallet := estimate(t, s, `{"wallet_address":"`+aWallet+`","wallet_network":"bsc","items":[{"productId":"B08N5WRWNW"}]}`)
	const path = checkoutPath + "/address"
	wantBad(t, commerce(t, s, http.MethodPost, path, addressBody(aUUID, "cust_1", jane)), "CHECKOUT_ERROR", "estimateId: no such estimate")
	wantBad(t, commerce(t, s, http.MethodPost, path, addressBody(e.EstimateID, "cust_2", jane)), "CHECKOUT_ERROR", "customer_id: the estimate is for another customer")
	r, err := request(t, s, http.MethodPost, path, addressBody(e.EstimateID, "cust_1", jane), "x-api-key", "ck_other")
	if err != nil {
		t.Fatal(err)
	}
	wantBad(t, r, "CHECKOUT_ERROR", "estimateId: no such estimate")
	if set := setAddress(t, s, ofWallet.EstimateID, jane); set.AddressID == "" {
		t.Error("the estimate of a wallet does not go on")
	}

	s.Advance(15*time.Minute - 2*time.Second)
	setAddress(t, s, e.EstimateID, jane)
	s.Advance(2 * time.Second)
	wantBad(t, commerce(t, s, http.MethodPost, path, addressBody(e.EstimateID, "cust_1", jane)), "CHECKOUT_ERROR", "estimateId: the estimate has expired")
}
