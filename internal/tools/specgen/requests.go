package main

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

const schemaRef = "#/components/schemas/"

// markRequestBodies makes properties of request bodies pointers where their zero
// value and their absence differ: nullable ones, ones with a default, and optional
// booleans and integers. A schema that answers use too is split: answers keep it,
// requests get a copy whose name ends in Input.
func markRequestBodies(doc *yaml.Node) {
	schemas := child(child(doc, "components"), "schemas")
	requests, answers := usedSchemas(doc)
	split := map[string]string{}
	for changed := true; changed; { // a schema that uses a split one is split itself
		changed = false
		for name := range pairs(schemas) {
			if split[name] == "" && requests[name] && answers[name] && needsInput(doc, child(schemas, name), split) {
				split[name], changed = freeName(schemas, name+"Input"), true
			}
		}
	}
	for _, name := range keys(schemas) {
		if input := split[name]; input != "" {
			copied := clone(child(schemas, name))
			removeChild(copied, "x-go-name") // a name that is given belongs to the answer
			setChild(schemas, input, copied)
		}
	}
	for p := range requestPlaces(doc, requests, split) {
		if ref := child(p.node, "$ref"); ref != nil {
			if input := split[strings.TrimPrefix(ref.Value, schemaRef)]; input != "" {
				setChild(p.node, "$ref", text(schemaRef+input))
			}
		}
		markProperties(doc, p)
	}
}

// requestPlaces yields the schemas that only requests use: those of the bodies,
// and of the components.
func requestPlaces(doc *yaml.Node, requests map[string]bool, split map[string]string) func(yield func(place) bool) {
	return func(yield func(place) bool) {
		inputs := map[string]bool{}
		for name := range requests {
			if split[name] != "" {
				inputs[split[name]] = true
				continue
			}
			inputs[name] = true
		}
		for p := range places(doc) {
			root := p.kind == "request body" && isInRequestBody(p.path)
			if p.kind == "schema" && isComponent(p.path, "schemas") {
				root = inputs[p.path[2]]
			}
			if !root {
				continue
			}
			for q := range below(p) {
				if q.kind == "schema" && !yield(q) {
					return
				}
			}
		}
	}
}

// isComponent tells whether a path is that of a component itself.
func isComponent(p path, part string) bool {
	return len(p) == 3 && p[0] == "components" && p[1] == part
}

// usedSchemas says which components the request bodies use, and which anything
// else does. What nothing uses counts as an answer: the payloads of events.
func usedSchemas(doc *yaml.Node) (requests, answers map[string]bool) {
	schemas := child(child(doc, "components"), "schemas")
	requests, answers = map[string]bool{}, map[string]bool{}
	for p := range places(doc) {
		if p.kind != "schema" || len(p.path) > 1 && p.path[0] == "components" && p.path[1] == "schemas" {
			continue
		}
		used := answers
		if isInRequestBody(p.path) {
			used = requests
		}
		markUsed(schemas, p.node, used)
	}
	for name, schema := range pairs(schemas) {
		if !requests[name] && !answers[name] {
			answers[name] = true
			for p := range below(place{schema, "schema", nil}) {
				markUsed(schemas, p.node, answers)
			}
		}
	}
	return requests, answers
}

// isInRequestBody leaves the bodies of callbacks out: Pepay sends those.
func isInRequestBody(p path) bool {
	return len(p) > 3 && p[0] == "paths" && p[3] == "requestBody" || len(p) > 2 && p[0] == "components" && p[1] == "requestBodies"
}

// markUsed follows the reference of a schema, and those of what it leads to.
func markUsed(schemas, schema *yaml.Node, used map[string]bool) {
	ref := child(schema, "$ref")
	if ref == nil {
		return
	}
	name := strings.TrimPrefix(ref.Value, schemaRef)
	target := child(schemas, name)
	if target == nil || used[name] {
		return
	}
	used[name] = true
	for p := range below(place{target, "schema", nil}) {
		markUsed(schemas, p.node, used)
	}
}

// needsInput reports whether a schema differs between requests and answers.
func needsInput(doc, schema *yaml.Node, split map[string]string) bool {
	for p := range below(place{schema, "schema", nil}) {
		if ref := child(p.node, "$ref"); ref != nil && split[strings.TrimPrefix(ref.Value, schemaRef)] != "" {
			return true
		}
		before := clone(p.node)
		markProperties(doc, place{before, p.kind, p.path})
		if !sameNode(before, p.node) {
			return true
		}
	}
	return false
}

func sameNode(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !sameNode(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

func markProperties(doc *yaml.Node, p place) {
	sendTime(doc, p.node)
	required := map[string]bool{}
	if list := child(p.node, "required"); list != nil {
		for _, name := range list.Content {
			required[name.Value] = true
		}
	}
	for name, property := range pairs(child(p.node, "properties")) {
		sendTime(doc, property)
		if child(property, skipPointer) == nil && needsPointer(doc, property, required[name]) {
			setChild(property, skipPointer, boolean(false))
		}
	}
}

// needsPointer tells whether the zero value of a property's Go type and its
// absence are two different things to send.
func needsPointer(doc, property *yaml.Node, required bool) bool {
	schema := resolve(doc, property)
	if isTrue(child(schema, "readOnly")) {
		return false
	}
	switch name := goType(property, schema); {
	case name == "json.RawMessage", name == "" && isAnything(schema):
		return false // nil is what is not set
	}
	types := typesOf(schema)
	isNumber := slices.Contains(types, "number") // Decimal knows that it is not set
	if isNullable(property) || isNullable(schema) {
		return required || !isNumber
	}
	switch {
	case required, isNumber:
		return false
	case child(property, "default") != nil, child(schema, "default") != nil:
		return true
	case slices.Contains(types, "boolean"):
		return true
	}
	return slices.Contains(types, "integer") && !excludesZero(schema)
}

// resolve follows references and an allOf of one, which people wrap around a
// reference to describe it.
func resolve(doc, schema *yaml.Node) *yaml.Node {
	for range 100 { // a reference may lead back to itself
		next := schema
		if ref := child(schema, "$ref"); ref != nil {
			next = lookup(doc, ref.Value)
		} else if all := child(schema, "allOf"); all != nil && len(all.Content) == 1 && child(schema, "properties") == nil {
			next = all.Content[0]
		}
		if next == schema || next == nil {
			return schema
		}
		schema = next
	}
	return schema
}

// lookup finds what a reference within the document names, or nil.
func lookup(doc *yaml.Node, ref string) *yaml.Node {
	pointer, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	return find(doc, splitPointer(pointer))
}

func splitPointer(pointer string) path {
	keys := path(strings.Split(pointer, "/"))
	for i, key := range keys {
		keys[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
	}
	return keys
}

func goType(nodes ...*yaml.Node) string {
	for _, n := range nodes {
		if name := child(n, "x-go-type"); name != nil {
			return name.Value
		}
	}
	return ""
}

// isAnything reports whether a schema does not restrict the type of its values.
func isAnything(schema *yaml.Node) bool {
	if len(typesOf(schema)) > 0 {
		return false
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf", "properties", "additionalProperties", "enum", "$ref"} {
		if child(schema, key) != nil {
			return false
		}
	}
	return true
}

// typesOf lists the types of a schema's values but null.
func typesOf(schema *yaml.Node) []string {
	n := child(schema, "type")
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode:
		return []string{n.Value}
	}
	var types []string
	for _, item := range n.Content {
		if item.Value != "null" {
			types = append(types, item.Value)
		}
	}
	return types
}

// isNullable reads what 3.0 and 3.1 say about null.
func isNullable(schema *yaml.Node) bool {
	if isTrue(child(schema, "nullable")) {
		return true
	}
	if n := child(schema, "type"); n != nil && n.Kind == yaml.SequenceNode {
		return slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return item.Value == "null" })
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if list := child(schema, key); list != nil {
			for _, item := range list.Content {
				if kind := child(item, "type"); kind != nil && kind.Value == "null" {
					return true
				}
			}
		}
	}
	return false
}

// excludesZero tells whether an integer of the schema cannot be 0.
func excludesZero(schema *yaml.Node) bool {
	bound := func(key string) (value float64, ok bool) {
		n := child(schema, key)
		return value, n != nil && n.ShortTag() != "!!bool" && n.Decode(&value) == nil
	}
	low, hasLow := bound("minimum")
	high, hasHigh := bound("maximum")
	above, hasAbove := bound("exclusiveMinimum") // a number in 3.1, a boolean in 3.0
	below, hasBelow := bound("exclusiveMaximum")
	return hasLow && (low > 0 || low == 0 && isTrue(child(schema, "exclusiveMinimum"))) ||
		hasHigh && (high < 0 || high == 0 && isTrue(child(schema, "exclusiveMaximum"))) ||
		hasAbove && above >= 0 || hasBelow && below <= 0
}

// sendTime makes a date-time in a request time.Time, which is sent as RFC 3339.
// Answers have Timestamp, which reads every form that Pepay uses.
func sendTime(doc, schema *yaml.Node) {
	if goType(schema) != "" {
		return
	}
	resolved := resolve(doc, schema)
	if format := child(resolved, "format"); format != nil && format.Value == "date-time" &&
		slices.Equal(typesOf(resolved), []string{"string"}) && goType(resolved) == "" {
		setChild(schema, "x-go-type", text("time.Time"))
	}
}

func keys(n *yaml.Node) []string {
	var names []string
	for name := range pairs(n) {
		names = append(names, name)
	}
	return names
}

// freeName is a name that no member has.
func freeName(n *yaml.Node, name string) string {
	for child(n, name) != nil {
		name += "Input"
	}
	return name
}
