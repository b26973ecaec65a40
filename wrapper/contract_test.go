package wrapper

import (
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

func TestUndocumentedOperationsTakeOneScheme(t *testing.T) {
	t.Parallel()
	operations := []pepay.Operation{
		{Path: "/a", Security: []map[string][]string{{"second": nil}, {"third": nil, "fourth": nil}, {}}},
	}
	schemes := map[string]pepay.SecurityScheme{"first": {}, "second": {}, "third": {}, "fourth": {}}
	index := newContractIndex(operations, schemes, []map[string][]string{{"first": nil}})
	var order []string
	for _, alternative := range index.undocumented {
		if len(alternative) != 1 {
			t.Fatalf("%v would send more than one credential", alternative)
		}
		for scheme := range alternative {
			order = append(order, scheme)
		}
	}
	want := []string{"first", "second", "fourth", "third"} // default, then as used, then by name
	if len(order) != len(want) {
		t.Fatalf("got %v, want %v", order, want)
	}
	for i := range want {
		if order[i] != want[i] {
			t.Fatalf("got %v, want %v", order, want)
		}
	}
}
