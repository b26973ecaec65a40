package main

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// nullables lists the properties that can be null, by the key of their schema.
func nullables(doc *openapi3.T) map[string][]string {
	found := map[string][]string{}
	if doc.Components == nil {
		return found
	}
	for name, schema := range doc.Components.Schemas {
		if given, ok := schema.Value.Extensions["x-go-name"].(string); ok {
			name = given
		}
		properties := map[string]bool{}
		collect(properties, schema, map[*openapi3.Schema]bool{})
		found[key(name)] = slices.Sorted(maps.Keys(properties))
	}
	return found
}

// collect finds them through allOf, which the generator merges into one struct.
func collect(into map[string]bool, ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	seen[ref.Value] = true
	for name, property := range ref.Value.Properties {
		if isNullable(property, 20) {
			into[name] = true
		}
	}
	for _, part := range ref.Value.AllOf {
		collect(into, part, seen)
	}
}

// isNullable reads what OpenAPI 3.0 and 3.1 say about null.
func isNullable(ref *openapi3.SchemaRef, depth int) bool {
	if ref == nil || ref.Value == nil || depth == 0 {
		return false
	}
	s := ref.Value
	isNull := func(alternative *openapi3.SchemaRef) bool {
		return alternative.Value != nil && alternative.Value.Type != nil && alternative.Value.Type.Is("null")
	}
	return s.Nullable || s.Type.Includes("null") || slices.ContainsFunc(s.AnyOf, isNull) || slices.ContainsFunc(s.OneOf, isNull) ||
		len(s.AllOf) == 1 && s.Type == nil && isNullable(s.AllOf[0], depth-1)
}
