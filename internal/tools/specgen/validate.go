package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// validate holds a document against the standard, as it is lived: what stands
// beside a $ref is passed over, patterns may be those of another language, and an
// example or a default that contradicts its schema changes nothing that is
// generated; warnings reports those.
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
	return located(doc, loaded.Validate(context.Background(),
		openapi3.EnableMultiError(), openapi3.DisableSchemaPatternValidation(), openapi3.AllowExtraSiblingFields(siblings(doc)...)))
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

// located reads from the errors of the library which place of the document each
// is about.
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
		f := finding{}
		f.path, err = locate(doc, nil, err)
		f.text = oneLine(strings.Join(strings.Fields(shortened(err)), " "))
		found = append(found, f)
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

// locate follows the library's wrappers inwards. It returns the place, and the
// error that is left.
func locate(doc *yaml.Node, at path, err error) (path, error) {
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
		case *openapi3.MediaTypeExampleValidationError:
			next, cause = exampleNamed(doc, at, e.ExampleName), fmt.Errorf("the example %s contradicts its schema: %w", e.ExampleName, e.Cause)
		case *openapi3.SchemaValueError:
			next, cause = keyword(doc, at, e.ValueKind), fmt.Errorf("the %s contradicts its schema: %w", e.ValueKind, e.Cause)
		case *openapi3.SchemaTypeError:
			return typed(doc, at, e.Type), err
		default:
			return at, err
		}
		if find(doc, next) == nil {
			return at, err
		}
		at, err = next, cause
	}
}

func parameterNamed(doc *yaml.Node, at path, name string) path {
	return only(doc, at, func(p place) (path, bool) {
		return p.path, p.kind == "parameter" && valueOf(child(p.node, "name")) == name
	})
}

func exampleNamed(doc *yaml.Node, at path, name string) path {
	return only(doc, at, func(p place) (path, bool) {
		return p.path.with("examples", name), child(child(p.node, "examples"), name) != nil
	})
}

func keyword(doc *yaml.Node, at path, key string) path {
	return only(doc, at, func(p place) (path, bool) {
		return p.path.with(key), child(p.node, key) != nil
	})
}

func typed(doc *yaml.Node, at path, name string) path {
	return only(doc, at, func(p place) (path, bool) {
		n := child(p.node, "type")
		return p.path.with("type"), n != nil && p.kind == "schema" &&
			(n.Value == name || slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return item.Value == name }))
	})
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
