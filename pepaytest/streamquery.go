package pepaytest

import (
	"fmt"
	"net/url"
	"slices"
)

// parseStreamQuery reads what a stream is to carry and where it begins.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets
func parseStreamQuery(query url.Values) (sel selection, since string, err error) {
	if query.Has("format") && query.Get("format") != "event_v1" {
		return selection{}, "", fmt.Errorf("format %q is not event_v1", query.Get("format"))
	}
	if query.Has("types") {
		if sel.types, err = parseTypes(query.Get("types")); err != nil {
			return selection{}, "", err
		}
	}
	sel.conditions = conditionsOf(query)
	return sel, query.Get("since"), nil
}

func conditionsOf(query url.Values) []condition {
	known := filters()
	var conditions []condition
	for _, name := range sortedKeys(query) {
		if holds, ok := known[name]; ok {
			conditions = append(conditions, condition{holds: holds, value: query.Get(name)})
		}
	}
	return conditions
}

func sortedKeys(query url.Values) []string {
	var names []string
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
