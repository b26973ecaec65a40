package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// uncheckedKeywords restrict values, and the table has no place for them.
var uncheckedKeywords = []string{
	"not", "multipleOf", "uniqueItems", "minProperties", "maxProperties", "patternProperties", "propertyNames",
	"dependentRequired", "dependentSchemas", "if", "prefixItems", "contains", "unevaluatedProperties",
}

// schema renders the fields of a schema.
func (t *requestTables) schema(n *yaml.Node, at path) string {
	if n == nil || n.Kind != yaml.MappingNode {
		return ""
	}
	if ref := child(n, "$ref"); ref != nil {
		name := t.name(ref.Value)
		if !is31(t.doc) || len(n.Content) == 2 {
			return fmt.Sprintf("ref: %q", name)
		}
		rest := clone(n)
		removeChild(rest, "$ref")
		return fmt.Sprintf("all: []*schema{{ref: %q}, {%s}}", name, t.schema(rest, at))
	}
	for _, key := range uncheckedKeywords {
		if value := child(n, key); value != nil && value.Value != "false" {
			t.unchecked(at.with(key), key)
		}
	}
	var fields []string
	add := func(format string, args ...any) { fields = append(fields, fmt.Sprintf(format, args...)) }
	if types := typesOf(n); len(types) > 0 {
		add("types: %#v", types)
	}
	if isNullable(n) {
		add("nullable: true")
	}
	if values := enumOf(n); len(values) > 0 {
		add("enum: %#v", values)
	}
	if name := child(n, "format"); name != nil {
		add("format: %q", name.Value)
	}
	if pattern := t.pattern(child(n, "pattern"), at); pattern != "" {
		add("%s", pattern)
	}
	fields = append(fields, bounds(n)...)
	if items := child(n, "items"); items != nil {
		add("items: &schema{%s}", t.schema(items, at.with("items")))
	}
	if properties := child(n, "properties"); properties != nil {
		add("properties: map[string]*schema{\n%s}", t.properties(properties, at.with("properties")))
	}
	if list := child(n, "required"); list != nil && list.Kind == yaml.SequenceNode && len(list.Content) > 0 {
		add("required: %#v", valuesOf(list))
	}
	switch others := child(n, "additionalProperties"); {
	case others == nil:
	case others.Kind == yaml.MappingNode:
		add("others: &schema{%s}", t.schema(others, at.with("additionalProperties")))
	case others.Value == "false":
		add("closed: true")
	}
	for _, part := range []struct{ key, field string }{{"allOf", "all"}, {"anyOf", "anyOf"}, {"oneOf", "oneOf"}} {
		if list := t.list(child(n, part.key), at.with(part.key)); list != "" {
			add("%s: []*schema{%s}", part.field, list)
		}
	}
	return strings.Join(fields, ", ")
}

// properties renders them in the order of the document. Those that only answers
// have are anything.
func (t *requestTables) properties(n *yaml.Node, at path) string {
	var out strings.Builder
	for name, property := range pairs(n) {
		if !isTrue(child(property, "readOnly")) {
			fmt.Fprintf(&out, "%q: {%s},\n", name, t.schema(property, at.with(name)))
		}
	}
	return out.String()
}

// list renders the parts of a schema. An alternative that is null is left out:
// the schema is nullable.
func (t *requestTables) list(n *yaml.Node, at path) string {
	if n == nil {
		return ""
	}
	var parts []string
	for i, item := range n.Content {
		if valueOf(child(item, "type")) != "null" {
			parts = append(parts, "{"+t.schema(item, at.with(fmt.Sprint(i)))+"}")
		}
	}
	return strings.Join(parts, ", ")
}

// name renders the schema that a reference leads to, once, and returns its name.
func (t *requestTables) name(ref string) string {
	name := strings.TrimPrefix(ref, schemaRef)
	if _, ok := t.named[name]; !ok {
		t.named[name] = "" // so that a schema may hold itself
		t.named[name] = t.schema(lookup(t.doc, ref), splitPointer(strings.TrimPrefix(ref, "#/")))
	}
	return name
}

// enumOf lists the values of an enum, or of a constant, but null.
func enumOf(n *yaml.Node) []string {
	if constant := child(n, "const"); constant != nil && constant.Kind == yaml.ScalarNode {
		return []string{constant.Value}
	}
	list := child(n, "enum")
	if list == nil || slices.ContainsFunc(list.Content, func(item *yaml.Node) bool { return item.Kind != yaml.ScalarNode }) {
		return nil
	}
	return valuesOf(list)
}

// valuesOf lists the texts of scalars but null.
func valuesOf(list *yaml.Node) []string {
	var values []string
	for _, item := range list.Content {
		if item.ShortTag() != "!!null" && !slices.Contains(values, item.Value) {
			values = append(values, item.Value)
		}
	}
	return values
}

// bounds renders the limits of numbers and lengths, as they are written.
func bounds(n *yaml.Node) []string {
	var fields []string
	for _, b := range []struct{ key, field, excluded string }{
		{"minimum", "min", "above"},
		{"maximum", "max", "below"},
		{"minLength", "minLength", ""},
		{"maxLength", "maxLength", ""},
		{"minItems", "minItems", ""},
		{"maxItems", "maxItems", ""},
		{"exclusiveMinimum", "above", ""}, // a number in 3.1, a boolean in 3.0
		{"exclusiveMaximum", "below", ""},
	} {
		value := child(n, b.key)
		if value == nil || value.ShortTag() == "!!bool" {
			continue
		}
		var number bytes.Buffer
		if err := writeScalar(&number, b.key, value); err != nil || number.Bytes()[0] == '"' {
			continue
		}
		field := b.field
		if b.excluded != "" && isTrue(child(n, "exclusive"+strings.ToUpper(b.key[:1])+b.key[1:])) {
			field = b.excluded
		}
		fields = append(fields, fmt.Sprintf("%s: %q", field, number.String()))
	}
	return fields
}
