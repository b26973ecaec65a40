package main

import (
	"net/http"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// skipPointer is oapi-codegen's extension for an optional value without a pointer.
const skipPointer = "x-go-type-skip-optional-pointer"

// markParameters makes optional parameters pointers: models have none, but a
// parameter without one would be sent empty when the caller left it out. Times in
// parameters are sent as RFC 3339.
func markParameters(doc *yaml.Node) {
	for p := range places(doc) {
		if p.kind != "parameter" || child(p.node, "$ref") != nil {
			continue
		}
		if !isTrue(child(p.node, "required")) && !isTrue(child(p.node, skipPointer)) {
			setChild(p.node, skipPointer, boolean(false))
		}
		if schema := child(p.node, "schema"); schema != nil {
			sendTime(doc, schema)
		}
	}
}

func isTrue(n *yaml.Node) bool  { return isBool(n, true) }
func isFalse(n *yaml.Node) bool { return isBool(n, false) }

func isBool(n *yaml.Node, want bool) bool {
	var value bool
	return n != nil && n.Decode(&value) == nil && value == want
}

func isMethod(key string) bool {
	methods := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodTrace,
	}
	return slices.Contains(methods, strings.ToUpper(key))
}

// quote prints a JSONPath string literal.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
