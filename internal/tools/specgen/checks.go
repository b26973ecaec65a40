package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// hoistedFrom is the extension by which a component says which published
// places it stands for.
const hoistedFrom = "x-pepay-hoisted-from"

var containerTarget = regexp.MustCompile(`^\$\.(paths|components\.[A-Za-z]+)$`)

// checkAddition refuses an addition to paths or components whose name upstream
// already publishes: merging the two would hide which of them holds.
func checkAddition(doc *yaml.Node, a action) error {
	m := containerTarget.FindStringSubmatch(a.Target)
	if m == nil || a.Update.IsZero() {
		return nil
	}
	container := doc
	for name := range strings.SplitSeq(m[1], ".") {
		container = child(container, name)
	}
	var taken []string
	eachPair(&a.Update, func(name string, _ *yaml.Node) {
		if child(container, name) != nil {
			taken = append(taken, name)
		}
	})
	if len(taken) > 0 {
		return fmt.Errorf("adds %s, which is published upstream now: remove the addition or rename it", strings.Join(taken, ", "))
	}
	return nil
}

// checkDocument holds what the effective document must satisfy as a whole.
func checkDocument(published, effective []byte) error {
	var was, is any
	if err := json.Unmarshal(published, &was); err != nil {
		return err
	}
	if err := json.Unmarshal(effective, &is); err != nil {
		return err
	}
	var errs []error
	walk("$", is, func(path string, object map[string]any) {
		errs = append(errs, checkDoubled(path, object), checkRequired(path, object), checkHoisted(was, path, object))
	})
	doc, err := openapi3.NewLoader().LoadFromData(effective)
	if err != nil {
		return errors.Join(append(errs, fmt.Errorf("effective document: %w", err))...)
	}
	if err := doc.Validate(context.Background()); err != nil {
		errs = append(errs, fmt.Errorf("effective document: %w", err))
	}
	return errors.Join(errs...)
}

// checkDoubled finds the trace of an overlay that appended to a list what
// upstream has put there meanwhile. Examples are data and may repeat; so may
// an enum, which upstream owns.
func checkDoubled(path string, object map[string]any) error {
	var errs []error
	for _, key := range []string{"required", "tags", "parameters", "security"} {
		list, _ := object[key].([]any)
		seen := map[string]bool{}
		for _, item := range list {
			text, err := json.Marshal(item)
			if err != nil {
				return err
			}
			if seen[string(text)] {
				errs = append(errs, fmt.Errorf("%s.%s lists %s twice: an overlay action adds what upstream publishes now", path, key, text))
			}
			seen[string(text)] = true
		}
	}
	return errors.Join(errs...)
}

func checkRequired(path string, object map[string]any) error {
	required, _ := object["required"].([]any)
	properties, ok := object["properties"].(map[string]any)
	if !ok {
		return nil
	}
	var errs []error
	for _, name := range required {
		if _, declared := properties[fmt.Sprint(name)]; !declared {
			errs = append(errs, fmt.Errorf("%s.required names %v, which is not a declared property", path, name))
		}
	}
	return errors.Join(errs...)
}

// checkHoisted compares a hoisted enum with every published place it replaces,
// so that a value added at one of them is not lost.
func checkHoisted(published any, path string, object map[string]any) error {
	sources, _ := object[hoistedFrom].([]any)
	var errs []error
	for _, source := range sources {
		at := fmt.Sprint(source)
		values := enumValues(lookup(published, at))
		if values == nil {
			errs = append(errs, fmt.Errorf("%s stands for the enum at %s, which upstream does not publish any more", path, at))
			continue
		}
		have := enumValues(object)
		for _, value := range slices.Sorted(maps.Keys(values)) {
			if !have[value] {
				errs = append(errs, fmt.Errorf("%s lacks the value %s that upstream publishes at %s: add it to the component in %s", path, value, at, repairsFile))
			}
		}
	}
	return errors.Join(errs...)
}

func enumValues(schema any) map[string]bool {
	object, _ := schema.(map[string]any)
	list, ok := object["enum"].([]any)
	if !ok {
		return nil
	}
	values := map[string]bool{}
	for _, v := range list {
		values[fmt.Sprint(v)] = true
	}
	return values
}

// lookup follows a dotted path of plain keys, such as $.components.schemas.Name.
func lookup(doc any, path string) any {
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "$."), ".") {
		object, _ := doc.(map[string]any)
		doc = object[name]
	}
	return doc
}

func walk(path string, node any, visit func(path string, object map[string]any)) {
	switch n := node.(type) {
	case map[string]any:
		visit(path, n)
		for _, key := range slices.Sorted(maps.Keys(n)) {
			if key != "example" && key != "examples" {
				walk(path+"."+key, n[key], visit)
			}
		}
	case []any:
		for i, item := range n {
			walk(fmt.Sprintf("%s[%d]", path, i), item, visit)
		}
	}
}
