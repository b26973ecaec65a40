package main

import (
	"bytes"
	"fmt"
	"go/format"
	"strings"

	"gopkg.in/yaml.v3"
)

// resourceKey is the extension of a schema that events carry in data.object: the
// value that its member object has there.
const resourceKey = "x-pepay-resource"

// resourceModels renders the function that tells which resource a Go type models.
func resourceModels(doc *yaml.Node) ([]byte, error) {
	var cases bytes.Buffer
	models := map[string]string{}
	for name, schema := range pairs(child(child(doc, "components"), "schemas")) {
		kind := child(schema, resourceKey)
		if kind == nil {
			continue
		}
		at := "components.schemas." + name + "." + resourceKey
		if kind.Value == "" || strings.ContainsFunc(kind.Value, func(r rune) bool { return r != '_' && !isAlphanumeric(r) }) {
			return nil, fmt.Errorf("%s: %q is no kind of resource: it may have letters, digits and underscores", at, kind.Value)
		}
		if other := models[kind.Value]; other != "" {
			return nil, fmt.Errorf("%s: %s is the schema of %s already", at, other, kind.Value)
		}
		models[kind.Value] = name
		model := givenName(place{node: schema}, name)
		fmt.Fprintf(&cases, "\tcase *%[1]s, **%[1]s:\n\t\treturn %[2]q\n", model, kind.Value)
	}
	return format.Source([]byte(generatedBy + "package pepay\n\n" +
		"// resourceOf is the kind of resource, as data.object.object of an event says it,\n" +
		"// of which v points to a model. It is empty for any other type.\n" +
		"func resourceOf(v any) string {\n\tswitch v.(type) {\n" + cases.String() + "\t}\n\treturn \"\"\n}\n"))
}
