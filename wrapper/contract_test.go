package wrapper

import (
	"reflect"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// The credential for an undocumented path does not depend on the operations.
func TestUndocumentedOperationsTakeOneScheme(t *testing.T) {
	t.Parallel()
	schemes := map[string]pepay.SecurityScheme{"b": {}, "a": {}, "merchantApiKey": {}, "commerceApiKey": {}, "fallback": {}, "sessionToken": {}, "sessionSignature": {}}
	fallback := []map[string][]string{{"fallback": nil}, {"a": nil, "b": nil}, {}}
	want := []alternative{{"fallback"}, {"merchantApiKey"}, {"commerceApiKey"}, {"a"}, {"b"}, {"sessionSignature", "sessionToken"}}
	for name, operations := range map[string][]pepay.Operation{
		"none": nil,
		"some": {{Path: "/a", Security: []map[string][]string{{"b": nil}, {"commerceApiKey": nil, "a": nil}, {}}}},
	} {
		if got := newContractIndex(operations, schemes, fallback).undocumented; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestAcceptOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answers []pepay.SuccessAnswer
		want    string
	}{
		{nil, "application/json"},
		{[]pepay.SuccessAnswer{{Status: "204"}}, "application/json"},
		{[]pepay.SuccessAnswer{{Status: "200", MediaTypes: []string{"application/json", "text/csv"}}, {Status: "202", MediaTypes: []string{"text/csv", "text/plain"}}},
			"application/json, text/csv, text/plain"},
	} {
		if got := acceptOf(c.answers); len(got) != 1 || got[0] != c.want {
			t.Errorf("%v: got %q, want %q", c.answers, got, c.want)
		}
	}
}
