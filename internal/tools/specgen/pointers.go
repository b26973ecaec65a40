package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// skipPointer is oapi-codegen's extension for an optional value without a pointer.
const skipPointer = "x-go-type-skip-optional-pointer"

// pointerActions makes optional parameters pointers again: models have none,
// but a parameter without one would be sent empty when the caller left it out.
func pointerActions(doc *yaml.Node) []action {
	var actions []action
	add := func(param *yaml.Node, target string) {
		if child(param, "$ref") == nil && !isTrue(child(param, "required")) && !isFalse(child(param, skipPointer)) {
			actions = append(actions, pointerAction(target, "optional parameters", len(actions)+1))
		}
	}
	addAll := func(params *yaml.Node, target string) {
		if params == nil || params.Kind != yaml.SequenceNode {
			return
		}
		for i, param := range params.Content {
			add(param, fmt.Sprintf("%s.parameters[%d]", target, i))
		}
	}
	for path, item := range pairs(child(doc, "paths")) {
		target := fmt.Sprintf("$.paths[%s]", quote(path))
		addAll(child(item, "parameters"), target)
		for method, op := range pairs(item) {
			if isMethod(method) {
				addAll(child(op, "parameters"), target+"."+method)
			}
		}
	}
	for name, param := range pairs(child(child(doc, "components"), "parameters")) {
		add(param, fmt.Sprintf("$.components.parameters[%s]", quote(name)))
	}
	return actions
}

// pointerAction makes what is optional at target a pointer. It stands in no file;
// by and index name it.
func pointerAction(target, by string, index int) action {
	var update yaml.Node
	if err := update.Encode(map[string]bool{skipPointer: false}); err != nil {
		panic(err) // a constant value always encodes
	}
	return action{Action: overlay.Action{Target: target, Update: update}, file: by, index: index}
}

func isTrue(n *yaml.Node) bool  { return isBool(n, true) }
func isFalse(n *yaml.Node) bool { return isBool(n, false) }

func isBool(n *yaml.Node, want bool) bool {
	var value bool
	return n != nil && n.Decode(&value) == nil && value == want
}

func isMethod(key string) bool {
	methods := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodTrace,
	}
	return slices.Contains(methods, strings.ToUpper(key))
}

// quote prints a JSONPath string literal.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
