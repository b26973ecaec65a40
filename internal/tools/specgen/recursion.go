package main

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// markRecursion makes optional properties pointers where a schema would
// otherwise contain itself, which Go cannot express. Lists and maps need none.
func markRecursion(doc *yaml.Node) {
	parts := map[string][]part{}
	schemas := child(child(doc, "components"), "schemas")
	for name, schema := range pairs(schemas) {
		parts[name] = partsOf(schema, nil)
	}
	for name := range pairs(schemas) {
		for _, p := range parts[name] {
			if p.property == nil || child(p.property, skipPointer) != nil || !contains(parts, p.schema, name, map[string]bool{}) {
				continue // a schema without a property cannot be a pointer
			}
			setChild(p.property, skipPointer, boolean(false))
		}
	}
}

// part says that a struct holds another schema's by value.
type part struct {
	schema   string     // its component name
	property *yaml.Node // where it is held; nil if the whole schema is
}

func partsOf(schema, property *yaml.Node) []part {
	if child(schema, "x-go-type") != nil || isFalse(child(schema, skipPointer)) {
		return nil
	}
	if ref := child(schema, "$ref"); ref != nil {
		return []part{{strings.TrimPrefix(ref.Value, schemaRef), property}}
	}
	var parts []part
	if all := child(schema, "allOf"); all != nil {
		for _, member := range all.Content {
			parts = append(parts, partsOf(member, property)...)
		}
	}
	for _, value := range pairs(child(schema, "properties")) {
		parts = append(parts, partsOf(value, value)...)
	}
	return parts
}

// contains says whether a value of one schema holds one of the other.
func contains(parts map[string][]part, outer, inner string, seen map[string]bool) bool {
	if outer == inner {
		return true
	}
	if seen[outer] {
		return false
	}
	seen[outer] = true
	for _, p := range parts[outer] {
		if contains(parts, p.schema, inner, seen) {
			return true
		}
	}
	return false
}
