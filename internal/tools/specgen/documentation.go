package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

const (
	// sourceKey is the extension that names the page of Pepay's documentation that
	// describes an operation, a schema or a security scheme.
	sourceKey = "x-pepay-source"
	// completenessKey is the extension that says how much of an operation Pepay's
	// documentation describes.
	completenessKey = "x-pepay-completeness"
)

// completeness lists the values of x-pepay-completeness: parameters and answer are
// described; only examples or some of the fields are shown; neither is shown.
var completeness = []string{"full", "partial", "name-only"}

// checkCompleteness refuses other values. The templates have a sentence for each.
func checkCompleteness(p place) []finding {
	value := child(p.node, completenessKey)
	if value == nil || slices.Contains(completeness, value.Value) {
		return nil
	}
	return []finding{{
		path: p.path.with(completenessKey),
		text: fmt.Sprintf("%s is %s: write %s", completenessKey, oneLine(value.Value), strings.Join(completeness, ", ")),
	}}
}

// checkSource refuses a page that is not the address of one.
func checkSource(p place) []finding {
	value := child(p.node, sourceKey)
	if value == nil {
		return nil
	}
	if page, err := url.Parse(value.Value); err == nil && page.Scheme == "https" && page.Host != "" {
		return nil
	}
	return []finding{{
		path: p.path.with(sourceKey),
		text: fmt.Sprintf("%s is %s: write the https address of a page", sourceKey, oneLine(value.Value)),
	}}
}
