package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// hoistedFrom is the extension by which a component says which published
// places it stands for.
const hoistedFrom = "x-pepay-hoisted-from"

// problems lists what is wrong with the document as a whole, compared with the
// published one where that matters.
func problems(published, doc *yaml.Node) []finding {
	var found []finding
	for p := range places(doc) {
		found = append(found, checkShape(p)...)
		switch p.kind {
		case "schema":
			found = append(found, checkRequired(p)...)
			found = append(found, checkHoisted(published, p)...)
		case "path item":
			found = append(found, checkPath(p)...)
		case "operation":
			found = append(found, checkSecurity(doc, p)...)
			found = append(found, checkStatuses(p)...)
			found = append(found, checkCompleteness(p)...)
		}
		found = append(found, checkServers(p)...)
		found = append(found, checkSource(p)...)
		found = append(found, checkText(p)...)
	}
	found = append(found, checkOperationIDs(doc)...)
	text, err := encodeJSON(doc)
	if err != nil {
		return append(found, finding{text: err.Error()})
	}
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil && len(found) > 0 {
		return found // which says it better
	}
	if err != nil {
		return append(found, finding{text: oneLine(err.Error())})
	}
	invalid := validate(doc, loaded)
	found = append(found, invalid...)
	if len(found) == 0 {
		if _, err := operationsOf(loaded); err != nil {
			found = append(found, finding{text: err.Error()})
		}
	}
	return found
}

// checkShape finds keywords whose value has the wrong type. The library that reads
// the document reports them without their place.
func checkShape(p place) []finding {
	var found []finding
	want := func(at path, n *yaml.Node, kind yaml.Kind, what string) {
		if n.Kind != kind {
			found = append(found, finding{path: at, text: "must be " + what})
		}
	}
	for key, value := range pairs(p.node) {
		at := p.path.with(key)
		switch kind := p.field(key); {
		case kind == "" && p.kind == "schema" && (key == "required" || key == "enum"):
			want(at, value, yaml.SequenceNode, "a list")
		case kind == "":
		case strings.HasPrefix(string(kind), "[]"):
			want(at, value, yaml.SequenceNode, "a list")
		case strings.HasPrefix(string(kind), "{}"):
			want(at, value, yaml.MappingNode, "an object")
			for name, item := range pairs(value) {
				if !strings.HasPrefix(name, "x-") {
					want(at.with(name), item, yaml.MappingNode, "an object")
				}
			}
		case value.ShortTag() == "!!bool" && strings.HasSuffix(key, "Properties"):
		default:
			want(at, value, yaml.MappingNode, "an object")
		}
	}
	return found
}

// checkRequired finds required names without a property. A schema that is
// composed of several may require what another part declares.
func checkRequired(p place) []finding {
	properties, required := child(p.node, "properties"), child(p.node, "required")
	if properties == nil || required == nil || composed(p) {
		return nil
	}
	var found []finding
	for i, name := range required.Content {
		if child(properties, name.Value) == nil {
			found = append(found, finding{path: p.path.with("required", fmt.Sprint(i)), text: fmt.Sprintf("required names %s, which is not a declared property", oneLine(name.Value))})
		}
	}
	return found
}

func composed(p place) bool {
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		if child(p.node, key) != nil || len(p.path) > 1 && p.path[len(p.path)-2] == key {
			return true
		}
	}
	return false
}

// checkHoisted compares a hoisted enum with every published place it replaces,
// so that a value added at one of them is not lost.
func checkHoisted(published *yaml.Node, p place) []finding {
	sources := child(p.node, hoistedFrom)
	if sources == nil {
		return nil
	}
	have := map[string]bool{}
	if list := child(p.node, "enum"); list != nil {
		for _, value := range list.Content {
			have[value.Value] = true
		}
	}
	var found []finding
	add := func(format string, args ...any) {
		found = append(found, finding{path: p.path, text: fmt.Sprintf(format, args...)})
	}
	for _, source := range sources.Content {
		values, err := publishedEnum(published, source.Value)
		if err != nil {
			add("%s names %s: %v", hoistedFrom, source.Value, err)
			continue
		}
		for _, value := range values {
			if value.ShortTag() != "!!null" && !have[value.Value] { // null is Go's zero value, whatever the enum
				add("the enum lacks the value %s that upstream publishes at %s", oneLine(value.Value), source.Value)
			}
		}
	}
	return found
}

func publishedEnum(published *yaml.Node, target string) ([]*yaml.Node, error) {
	found, err := query(published, target)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 || child(found[0], "enum") == nil {
		return nil, errors.New("upstream publishes no enum there any more")
	}
	return child(found[0], "enum").Content, nil
}
