package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// exampleTable renders the answers of the operations that the documentation gives only
// by name. The simulator gives them where it has nothing better.
func exampleTable(doc *yaml.Node) ([]byte, error) {
	var rows bytes.Buffer
	for p := range places(doc) {
		if p.kind != "operation" || len(p.path) != 3 || p.path[0] != "paths" {
			continue
		}
		if valueOf(child(p.node, completenessKey)) != "name-only" {
			continue
		}
		status, body, err := exampleAnswer(doc, p.node)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.path.pointer(), err)
		}
		if status != "" {
			id := operationID(valueOf(child(p.node, "operationId")), p.path[2], p.path[1])
			fmt.Fprintf(&rows, "\t%q: {Status: %s, Body: %q},\n", id, status, body)
		}
	}
	return format.Source([]byte(generatedBy + "package server\n\n" +
		"// examples are the answers of operations that are documented only by name, by operation id.\n" +
		"// It is only read.\n" +
		"var examples = map[string]Example{\n" + rows.String() + "}\n"))
}

// exampleAnswer is the first documented success: its status, and its JSON if it has
// a body. The status is empty where there is none.
func exampleAnswer(doc, operation *yaml.Node) (status, body string, err error) {
	answers := map[string]*yaml.Node{}
	for status, answer := range pairs(child(operation, "responses")) {
		if len(status) == 3 && status[0] == '2' {
			answers[status] = resolveRef(doc, answer)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(answers)) {
		code := strings.ReplaceAll(status, "X", "0")
		for mediaType, content := range pairs(child(answers[status], "content")) {
			if essence(mediaType) != "application/json" {
				continue
			}
			body, err := exampleOf(doc, content)
			return code, body, err
		}
		return code, "", nil
	}
	return "", "", nil
}

// exampleOf is the example of a media type. Where no page shows one it is an object of
// which nothing is said.
func exampleOf(doc, content *yaml.Node) (string, error) {
	example := child(content, "example")
	for _, named := range pairs(child(content, "examples")) {
		if example == nil {
			example = child(resolveRef(doc, named), "value")
		}
	}
	if example == nil {
		return "{}", nil
	}
	text, err := encodeJSON(example)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = json.Compact(&out, text)
	return out.String(), err
}
