package pepaytest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	cartsPath     = "/api/commerce/merchant/carts"
	checkoutPath  = "/api/commerce/merchant/checkout"
	addressesPath = "/api/v1/commerce/merchant/addresses"

	aWallet = "0x00000000000000000000000000000000000000Aa"
)

// commerce calls an operation with the commerce key; more headers come in pairs.
func commerce(t *testing.T, s *pepaytest.Server, method, path, body string, headers ...string) reply {
	t.Helper()
	r, err := request(t, s, method, path, body, append([]string{"x-commerce-api-key", s.CommerceAPIKey()}, headers...)...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// commerceData is the data of an answer that has to be a success.
func commerceData[T any](t *testing.T, s *pepaytest.Server, method, path, body string, headers ...string) T {
	t.Helper()
	r := commerce(t, s, method, path, body, headers...)
	if r.status != http.StatusOK && r.status != http.StatusCreated {
		t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	return decode[struct{ Data T }](t, r).Data
}

// wantBad checks a 400 and what its message begins with.
func wantBad(t *testing.T, r reply, code, message string) {
	t.Helper()
	wantError(t, r, http.StatusBadRequest, code)
	if got := messageOf(t, r); !strings.HasPrefix(got, message) {
		t.Errorf("message %q, want %q", got, message)
	}
}

func messageOf(t *testing.T, r reply) string {
	t.Helper()
	return decode[struct{ Error struct{ Message string } }](t, r).Error.Message
}

// addItem puts a product into the cart of cust_1 and returns the item's id.
func addItem(t *testing.T, s *pepaytest.Server, productID string, price json.Number, quantity string) string {
	t.Helper()
	return commerceData[struct{ ItemID string }](t, s, http.MethodPost, cartsPath+"/items",
		`{"customer_id":"cust_1","productId":"`+productID+`","retailer":"amazon","title":"A thing","price":`+string(price)+`,"quantity":`+quantity+`}`).ItemID
}
