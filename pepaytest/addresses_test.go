package pepaytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

type savedAddress struct{ AddressID, CustomerID, AddressLine1, ZipCode, PhoneNumber string }

func addresses(t *testing.T, s *pepaytest.Server, query string) []savedAddress {
	t.Helper()
	return commerceData[struct{ Addresses []savedAddress }](t, s, http.MethodGet, addressesPath+query, "").Addresses
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithKey("ck_other", pepaytest.Key{MerchantID: 456, Scope: "commerce"}))
	e := estimate(t, s, anItem)
	first := setAddress(t, s, e.EstimateID, jane)
	if again := setAddress(t, s, e.EstimateID, strings.Replace(jane, "Miami", " Miami ", 1)); again.AddressID != first.AddressID {
		t.Error("the same address was saved twice")
	}
	second := setAddress(t, s, e.EstimateID, strings.Replace(jane, "123 Main St", "1 Market St", 1))

	list := addresses(t, s, ofCust1)
	if len(list) != 2 || list[0].AddressID != second.AddressID || list[1] != (savedAddress{first.AddressID, "cust_1", "123 Main St", "33101", "+13055550123"}) {
		t.Fatalf("got %+v", list)
	}
	if page := addresses(t, s, ofCust1+"&limit=1&offset=1"); len(page) != 1 || page[0] != list[1] {
		t.Errorf("the second page is %+v", page)
	}
	if others := addresses(t, s, "?customer_id=cust_2"); len(others) != 0 {
		t.Errorf("another customer has %+v", others)
	}
	wantBad(t, commerce(t, s, http.MethodGet, addressesPath, ""), "VALIDATION_ERROR", "customer_id, or wallet_address")

	r, err := request(t, s, http.MethodDelete, addressesPath+"/"+first.AddressID, "", "x-api-key", "ck_other")
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, r, http.StatusNotFound, "NOT_FOUND")
	if r := commerce(t, s, http.MethodDelete, addressesPath+"/"+first.AddressID, ""); r.status != http.StatusOK || r.body != `{"success":true}` {
		t.Errorf("%d %s", r.status, r.body)
	}
	wantError(t, commerce(t, s, http.MethodDelete, addressesPath+"/"+first.AddressID, ""), http.StatusNotFound, "NOT_FOUND")
	if list := addresses(t, s, ofCust1); len(list) != 1 || list[0].AddressID != second.AddressID {
		t.Errorf("left is %+v", list)
	}
}
