package main

import (
	"bytes"
	"fmt"
	"go/format"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// requestTable renders what the contract says about the requests of every
// operation, for the simulator: parameters, headers and the JSON body. The warnings
// name what the table has no place for.
func requestTable(doc *yaml.Node) ([]byte, []finding, error) {
	t := &requestTables{doc: doc, named: map[string]string{}}
	var rows bytes.Buffer
	for p := range places(doc) {
		if p.kind != "operation" || len(p.path) != 3 || p.path[0] != "paths" {
			continue
		}
		id := operationID(valueOf(child(p.node, "operationId")), p.path[2], p.path[1])
		fmt.Fprintf(&rows, "\t%q: {%s},\n", id, t.request(p))
	}
	var out bytes.Buffer
	out.WriteString(generatedBy + "package server\n\n")
	values := t.schemas()
	if strings.Contains(rows.String()+values, "regexp.MustCompile(") {
		out.WriteString("import \"regexp\"\n\n")
	}
	out.WriteString("// requests is what the contract says about requests, by operation id. It is only read.\n")
	out.WriteString("var requests = map[string]request{\n" + rows.String() + "}\n\n")
	out.WriteString("// schemas are those that requests refer to, by name. It is only read.\n")
	out.WriteString("var schemas = map[string]*schema{\n" + values + "}\n")
	text, err := format.Source(out.Bytes())
	return text, t.found, err
}

type requestTables struct {
	doc   *yaml.Node
	named map[string]string // schemas in Go by name; "" while one is in work
	found []finding
}

// schemas renders the named ones.
func (t *requestTables) schemas() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(t.named)) {
		fmt.Fprintf(&out, "\t%q: {%s},\n", name, t.named[name])
	}
	return out.String()
}

// request renders an operation.
func (t *requestTables) request(p place) string {
	byPlace := map[string][]string{}
	for _, name := range t.queryCredentials(p.node) {
		byPlace["query"] = append(byPlace["query"], fmt.Sprintf("{name: %q, schema: &schema{types: []string{\"string\"}}}", name))
	}
	for _, param := range t.parameters(p) {
		in := valueOf(child(param.node, "in"))
		if in == "query" || in == "header" && !isReservedHeader(valueOf(child(param.node, "name"))) {
			byPlace[in] = append(byPlace[in], "{"+t.parameter(param)+"}")
		}
	}
	var out strings.Builder
	for _, in := range []string{"query", "header"} {
		if list := byPlace[in]; len(list) > 0 {
			field := map[string]string{"query": "query", "header": "headers"}[in]
			fmt.Fprintf(&out, "\n\t\t%s: []parameter{\n%s,\n},", field, strings.Join(list, ",\n"))
		}
	}
	at := p.path.with("requestBody")
	body := t.follow(child(p.node, "requestBody"))
	for mediaType, content := range pairs(child(body, "content")) {
		if essence(mediaType) != "application/json" {
			continue
		}
		schema := child(content, "schema")
		fmt.Fprintf(&out, "\n\t\tbody: &schema{%s},", t.schema(schema, at.with("content", mediaType, "schema")))
		if isTrue(child(body, "required")) {
			out.WriteString("\n\t\tbodyRequired: true,")
		}
		break
	}
	if out.Len() > 0 {
		out.WriteString("\n\t")
	}
	return out.String()
}

// parameters are those of the operation and of its path; the operation's own win.
func (t *requestTables) parameters(p place) []place {
	var all []place
	seen := map[string]bool{}
	for _, at := range []path{p.path.with("parameters"), p.path[:2].with("parameters")} {
		list := find(t.doc, at)
		if list == nil {
			continue
		}
		for i, node := range list.Content {
			node = t.follow(node)
			key := valueOf(child(node, "in")) + " " + valueOf(child(node, "name"))
			if !seen[key] {
				all = append(all, place{node, "parameter", at.with(fmt.Sprint(i))})
			}
			seen[key] = true
		}
	}
	return all
}

// isReservedHeader tells which header parameters OpenAPI ignores.
func isReservedHeader(name string) bool {
	return slices.Contains([]string{"accept", "content-type", "authorization"}, strings.ToLower(name))
}

// queryCredentials are the parameters in which the operation's credentials go.
func (t *requestTables) queryCredentials(operation *yaml.Node) []string {
	security := child(operation, "security")
	if security == nil {
		security = child(content(t.doc), "security")
	}
	if security == nil {
		return nil
	}
	schemes := child(child(content(t.doc), "components"), "securitySchemes")
	var names []string
	for _, alternative := range security.Content {
		for name := range pairs(alternative) {
			scheme := t.follow(child(schemes, name))
			key := valueOf(child(scheme, "name"))
			if valueOf(child(scheme, "in")) == "query" && !slices.Contains(names, key) {
				names = append(names, key)
			}
		}
	}
	return names
}

// parameter renders one.
func (t *requestTables) parameter(p place) string {
	out := fmt.Sprintf("name: %q", valueOf(child(p.node, "name")))
	if isTrue(child(p.node, "required")) {
		out += ", required: true"
	}
	schema := child(p.node, "schema")
	if schema == nil {
		return out
	}
	types := typesOf(resolve(t.doc, schema))
	if slices.Contains(types, "object") {
		t.unchecked(p.path.with("schema"), "a parameter that is an object")
		return out
	}
	if slices.Contains(types, "array") {
		style, explode := valueOf(child(p.node, "style")), child(p.node, "explode")
		separators := map[string]string{"spaceDelimited": " ", "pipeDelimited": "|"}
		switch separator := separators[style]; {
		case valueOf(child(p.node, "in")) == "header":
			out += ", split: \",\""
		case isTrue(explode), explode == nil && separator == "":
			out += ", repeats: true"
		case separator != "":
			out += fmt.Sprintf(", split: %q", separator)
		default:
			out += ", split: \",\""
		}
	}
	return out + ", schema: &schema{" + t.schema(schema, p.path.with("schema")) + "}"
}

// follow goes where a reference leads.
func (t *requestTables) follow(n *yaml.Node) *yaml.Node {
	return resolveRef(t.doc, n)
}

// unchecked notes something that the table has no place for.
func (t *requestTables) unchecked(at path, what string) {
	t.found = append(t.found, finding{path: at, text: "the simulator does not check " + what})
}

// pattern is a regular expression as Go has it, or "" where Go has none like it.
func (t *requestTables) pattern(n *yaml.Node, at path) string {
	if n == nil {
		return ""
	}
	if _, err := regexp.Compile(n.Value); err != nil {
		t.unchecked(at.with("pattern"), "a pattern that Go's regular expressions do not have")
		return ""
	}
	return fmt.Sprintf("pattern: regexp.MustCompile(%q)", n.Value)
}
