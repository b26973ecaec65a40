package main

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// prepareParameters makes every value of a parameter one that can be given.
// oapi-codegen gives a schema of several types an anonymous struct that nobody can
// fill. Where each alternative is a text, a number or a boolean, the parameter is
// the text that is sent; any other union, and one that is sent as JSON, becomes a
// component, which has a method for each alternative. In a parameter that is an
// object, what may have to be sent although it is zero is a pointer.
func prepareParameters(doc *yaml.Node) {
	type union struct {
		owner *yaml.Node // whose schema it is
		name  string
	}
	var unions []union
	for p := range places(doc) {
		if p.kind != "parameter" {
			continue
		}
		for q := range below(place{child(p.node, "schema"), "schema", nil}) {
			markProperties(doc, q)
		}
		owner := p.node
		for _, media := range pairs(child(p.node, "content")) {
			owner = media
		}
		schema := child(owner, "schema")
		if items := child(schema, "items"); hasAlternatives(items) && isScalar(doc, items) && child(items, "x-go-type") == nil {
			setChild(items, "x-go-type", text("string"))
		}
		switch {
		case schema == nil || child(schema, "$ref") != nil || child(schema, "x-go-type") != nil || !hasAlternatives(schema):
		case owner == p.node && isScalar(doc, schema):
			setChild(schema, "x-go-type", text("string"))
		case child(schema, "oneOf") != nil || child(schema, "anyOf") != nil:
			unions = append(unions, union{owner, unionName(doc, p)})
		}
	}
	for _, u := range unions {
		schemas := member(member(content(doc), "components"), "schemas")
		name := freeName(schemas, u.name)
		setChild(schemas, name, clone(child(u.owner, "schema")))
		setChild(u.owner, "schema", &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{text("$ref"), text(schemaRef + name)}})
	}
}

// hasAlternatives tells whether the values of a schema are of several types.
func hasAlternatives(schema *yaml.Node) bool {
	return child(schema, "oneOf") != nil || child(schema, "anyOf") != nil || len(typesOf(schema)) > 1
}

// isScalar tells whether every value of a schema is a text, a number or a boolean.
func isScalar(doc, schema *yaml.Node) bool {
	return isScalarWithin(doc, schema, 10)
}

// isScalarWithin looks as deep as depth: a schema may hold itself.
func isScalarWithin(doc, schema *yaml.Node, depth int) bool {
	schema = resolve(doc, schema)
	if depth == 0 || child(schema, "properties") != nil || child(schema, "items") != nil || child(schema, "allOf") != nil {
		return false
	}
	found := false
	for _, key := range []string{"oneOf", "anyOf"} {
		if list := child(schema, key); list != nil {
			for _, alternative := range list.Content {
				if !isScalarWithin(doc, alternative, depth-1) {
					return false
				}
				found = true
			}
		}
	}
	for _, name := range typesOf(schema) {
		if name == "object" || name == "array" {
			return false
		}
		found = true
	}
	return found || child(schema, "enum") != nil || child(schema, "type") != nil // what is left is null
}

// unionName names the component that a parameter's schema becomes.
func unionName(doc *yaml.Node, p place) string {
	words := []string{p.path[2]} // the name of a component
	if p.path[0] == "paths" {
		method := p.path[2]
		if method == "parameters" { // those of every operation of the path
			method = "any"
		}
		words = []string{operationID(valueOf(child(find(doc, p.path[:3]), "operationId")), method, p.path[1]), valueOf(child(p.node, "name"))}
	}
	return componentName(strings.Join(append(words, "parameter"), "-"))
}

// member returns a member of a mapping, which it makes where there is none.
func member(n *yaml.Node, key string) *yaml.Node {
	if found := child(n, key); found != nil {
		return found
	}
	made := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	setChild(n, key, made)
	return made
}
