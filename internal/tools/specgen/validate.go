package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-openapi/jsonpointer"
	"gopkg.in/yaml.v3"
)

// validate checks a document against the standard, leniently: siblings of a $ref are
// ignored and patterns may use the syntax of another language. Examples and defaults
// that contradict their schema do not affect what is generated; warnings reports
// them.
func validate(doc *yaml.Node, loaded *openapi3.T) []finding {
	return located(doc, loaded.Validate(context.Background(),
		openapi3.EnableMultiError(), openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(),
		openapi3.DisableSchemaPatternValidation(), openapi3.AllowExtraSiblingFields(siblings(doc)...)))
}

// warnings lists the examples and defaults that contradict their schemas.
func warnings(doc *yaml.Node) []finding {
	text, err := encodeJSON(doc)
	if err != nil {
		return nil
	}
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil
	}
	var found []finding
	check := func(schema path, value *yaml.Node, at path) {
		if text := contradiction(doc, loaded, schema, value); text != "" {
			found = append(found, finding{path: at, text: text})
		}
	}
	for p := range places(doc) {
		schema := p.path.with("schema")
		switch {
		case p.kind == "schema":
			schema = p.path
			check(schema, child(p.node, "default"), p.path.with("default"))
			if list := child(p.node, "examples"); list != nil && list.Kind == yaml.SequenceNode {
				for i, value := range list.Content {
					check(schema, value, p.path.with("examples", fmt.Sprint(i)))
				}
			}
		case child(p.node, "schema") == nil:
			continue
		}
		check(schema, child(p.node, "example"), p.path.with("example"))
		for name, example := range pairs(child(p.node, "examples")) {
			check(schema, child(example, "value"), p.path.with("examples", name))
		}
	}
	return found
}

// contradiction describes how a value violates a schema, or returns "".
func contradiction(doc *yaml.Node, loaded *openapi3.T, at path, value *yaml.Node) string {
	if value == nil {
		return ""
	}
	for range 100 { // references to references
		ref := child(find(doc, at), "$ref")
		if ref == nil {
			break
		}
		at = splitPointer(strings.TrimPrefix(ref.Value, "#/"))
	}
	pointer, err := jsonpointer.New(strings.TrimPrefix(at.pointer(), "#"))
	if err != nil {
		return ""
	}
	schema, _, err := pointer.Get(loaded)
	if err != nil {
		return ""
	}
	text, err := encodeJSON(value)
	if err != nil {
		return ""
	}
	var decoded any
	if err := json.Unmarshal(text, &decoded); err != nil {
		return ""
	}
	if schema, ok := schema.(*openapi3.Schema); ok {
		if err := loaded.ValidateSchemaJSON(schema, decoded); err != nil {
			return "contradicts its schema: " + oneLine(strings.Join(strings.Fields(shortened(err)), " "))
		}
	}
	return ""
}

// siblings lists the keys that stand beside a $ref.
func siblings(doc *yaml.Node) []string {
	var found []string
	for p := range places(doc) {
		if child(p.node, "$ref") == nil {
			continue
		}
		for key := range pairs(p.node) {
			if !slices.Contains(found, key) {
				found = append(found, key)
			}
		}
	}
	return found
}

// located turns the errors of the library into findings with their place.
func located(doc *yaml.Node, err error) []finding {
	if err == nil {
		return nil
	}
	var list openapi3.MultiError
	if !errors.As(err, &list) {
		list = openapi3.MultiError{err}
	}
	var found []finding
	for _, err := range list {
		var duplicate *openapi3.DuplicateOperationIDError
		if errors.As(err, &duplicate) {
			continue // checkOperationIDs says where both are
		}
		at, said := locate(doc, nil, err)
		f := finding{path: at, text: oneLine(strings.Join(strings.Fields(said), " "))}
		if !slices.ContainsFunc(found, func(other finding) bool { return slices.Equal(other.path, f.path) && other.text == f.text }) {
			found = append(found, f)
		}
	}
	return found
}

// shortened leaves out the schema and the value that the library prints below a
// message.
func shortened(err error) string {
	message, _, _ := strings.Cut(err.Error(), "\nSchema:")
	return message
}

// sections are the parts of components by the name that the library has for them.
var sections = map[string]string{
	"schema": "schemas", "parameter": "parameters", "header": "headers", "request body": "requestBodies", "response": "responses",
	"security scheme": "securitySchemes", "example": "examples", "link": "links", "callback": "callbacks",
}

// locate follows the library's wrappers inwards. It returns the place, and what
// is wrong there.
func locate(doc *yaml.Node, at path, err error) (path, string) {
	for {
		next := at
		var cause error
		switch e := err.(type) { //nolint:errorlint // one wrapper after the other
		case *openapi3.SectionValidationError:
			next, cause = path{e.Section}, e.Cause
		case *openapi3.PathValidationError:
			next, cause = path{"paths", e.Path}, e.Cause
		case *openapi3.OperationValidationError:
			next, cause = at.with(strings.ToLower(e.Method)), e.Cause
		case *openapi3.ComponentValidationError:
			next, cause = path{"components", sections[e.Section], e.Name}, e.Cause
		case *openapi3.WebhookValidationError:
			next, cause = path{"webhooks", e.Name}, e.Cause
		case *openapi3.ParameterFieldValidationError:
			next, cause = parameterNamed(doc, at, e.ParameterName), e.Cause
		case *openapi3.SchemaCombinatorElementValidationError:
			cause = e.Cause
		case *openapi3.PathParametersError:
			return path{"paths", e.Path, strings.ToLower(e.Method)}, err.Error()
		case *openapi3.SchemaTypeError:
			return typed(doc, at, e.Type), err.Error()
		default:
			return at, shortened(err)
		}
		if find(doc, next) != nil {
			at = next
		}
		err = cause
	}
}

func parameterNamed(doc *yaml.Node, at path, name string) path {
	return only(doc, at, func(p place) (path, bool) {
		return p.path, p.kind == "parameter" && valueOf(child(p.node, "name")) == name
	})
}

// typed finds the schema with a type. The library repeats the error for every schema
// that refers to it.
func typed(doc *yaml.Node, at path, name string) path {
	meant := func(p place) (path, bool) {
		n := child(p.node, "type")
		return p.path.with("type"), n != nil && p.kind == "schema" &&
			(n.Value == name || slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return item.Value == name }))
	}
	if all := only(doc, nil, meant); all != nil {
		return all
	}
	return only(doc, at, meant)
}

// only is the place below at that is meant, if there is one and no other.
func only(doc *yaml.Node, at path, meant func(place) (path, bool)) path {
	var found []path
	for p := range places(doc) {
		if len(p.path) < len(at) || !slices.Equal(p.path[:len(at)], at) {
			continue
		}
		if here, ok := meant(p); ok {
			found = append(found, here)
		}
	}
	if len(found) != 1 {
		return at
	}
	return found[0]
}
