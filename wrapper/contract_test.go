package wrapper

import (
	"reflect"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

func TestFindPrefersStaticSegments(t *testing.T) {
	t.Parallel()
	var operations []pepay.Operation
	for _, path := range []string{
		"/api/v1/invoices/{invoiceId}/status",
		"/api/v1/invoices/customer/{customerId}", // conflicts with the one above in http.ServeMux
		"/api/v1/invoices/totals",
		"/api/v1/invoices/{invoiceId}",
		"/api/v1/invoices",
		"/api/v1/{kind}/{id}/status",
	} {
		operations = append(operations, pepay.Operation{ID: path, Method: "GET", Path: path})
	}
	operations = append(operations, pepay.Operation{ID: "create", Method: "POST", Path: "/api/v1/invoices"})
	index := newContractIndex(operations, nil, nil)
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/api/v1/invoices", "/api/v1/invoices"},
		{"POST", "/api/v1/invoices", "create"},
		{"GET", "/api/v1/invoices/totals", "/api/v1/invoices/totals"},
		{"GET", "/api/v1/invoices/inv_1", "/api/v1/invoices/{invoiceId}"},
		{"GET", "/api/v1/invoices/inv%2F1", "/api/v1/invoices/{invoiceId}"},
		{"GET", "/api/v1/invoices/inv_1/status", "/api/v1/invoices/{invoiceId}/status"},
		{"GET", "/api/v1/invoices/customer/status", "/api/v1/invoices/customer/{customerId}"},
		{"GET", "/api/v1/orders/o_1/status", "/api/v1/{kind}/{id}/status"},
		{"GET", "/api/v1/invoices/", ""},
		{"GET", "/api/v1/invoices//status", ""},
		{"GET", "/api/v1/invoices/inv_1/status/more", ""},
		{"DELETE", "/api/v1/invoices/inv_1", ""},
		{"GET", "api/v1/invoices/inv_1", ""},
		{"GET", "x/api/v1/invoices/inv_1", ""},
		{"GET", "", ""},
	} {
		got := ""
		if op := index.find(c.method, c.path); op != nil {
			got = op.ID
		}
		if got != c.want {
			t.Errorf("%s %q found %q, want %q", c.method, c.path, got, c.want)
		}
	}
}

// Which operations the contract has makes no difference to a path it lacks.
func TestUndocumentedOperationsTakeOneScheme(t *testing.T) {
	t.Parallel()
	schemes := map[string]pepay.SecurityScheme{"b": {}, "a": {}, "merchantApiKey": {}, "commerceApiKey": {}, "fallback": {}}
	fallback := []map[string][]string{{"fallback": nil}, {"a": nil, "b": nil}, {}}
	want := []alternative{{"fallback"}, {"merchantApiKey"}, {"commerceApiKey"}, {"a"}, {"b"}}
	for name, operations := range map[string][]pepay.Operation{
		"none": nil,
		"some": {{Path: "/a", Security: []map[string][]string{{"b": nil}, {"commerceApiKey": nil, "a": nil}, {}}}},
	} {
		if got := newContractIndex(operations, schemes, fallback).undocumented; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
