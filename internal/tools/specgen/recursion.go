package main

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// recursiveActions makes optional properties pointers where a schema would
// otherwise contain itself, which Go cannot express. Lists and maps need none.
func recursiveActions(doc *yaml.Node) []action {
	parts := map[string][]part{}
	schemas := child(child(doc, "components"), "schemas")
	for name, schema := range pairs(schemas) {
		parts[name] = partsOf(schema, "$.components.schemas["+quote(name)+"]", "")
	}
	var actions []action
	done := map[string]bool{"": true} // what has no property cannot be a pointer
	for name := range pairs(schemas) {
		for _, p := range parts[name] {
			if done[p.property] || !contains(parts, p.schema, name, map[string]bool{}) {
				continue
			}
			done[p.property] = true
			actions = append(actions, pointerAction(p.property, "recursive schemas", len(actions)+1))
		}
	}
	return actions
}

// part says that a struct holds another schema's by value.
type part struct {
	schema   string // its component name
	property string // where it is held, as a JSONPath; empty if the whole schema is
}

func partsOf(schema *yaml.Node, path, property string) []part {
	if child(schema, "x-go-type") != nil || isFalse(child(schema, skipPointer)) {
		return nil
	}
	if ref := child(schema, "$ref"); ref != nil {
		return []part{{strings.TrimPrefix(ref.Value, "#/components/schemas/"), property}}
	}
	var parts []part
	if all := child(schema, "allOf"); all != nil {
		for i, member := range all.Content {
			parts = append(parts, partsOf(member, fmt.Sprintf("%s.allOf[%d]", path, i), property)...)
		}
	}
	for name, value := range pairs(child(schema, "properties")) {
		at := fmt.Sprintf("%s.properties[%s]", path, quote(name))
		parts = append(parts, partsOf(value, at, at)...)
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
