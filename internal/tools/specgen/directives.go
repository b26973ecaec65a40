package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// directives are the prefixes of the extensions that our generators obey. They are
// allowed in overlays only: a published document that has one could decide what the
// SDK imports, hides and retries.
var directives = []string{"x-go-", "x-oapi-codegen-", "x-enum", "x-omit", "x-order", "x-pepay-", "x-deprecated-reason"}

func isDirective(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc(directives, func(beginning string) bool { return strings.HasPrefix(key, beginning) })
}

// checkDirectives refuses a published document that has a directive. It also refuses
// what could hide one from this check: a keyword in other letter case, and a
// reference into data.
func checkDirectives(published *yaml.Node) error {
	var errs []error
	refuse := func(p path, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", asPublished(p), fmt.Sprintf(format, args...)))
	}
	known := map[string]bool{}
	for p := range places(published) {
		known[p.path.key()] = true
	}
	for p := range places(published) {
		for key, value := range pairs(p.node) {
			switch keyword := misspelled(p, key); {
			case isDirective(key):
				refuse(p.path.with(key), "%s is a directive for the generator, which is allowed in overlays only; ask Pepay to remove it", oneLine(key))
			case keyword != "":
				refuse(p.path.with(key), "%s is not a keyword, but encoding/json reads it as %s", oneLine(key), keyword)
			case strings.HasPrefix(string(p.field(key)), "{}"):
				// Among paths and answers extensions stand beside the names.
				for name := range pairs(value) {
					if (key == "paths" || key == "responses" && p.kind == "operation") && isDirective(name) {
						refuse(p.path.with(key, name), "%s is a directive for the generator, which is allowed in overlays only; ask Pepay to remove it", oneLine(name))
					}
				}
			case key == "$ref" && !leadsTo(known, value.Value):
				refuse(p.path.with(key), "the reference %s does not point to an object that OpenAPI describes", oneLine(value.Value))
			}
		}
	}
	return errors.Join(errs...)
}

// leadsTo tells whether a reference names an object of the document itself.
func leadsTo(known map[string]bool, ref string) bool {
	pointer, ok := strings.CutPrefix(ref, "#/")
	if decoded, err := url.PathUnescape(pointer); err == nil {
		pointer = decoded
	}
	return ok && known[splitPointer(pointer).key()]
}

// misspelled returns the keyword that a key equals apart from letter case.
// encoding/json does not tell them apart.
func misspelled(p place, key string) string {
	for keyword := range shapes[p.kind] {
		if keyword != key && strings.EqualFold(keyword, key) {
			return keyword
		}
	}
	if key != "$ref" && strings.EqualFold(key, "$ref") {
		return "$ref"
	}
	return ""
}
