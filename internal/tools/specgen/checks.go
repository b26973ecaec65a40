package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
func problems(published, doc *yaml.Node) []string {
	text, err := encodeJSON(doc)
	if err != nil {
		return []string{err.Error()}
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return []string{err.Error()}
	}
	var found []string
	walk("$", tree, false, func(path string, object map[string]any) {
		found = append(found, checkRequired(path, object)...)
		found = append(found, checkHoisted(published, path, object)...)
	})
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return append(found, err.Error())
	}
	if err := loaded.Validate(context.Background()); err != nil {
		return append(found, err.Error())
	}
	if _, err := operationsOf(loaded); err != nil {
		found = append(found, err.Error())
	}
	return found
}

// explain applies the actions once more, one by one, to say which of them
// brought each of the found problems about.
func explain(published *yaml.Node, actions []action, found []string) error {
	doc := clone(published)
	now := problems(published, doc)
	origin := map[string]string{}
	for _, p := range now {
		origin[p] = "openapi.json as published, to be mended in api/overlays/" + repairsFile
	}
	for _, a := range actions {
		if err := apply(doc, a); err != nil {
			return fmt.Errorf("%s: %w", a, err)
		}
		before := now
		now = problems(published, doc)
		for _, p := range now {
			if !slices.Contains(before, p) {
				origin[p] = a.String()
			}
		}
	}
	var errs []error
	for _, p := range found {
		errs = append(errs, fmt.Errorf("%s: %s", origin[p], p))
	}
	return errors.Join(errs...)
}

// checkRequired finds required names without a property. A schema that is
// composed of several may require what another part declares.
func checkRequired(path string, object map[string]any) []string {
	properties, ok := object["properties"].(map[string]any)
	if !ok || composed(path, object) {
		return nil
	}
	var found []string
	required, _ := object["required"].([]any)
	for _, name := range required {
		if _, declared := properties[fmt.Sprint(name)]; !declared {
			found = append(found, fmt.Sprintf("%s.required names %v, which is not a declared property", path, name))
		}
	}
	return found
}

func composed(path string, object map[string]any) bool {
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		if object[key] != nil || strings.Contains(path, "."+key+"[") {
			return true
		}
	}
	return false
}

// checkHoisted compares a hoisted enum with every published place it replaces,
// so that a value added at one of them is not lost.
func checkHoisted(published *yaml.Node, path string, object map[string]any) []string {
	sources, _ := object[hoistedFrom].([]any)
	list, _ := object["enum"].([]any)
	have := map[string]bool{}
	for _, value := range list {
		have[fmt.Sprint(value)] = true
	}
	var found []string
	for _, source := range sources {
		values, err := publishedEnum(published, fmt.Sprint(source))
		if err != nil {
			found = append(found, fmt.Sprintf("%s: %s names %v: %v", path, hoistedFrom, source, err))
			continue
		}
		for _, value := range values {
			if value != nil && !have[fmt.Sprint(value)] { // null is Go's zero value, whatever the enum
				found = append(found, fmt.Sprintf("%s lacks the value %v that upstream publishes at %v", path, value, source))
			}
		}
	}
	return found
}

func publishedEnum(published *yaml.Node, path string) ([]any, error) {
	places, err := query(published, path)
	if err != nil {
		return nil, err
	}
	if len(places) != 1 || child(places[0], "enum") == nil {
		return nil, errors.New("upstream publishes no enum there any more")
	}
	var values []any
	if err := child(places[0], "enum").Decode(&values); err != nil {
		return nil, err
	}
	return values, nil
}

// Keys below which an object's own keys are names that somebody chose, so that
// one called "required" or "example" is no keyword.
var nameKeys = []string{
	"properties", "patternProperties", "paths", "responses", "content", "callbacks", "encoding", "variables",
	"schemas", "parameters", "requestBodies", "headers", "securitySchemes", "links",
}

// Keys that hold data rather than schemas.
var dataKeys = []string{"example", "examples", "default", "enum", "security"}

// walk visits the objects of a document, but no data in it; named says that
// node's keys are names.
func walk(path string, node any, named bool, visit func(path string, object map[string]any)) {
	switch n := node.(type) {
	case map[string]any:
		visit(path, n)
		for _, key := range slices.Sorted(maps.Keys(n)) {
			if !named && (slices.Contains(dataKeys, key) || strings.HasPrefix(key, "x-")) {
				continue
			}
			walk(path+"."+key, n[key], !named && slices.Contains(nameKeys, key), visit)
		}
	case []any:
		for i, item := range n {
			walk(fmt.Sprintf("%s[%d]", path, i), item, false, visit)
		}
	}
}
