package main

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// kind is what an object of the document is: it decides which of its keys are
// keywords, which are names that somebody chose, and what is data.
type kind string

// shapes has the keywords of each kind that lead to another object. What is not
// listed is text, a number or data, and is not looked into.
var shapes = map[kind]map[string]kind{
	"document": {
		"info": "info", "servers": "[]server", "paths": "{}path item", "webhooks": "{}path item",
		"components": "components", "tags": "[]tag", "externalDocs": "docs",
	},
	"info":   {"contact": "contact", "license": "license"},
	"server": {"variables": "{}variable"},
	"tag":    {"externalDocs": "docs"},
	"components": {
		"schemas": "{}schema", "responses": "{}response", "parameters": "{}parameter", "requestBodies": "{}request body",
		"headers": "{}header", "securitySchemes": "{}security scheme", "links": "{}link", "callbacks": "{}callback",
		"examples": "{}example", "pathItems": "{}path item",
	},
	"path item": {
		"get": "operation", "put": "operation", "post": "operation", "delete": "operation", "options": "operation",
		"head": "operation", "patch": "operation", "trace": "operation", "servers": "[]server", "parameters": "[]parameter",
	},
	"operation": {
		"externalDocs": "docs", "parameters": "[]parameter", "requestBody": "request body", "responses": "{}response",
		"callbacks": "{}callback", "servers": "[]server",
	},
	"callback":        {}, // its keys are expressions, see field
	"parameter":       {"schema": "schema", "content": "{}media type", "examples": "{}example"},
	"header":          {"schema": "schema", "content": "{}media type", "examples": "{}example"},
	"request body":    {"content": "{}media type"},
	"response":        {"headers": "{}header", "content": "{}media type", "links": "{}link"},
	"media type":      {"schema": "schema", "encoding": "{}encoding", "examples": "{}example"},
	"encoding":        {"headers": "{}header"},
	"link":            {"server": "server"},
	"security scheme": {"flows": "flows"},
	"flows":           {"implicit": "flow", "password": "flow", "clientCredentials": "flow", "authorizationCode": "flow"},
	"flow":            {},
	"schema": {
		"properties": "{}schema", "patternProperties": "{}schema", "$defs": "{}schema", "definitions": "{}schema",
		"dependentSchemas": "{}schema", "additionalProperties": "schema", "unevaluatedProperties": "schema",
		"propertyNames": "schema", "items": "schema", "prefixItems": "[]schema", "additionalItems": "schema",
		"unevaluatedItems": "schema", "contains": "schema", "contentSchema": "schema", "not": "schema", "if": "schema",
		"then": "schema", "else": "schema", "allOf": "[]schema", "anyOf": "[]schema", "oneOf": "[]schema",
		"discriminator": "discriminator", "xml": "xml", "externalDocs": "docs",
	},
	"discriminator": {}, "xml": {}, "docs": {}, "contact": {}, "license": {}, "variable": {}, "example": {},
}

// place is an object of the document, and the keys that lead to it.
type place struct {
	node *yaml.Node
	kind kind
	path path
}

// path is keys and indexes from the top of the document.
type path []string

func (p path) with(keys ...string) path { return append(slices.Clip(p), keys...) }

// key is the path as one string, for sets.
func (p path) key() string { return strings.Join(p, "\x00") }

// pointer is the path as a JSON pointer in a fragment.
func (p path) pointer() string {
	var out strings.Builder
	out.WriteByte('#')
	for _, key := range p {
		out.WriteByte('/')
		out.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(oneLine(key)))
	}
	return out.String()
}

// target is the path as the JSONPath of an overlay. Indexes of lists need the
// document.
func (p path) target(doc *yaml.Node) string {
	out := "$"
	node := content(doc)
	for _, key := range p {
		switch {
		case node != nil && node.Kind == yaml.SequenceNode:
			out += "[" + key + "]"
		case isPlainName(key):
			out += "." + key
		default:
			out += "[" + quote(key) + "]"
		}
		node = step(node, key)
	}
	return out
}

func isPlainName(key string) bool {
	for i, r := range key {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return key != ""
}

// content is the node itself, or what a document node holds.
func content(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		return n.Content[0]
	}
	return n
}

// step goes from a node to its member or item, or returns nil.
func step(n *yaml.Node, key string) *yaml.Node {
	n = content(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return child(n, key)
	}
	i, err := strconv.Atoi(key)
	if err != nil || i < 0 || i >= len(n.Content) {
		return nil
	}
	return n.Content[i]
}

// find returns the node at a path, or nil.
func find(doc *yaml.Node, p path) *yaml.Node {
	n := content(doc)
	for _, key := range p {
		n = step(n, key)
	}
	return n
}

// places yields every object of the document, each before what it contains.
func places(doc *yaml.Node) iter.Seq[place] {
	return below(place{content(doc), "document", nil})
}

// below yields p and the objects in it.
func below(p place) iter.Seq[place] {
	return func(yield func(place) bool) { descend(p, yield) }
}

func descend(p place, yield func(place) bool) bool {
	if p.node == nil {
		return true
	}
	if item, ok := strings.CutPrefix(string(p.kind), "[]"); ok {
		if p.node.Kind != yaml.SequenceNode {
			return true
		}
		for i, n := range p.node.Content {
			if !descend(place{n, kind(item), p.path.with(strconv.Itoa(i))}, yield) {
				return false
			}
		}
		return true
	}
	if p.node.Kind != yaml.MappingNode {
		return true
	}
	item, named := strings.CutPrefix(string(p.kind), "{}")
	if !named && !yield(p) {
		return false
	}
	for key, n := range pairs(p.node) {
		next := kind(item)
		if !named {
			next = p.field(key)
		}
		if next == "" {
			continue
		}
		if !descend(place{n, next, p.path.with(key)}, yield) {
			return false
		}
	}
	return true
}

// field is the kind of what stands below a keyword, or "".
func (p place) field(key string) kind {
	if p.kind == "callback" && !strings.HasPrefix(key, "x-") && key != "$ref" {
		return "path item"
	}
	return shapes[p.kind][key]
}

// oneLine is text that a message can repeat: without control characters, and
// not longer than a line.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if isUnprintable(r) {
			return '�'
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return s
}

// finding is something wrong at a place of the document.
type finding struct {
	path path
	text string
	fix  string // what to write into an overlay, where that is known
}

// caused is the finding as an error that begins with its cause, and ends with
// what mends it.
func (f finding) caused(by string) error {
	at := f.path.pointer()
	if strings.HasSuffix(by, at) {
		at = ""
	} else {
		at = " (now " + at + ")"
	}
	fix := f.fix
	if fix == "" && strings.HasPrefix(by, "openapi.json") {
		fix = "repair it in api/overlays/" + repairsFile
	}
	// What an overlay adds is there only after it has been applied.
	if file, _, ok := strings.Cut(strings.TrimPrefix(by, "overlay "), " action"); ok && strings.HasPrefix(by, "overlay ") {
		fix = strings.ReplaceAll(fix, "api/overlays/"+repairsFile, "api/overlays/"+file)
	}
	if fix != "" {
		fix = "; " + fix
	}
	return fmt.Errorf("%s%s: %s%s", by, at, f.text, fix)
}
