package main

import (
	"math/big"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// is31 tells whether the document follows OpenAPI 3.1 or later.
func is31(doc *yaml.Node) bool {
	version := valueOf(child(doc, "openapi"))
	return strings.HasPrefix(version, "3.") && !strings.HasPrefix(version, "3.0")
}

// typesWithNull says in OpenAPI 3.1's way what can be null: overlays are written in
// that of 3.0, which 3.1 does not know any more. Where there is no type beside
// nullable, it stays.
func typesWithNull(n *yaml.Node) {
	for _, item := range n.Content {
		typesWithNull(item)
	}
	kind := child(n, "type")
	if kind == nil || kind.Kind != yaml.ScalarNode || !isTrue(child(n, "nullable")) {
		return
	}
	setChild(n, "type", &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{text(kind.Value), text("null")}})
	removeChild(n, "nullable")
}

// dropSiblings removes the siblings of a $ref, which OpenAPI 3.0 ignores. Extensions
// stay: overlays put them there for the generator.
func dropSiblings(doc *yaml.Node) {
	if is31(doc) {
		return
	}
	for p := range places(doc) {
		if child(p.node, "$ref") == nil || p.kind == "path item" {
			continue
		}
		for _, key := range keys(p.node) {
			if key != "$ref" && !strings.HasPrefix(key, "x-") {
				removeChild(p.node, key)
			}
		}
	}
}

// keepPropertyNames sets the Go name of a property that refers to a schema with
// x-go-name. The generator would give the schema's name to the property.
func keepPropertyNames(doc *yaml.Node) {
	for p := range places(doc) {
		if p.kind != "schema" {
			continue
		}
		for name, property := range pairs(child(p.node, "properties")) {
			if child(property, "$ref") != nil && child(property, "x-go-name") == nil && child(resolveRef(doc, property), "x-go-name") != nil {
				setChild(property, "x-go-name", text(name))
			}
		}
	}
}

func resolveRef(doc, schema *yaml.Node) *yaml.Node {
	for range 100 {
		ref := child(schema, "$ref")
		if ref == nil {
			break
		}
		schema = lookup(doc, ref.Value)
	}
	return schema
}

// mixTypes maps a schema with several types to json.RawMessage. Parameters are
// handled by prepareParameters.
func mixTypes(doc *yaml.Node) {
	for p := range places(doc) {
		if p.kind == "schema" && !isInParameter(p.path) && goType(p.node) == "" && len(typesOf(p.node)) > 1 {
			setChild(p.node, "x-go-type", text("json.RawMessage"))
		}
	}
}

// isInParameter tells whether a path leads into the schema of a parameter.
func isInParameter(p path) bool {
	i := slices.Index(p, "parameters")
	return i >= 0 && i+2 < len(p) && (p[0] == "paths" && i <= 3 || p[0] == "components" && i == 1)
}

// formatsOfOtherTypes are string formats whose Go type is not a string.
var formatsOfOtherTypes = []string{"date", "date-time", "byte", "binary", "json"}

// dropEnums removes enums that cannot become Go constants: numbers (their type is
// Decimal), integers that the generator would round, dates, and values with
// characters that it refuses. The remaining enums lose null and duplicates.
func dropEnums(doc *yaml.Node) {
	for p := range places(doc) {
		if p.kind != "schema" {
			continue
		}
		if value := child(p.node, "const"); value != nil && !isConstant(p.node, value) {
			removeChild(p.node, "const")
		}
		list := child(p.node, "enum")
		if list == nil || list.Kind != yaml.SequenceNode {
			continue
		}
		kept := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		seen := map[string]bool{}
		constants := true
		for _, value := range list.Content {
			if value.ShortTag() == "!!null" || seen[value.Value] {
				continue
			}
			seen[value.Value] = true
			kept.Content = append(kept.Content, value)
			constants = constants && isConstant(p.node, value)
		}
		switch {
		case !constants || len(kept.Content) == 0:
			removeChild(p.node, "enum")
		case len(kept.Content) < len(list.Content):
			setChild(p.node, "enum", kept)
		}
	}
}

// isConstant tells whether a value of a schema can be a Go constant of its type.
func isConstant(schema, value *yaml.Node) bool {
	types := typesOf(schema)
	if len(types) != 1 || value.Kind != yaml.ScalarNode || strings.ContainsFunc(value.Value, isUnprintable) {
		return len(types) == 0 && value.Kind == yaml.ScalarNode // without a type there are no constants
	}
	switch types[0] {
	case "string":
		return !slices.Contains(formatsOfOtherTypes, valueOf(child(schema, "format")))
	case "integer":
		n, ok := new(big.Int).SetString(value.Value, 10)
		return ok && n.IsInt64() && n.CmpAbs(big.NewInt(1<<53)) <= 0
	case "boolean":
		return value.ShortTag() == "!!bool"
	}
	return false
}

// cleanTexts removes characters from descriptions that would end a Go comment or
// that hide text. It removes formats and examples that contain such characters.
func cleanTexts(doc *yaml.Node) {
	for p := range places(doc) {
		if format := child(p.node, "format"); p.kind == "schema" && format != nil && strings.ContainsFunc(format.Value, func(r rune) bool { return isUnprintable(r) || r == '"' || r == '`' }) {
			removeChild(p.node, "format")
		}
		for _, key := range []string{"example", "examples"} { // they become comments too
			if n := child(p.node, key); n != nil && hidesText(n) {
				removeChild(p.node, key)
			}
		}
		for _, key := range []string{"description", "summary", "title"} {
			n := child(p.node, key)
			if n == nil || n.Kind != yaml.ScalarNode {
				continue
			}
			if cleaned := clean(n.Value); cleaned != n.Value {
				setChild(p.node, key, text(cleaned))
			}
		}
	}
}

// hidesText reports whether a text in a value has a character that clean removes.
func hidesText(n *yaml.Node) bool {
	return clean(n.Value) != n.Value || slices.ContainsFunc(n.Content, hidesText)
}

func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && isUnprintable(r) {
			return ' '
		}
		return r
	}, s)
}
