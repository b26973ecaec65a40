package main

import "gopkg.in/yaml.v3"

// addEventState gives the Go type of an event the unexported fields that its
// hand-written UnmarshalJSON fills. They are no part of the contract.
func addEventState(doc *yaml.Node) {
	properties := child(child(child(child(doc, "components"), "schemas"), "Event"), "properties")
	if properties == nil {
		return // a document of a test
	}
	for _, field := range []struct{ name, goType, about string }{
		{"raw", "json.RawMessage", "The event as it came."},
		{"undecoded", "[]string", "The names of fields that could not be read."},
	} {
		property := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		setChild(property, "description", text(field.about))
		setChild(property, "x-go-type", text(field.goType))
		setChild(property, "x-go-name", text(field.name))
		setChild(property, "x-oapi-codegen-only-honour-go-name", boolean(true))
		setChild(property, "x-go-json-ignore", boolean(true))
		setChild(properties, "x-go-"+field.name, property)
	}
}
