package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
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
		}
		found = append(found, checkServers(p)...)
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

// checkShape finds keywords whose value is of the wrong type: the library that
// reads the document would not say where.
func checkShape(p place) []finding {
	var found []finding
	want := func(at path, n *yaml.Node, kind yaml.Kind, what string) {
		if n.Kind != kind {
			found = append(found, finding{path: at, text: "has to be " + what})
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

var status = regexp.MustCompile(`^(default|[1-5](XX|\d\d)|x-.*)$`)

// checkStatuses finds answers whose status is none: no answer would ever have it.
func checkStatuses(p place) []finding {
	var found []finding
	for name := range pairs(child(p.node, "responses")) {
		if !status.MatchString(name) {
			found = append(found, finding{
				path: p.path.with("responses", name), text: fmt.Sprintf("%s is no status: three digits, a range such as 2XX, or default", oneLine(name)),
				fix: fmt.Sprintf("in api/overlays/%s, copy it to the status that is meant, and remove it", repairsFile),
			})
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

// checkPath refuses what the client cannot address: servers are the SDK's own
// business, and a path that writes its parameters as ":id" would be sent as it is.
func checkPath(p place) []finding {
	if len(p.path) != 2 || p.path[0] != "paths" {
		return nil
	}
	for segment := range strings.SplitSeq(p.path[1], "/") {
		if name, ok := strings.CutPrefix(segment, ":"); ok && name != "" {
			return []finding{{
				path: p.path, text: fmt.Sprintf("the path has %s, which would be sent as it is; a parameter is written {%s}", oneLine(segment), oneLine(name)),
				fix: fmt.Sprintf("in api/overlays/%s, add the path as it should be, copy this one into it, and remove this one", repairsFile),
			}}
		}
	}
	return nil
}

// checkServers refuses servers of single paths and operations: every request goes
// to the base URL of the client, with its credentials.
func checkServers(p place) []finding {
	servers := child(p.node, "servers")
	if servers == nil || p.kind != "path item" && p.kind != "operation" {
		return nil
	}
	if len(p.path) > 0 && (p.path[0] == "webhooks" || slices.Contains(p.path[1:], "callbacks")) {
		return nil // not addressed by the client
	}
	return []finding{{
		path: p.path.with("servers"), text: "servers of its own; the client sends everything to one base URL",
		fix: fmt.Sprintf("write into api/overlays/%s: {target: '%s', remove: true}, if the base URL serves it too", repairsFile, p.path.with("servers").target(nil)),
	}}
}

// checkSecurity finds requirements whose scheme is not declared.
func checkSecurity(doc *yaml.Node, p place) []finding {
	var found []finding
	requirements, at := child(p.node, "security"), p.path.with("security")
	if requirements == nil {
		requirements, at = child(doc, "security"), path{"security"}
	}
	if requirements == nil || len(p.path) < 3 || p.path[0] != "paths" {
		return nil
	}
	for i, requirement := range requirements.Content {
		for name := range pairs(requirement) {
			if child(child(child(doc, "components"), "securitySchemes"), name) == nil {
				found = append(found, finding{
					path: at.with(fmt.Sprint(i), name),
					text: fmt.Sprintf("%s %s asks for the security scheme %q, which is not declared in components.securitySchemes", strings.ToUpper(p.path[2]), oneLine(p.path[1]), name),
				})
			}
		}
	}
	return found
}

// checkOperationIDs finds ids that two operations have: which of them a name means
// would be chance.
func checkOperationIDs(doc *yaml.Node) []finding {
	var found []finding
	first := map[string]path{}
	for p := range places(doc) {
		id := child(p.node, "operationId")
		if id == nil || p.kind != "operation" {
			continue
		}
		if earlier, ok := first[id.Value]; ok {
			found = append(found, finding{
				path: p.path.with("operationId"), text: fmt.Sprintf("the operationId %s is that of %s too", oneLine(id.Value), earlier.pointer()),
				fix: fmt.Sprintf("write into api/overlays/%s: {target: '%s', update: {operationId: %s2}}", repairsFile, strings.ReplaceAll(p.path.target(doc), "'", "''"), oneLine(id.Value)),
			})
			continue
		}
		first[id.Value] = p.path
	}
	return found
}
