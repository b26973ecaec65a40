package pepaytest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// streamParameters are the documented ones of each stream; others are refused.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets
func streamParameters(kind streamKind) []string {
	switch kind {
	case merchantEvents:
		return []string{"token", "since", "types", "format", "invoice_type", "invoice_id", "customer_id", "environment"}
	case commerceEvents:
		return []string{"token", "since", "types", "format", "invoice_id", "customer_id", "order_id", "wallet_address", "wallet_network"}
	default:
		return []string{"token", "since", "format"}
	}
}

// parseStreamQuery reads what a stream is to carry and where it begins.
func parseStreamQuery(query url.Values, kind streamKind) (sel selection, since string, err error) {
	if err := checkParameters(query, streamParameters(kind)); err != nil {
		return selection{}, "", err
	}
	if query.Has("format") && query.Get("format") != "event_v1" {
		return selection{}, "", fmt.Errorf("format %q is not event_v1", query.Get("format"))
	}
	if query.Has("types") {
		if sel.types, err = parseTypes(query.Get("types")); err != nil {
			return selection{}, "", err
		}
	}
	sel.conditions, err = parseConditions(query)
	return sel, query.Get("since"), err
}

// checkParameters refuses a parameter that is not documented or has no value; one that
// is given twice the generated code has refused. The values are not repeated: one may
// be a token.
func checkParameters(query url.Values, documented []string) error {
	for _, name := range sortedKeys(query) {
		if !slices.Contains(documented, name) {
			return fmt.Errorf("unknown parameter %q; there are %s", name, strings.Join(documented, ", "))
		}
		if query.Get(name) == "" {
			return fmt.Errorf("%s is empty", name)
		}
	}
	return nil
}

func parseConditions(query url.Values) ([]condition, error) {
	if e := pepay.NetworkEnvironment(query.Get("environment")); query.Has("environment") && !e.Valid() {
		return nil, fmt.Errorf("environment %q is neither devnet nor mainnet", e)
	}
	known := filters()
	var conditions []condition
	for _, name := range sortedKeys(query) {
		if holds, ok := known[name]; ok {
			conditions = append(conditions, condition{holds: holds, value: query.Get(name)})
		}
	}
	return conditions, nil
}

func sortedKeys(query url.Values) []string {
	var names []string
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
