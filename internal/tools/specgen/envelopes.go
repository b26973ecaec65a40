package main

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// inlineEnvelopes takes the envelopes of answers, {"success":true,"data":…} with or
// without ok, message and meta, out of the components and puts each where it is used: the client's template writes
// Envelope[T] there. What is in data becomes a component if it is an object without
// a name. A component that something else uses stays.
func inlineEnvelopes(doc *yaml.Node) {
	schemas := child(child(doc, "components"), "schemas")
	inlined := map[string]bool{}
	type answer struct {
		media *yaml.Node
		name  string // for what is in data
	}
	var answers []answer
	for p := range places(doc) {
		if p.kind == "media type" && len(p.path) == 7 && p.path[0] == "paths" && p.path[3] == "responses" && strings.HasPrefix(p.path[4], "2") {
			id := operationID(valueOf(child(find(doc, p.path[:3]), "operationId")), p.path[2], p.path[1])
			answers = append(answers, answer{p.node, id + "-" + p.path[4] + "-data"})
		}
	}
	for _, a := range answers {
		schema := child(a.media, "schema")
		if name, isRef := strings.CutPrefix(valueOf(child(schema, "$ref")), schemaRef); isRef && isPlainEnvelope(child(schemas, name)) {
			schema = clone(child(schemas, name))
			setChild(a.media, "schema", schema)
			inlined[name] = true
		}
		if !isPlainEnvelope(schema) {
			continue
		}
		if data := child(child(schema, "properties"), "data"); child(data, "properties") != nil && child(data, "x-go-type") == nil {
			schemas = member(member(content(doc), "components"), "schemas")
			name := freeName(schemas, componentName(a.name))
			setChild(schemas, name, clone(data))
			setChild(child(schema, "properties"), "data", &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{text("$ref"), text(schemaRef + name)}})
		}
	}
	for name := range inlined {
		if !isReferenced(doc, schemaRef+name) {
			removeChild(schemas, name)
		}
	}
}

// isPlainEnvelope tells whether a schema is an object that Envelope[T] has every
// member of: success and data, and perhaps ok, message and meta.
func isPlainEnvelope(schema *yaml.Node) bool {
	for _, key := range []string{"allOf", "anyOf", "oneOf", "additionalProperties", "x-go-type"} {
		if child(schema, key) != nil {
			return false
		}
	}
	properties := child(schema, "properties")
	if child(properties, "data") == nil || child(properties, "success") == nil {
		return false
	}
	for name, property := range pairs(properties) {
		types := typesOf(property)
		switch {
		case name == "data":
		case name == "success", name == "ok":
			if !slices.Equal(types, []string{"boolean"}) {
				return false
			}
		case name == "message":
			if !slices.Equal(types, []string{"string"}) {
				return false
			}
		case name != "meta", goType(property) != "json.RawMessage":
			return false
		}
	}
	return true
}

// isReferenced looks for a reference anywhere in the document.
func isReferenced(n *yaml.Node, ref string) bool {
	if valueOf(child(n, "$ref")) == ref {
		return true
	}
	return slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return isReferenced(item, ref) })
}

// componentName is text as the name of a component, which may have letters, digits
// and a few signs.
func componentName(text string) string {
	return strings.Map(func(r rune) rune {
		if isAlphanumeric(r) {
			return r
		}
		return '-'
	}, text)
}
