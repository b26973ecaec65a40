package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

// checkNames finds names of the document whose Go names collide: with each other,
// with hand-written code, or with names in the templates. It runs before any file is
// written, so that nobody sees a compiler error.
func checkNames(root string, doc *yaml.Node, faces []face, written map[string][]byte) ([]finding, error) {
	names := namesOf(doc)
	var found []finding
	for _, f := range faces {
		if methods, err := secretMethods(f.text); f.output == clientFile && err == nil { // text that does not parse is reported below
			written[secretsFile] = methods
		}
	}
	for _, f := range faces {
		clashes, err := compile(root, f, written)
		if err != nil {
			return nil, err
		}
		for _, c := range clashes {
			for _, f := range names.explain(f, c) {
				if !slices.ContainsFunc(found, func(other finding) bool { return slices.Equal(other.path, f.path) }) {
					found = append(found, f)
				}
			}
		}
	}
	return found, nil
}

// goName is a Go name that comes from a place of the document.
type goName struct {
	name string
	place
	fix  string // the member that renames it
	said string // the name as the document has it
}

// names are the Go names of a document.
type names struct {
	doc        *yaml.Node
	types      []goName // of components
	operations []goName
	fields     []goName // properties
	parameters []goName
	schemes    []goName
}

func namesOf(doc *yaml.Node) names {
	n := names{doc: doc}
	for p := range places(doc) {
		switch {
		case len(p.path) == 3 && p.path[0] == "components":
			if p.path[1] == "securitySchemes" {
				n.schemes = append(n.schemes, goName{typeName(p.path[2]), p, "", p.path[2]})
				continue
			}
			n.types = append(n.types, goName{givenName(p, p.path[2]), p, "x-go-name", p.path[2]})
		case p.kind == "operation" && len(p.path) == 3:
			id := operationID(valueOf(child(p.node, "operationId")), p.path[2], p.path[1])
			n.operations = append(n.operations, goName{typeName(id), p, "operationId", id})
		}
		if name := child(p.node, "name"); p.kind == "parameter" && name != nil {
			n.parameters = append(n.parameters, goName{givenName(p, name.Value), p, "x-go-name", name.Value})
		}
		if p.kind == "schema" {
			for name, property := range pairs(child(p.node, "properties")) {
				at := place{property, "schema", p.path.with("properties", name)}
				n.fields = append(n.fields, goName{givenName(at, name), at, "x-go-name", name})
			}
		}
	}
	return n
}

func typeName(name string) string { return codegen.SchemaNameToTypeName(name) }

// givenName is the name that an overlay gives with x-go-name, or that of the document.
func givenName(p place, name string) string {
	if given := child(p.node, "x-go-name"); given != nil {
		name = given.Value
	}
	return typeName(name)
}

func valueOf(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

// explain names the places of the document that a clash comes from.
func (n names) explain(f face, c clash) []finding {
	sources := n.sources(c)
	where := f.output
	if c.other != "" && !strings.HasSuffix(f.output, c.other) {
		where += ", where " + c.other + " has that name"
	}
	reason := fmt.Sprintf("its Go name %s collides in %s: %s", c.name, where, oneLine(strings.TrimSpace(c.message)))
	if c.name == "" {
		reason = fmt.Sprintf("what is generated from it does not compile in %s: %s", where, oneLine(c.message))
	}
	recursive := strings.Contains(c.message, "recursive type")
	if recursive {
		reason = "a value of it would contain itself without end: one of the properties that lead back to it has to be optional, a list or a map"
	}
	var found []finding
	for i, s := range sources {
		at := finding{path: s.path, text: fmt.Sprintf("%s %s: %s", s.kind, oneLine(s.said), reason)}
		// Of several one can stay as it is, if nothing else has the name.
		if !recursive && (i > 0 || len(sources) == 1 || !strings.HasSuffix(f.output, c.other)) {
			at.fix = n.rename(s, i)
		}
		found = append(found, at)
	}
	if len(found) == 0 {
		found = append(found, finding{text: reason})
	}
	return found
}

// sources are the places that a clash comes from.
func (n names) sources(c clash) []goName {
	if strings.Contains(c.message, "field and method") {
		var fields []goName
		for _, field := range n.fields {
			if field.name == c.name && slices.ContainsFunc(n.declaring(c.of), func(owner goName) bool { return owns(n.doc, owner, field) }) {
				fields = append(fields, field)
			}
		}
		if len(fields) > 0 {
			return fields
		}
	}
	if c.name != c.within { // something within a declaration
		if found := n.inside(c); len(found) > 0 {
			return found
		}
	}
	if found := n.declaring(c.name); len(found) > 0 {
		return found
	}
	return n.declaring(c.within)
}

// inside finds properties and parameters by their Go name, in the schema or the
// operation that the declaration stands for where that can be told.
func (n names) inside(c clash) []goName {
	owners := n.declaring(c.within)
	var all, owned []goName
	for _, candidate := range slices.Concat(n.parameters, n.fields) {
		if candidate.name != c.name && codegen.LowercaseFirstCharacters(candidate.name) != c.name {
			continue
		}
		all = append(all, candidate)
		if slices.ContainsFunc(owners, func(owner goName) bool { return owns(n.doc, owner, candidate) }) {
			owned = append(owned, candidate)
		}
	}
	if len(owned) > 0 {
		return owned
	}
	return all
}

// owns tells whether a property or parameter stands below an operation or a
// schema, or is a parameter of the operation's path or by reference.
func owns(doc *yaml.Node, owner, candidate goName) bool {
	if len(candidate.path) >= len(owner.path) && slices.Equal(candidate.path[:len(owner.path)], owner.path) {
		return true
	}
	if owner.kind != "operation" || candidate.kind != "parameter" {
		return false
	}
	if slices.Equal(candidate.path[:2], owner.path[:2]) && candidate.path[2] == "parameters" {
		return true
	}
	for _, list := range []*yaml.Node{child(owner.node, "parameters"), child(find(doc, owner.path[:2]), "parameters")} {
		if list == nil {
			continue
		}
		for _, item := range list.Content {
			if ref := child(item, "$ref"); ref != nil && "#"+ref.Value[min(1, len(ref.Value)):] == candidate.path.pointer() {
				return true
			}
		}
	}
	return false
}

// declaring finds the places that a top-level Go name comes from: components,
// operations (with the prefixes and suffixes of the templates), security schemes, or
// else the component of a nested type or an enum constant.
func (n names) declaring(name string) []goName {
	if name == "" {
		return nil
	}
	// Operations first: of several sources the first keeps its name.
	found := longest(n.operations, strings.TrimPrefix(strings.TrimPrefix(name, "New"), "Parse"), operationSuffix)
	for _, t := range n.types {
		if t.name == name {
			found = append(found, t)
		}
	}
	for _, s := range n.schemes {
		if strings.EqualFold(s.name+"Scopes", name) || strings.EqualFold(s.name+"ContextKey", name) {
			found = append(found, s)
		}
	}
	if len(found) == 0 { // a nested type, or a constant of an enum
		found = longest(n.types, name, anySuffix)
	}
	return found
}

var (
	operationSuffix = regexp.MustCompile(`^(WithBody|With\w+Body)?(WithResponse)?$|^(Params|Answer|Response|Request|RequestWithBody)|^[A-Z0-9]\w*(Body|RequestBody|Params\w*|ResponseBody)\w*$`)
	anySuffix       = regexp.MustCompile(``)
)

// longest finds the names that a longer one begins with, the longest of them.
func longest(candidates []goName, name string, suffix *regexp.Regexp) []goName {
	var found []goName
	for _, c := range candidates {
		rest, ok := strings.CutPrefix(name, c.name)
		switch {
		case !ok || !suffix.MatchString(rest):
		case len(found) > 0 && len(found[0].name) > len(c.name):
		case len(found) > 0 && len(found[0].name) == len(c.name):
			found = append(found, c)
		default:
			found = []goName{c}
		}
	}
	return found
}

// rename is the overlay action that gives a place another Go name, the nth for
// what has the same.
func (n names) rename(s goName, nth int) string {
	if s.fix == "" {
		return "rename it in the document"
	}
	name := n.free(s, nth)
	if s.fix == "operationId" {
		name = lowerFirst(name)
	}
	return fmt.Sprintf("write into api/overlays/%s: {target: '%s', update: {%s: %s}}",
		repairsFile, strings.ReplaceAll(s.path.target(n.doc), "'", "''"), s.fix, name)
}

// free is a Go name like that of s, which nothing else has.
func (n names) free(s goName, nth int) string {
	suffix := "Value"
	switch {
	case s.kind == "operation":
		suffix = "Operation"
	case s.kind == "parameter":
		suffix = "In" + typeName(valueOf(child(s.node, "in")))
	case len(s.path) == 3:
		suffix = "Object"
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(slices.Concat(n.types, n.operations, n.fields, n.parameters), func(o goName) bool { return o.name == name })
	}
	name := s.name + suffix
	if nth > 1 {
		name += fmt.Sprint(nth)
	}
	for i := nth + 2; taken(name); i++ {
		name = fmt.Sprint(s.name, suffix, i)
	}
	return name
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
