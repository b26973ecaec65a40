package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed operations.go.tmpl
var operationsTemplate string

type operation struct {
	ID, Method, Path string
	Security         []map[string][]string
	IdempotencyKey   bool
	Repeatable       bool
	Success          []success
	Form             string
}

// success is a documented success answer. Without media types it has no body.
type success struct {
	Status     string
	MediaTypes []string
}

// operationTable renders the Go table of operations and security schemes.
// It reads each operation's own security: the flattened form that generators
// offer loses the difference between OR and AND.
func operationTable(effective []byte) ([]byte, error) {
	doc, err := openapi3.NewLoader().LoadFromData(effective)
	if err != nil {
		return nil, fmt.Errorf("effective document: %w", err)
	}
	operations, err := operationsOf(doc)
	if err != nil {
		return nil, err
	}
	tmpl, err := template.New("operations").Parse(operationsTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = tmpl.Execute(&out, map[string]any{
		"Operations": operations,
		"Default":    alternatives(doc.Security),
		"Schemes":    schemesOf(doc),
	})
	if err != nil {
		return nil, err
	}
	return format.Source(out.Bytes())
}

func schemesOf(doc *openapi3.T) map[string]*openapi3.SecurityScheme {
	schemes := map[string]*openapi3.SecurityScheme{}
	if doc.Components != nil {
		for name, ref := range doc.Components.SecuritySchemes {
			schemes[name] = ref.Value
		}
	}
	return schemes
}

func operationsOf(doc *openapi3.T) ([]operation, error) {
	var operations []operation
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		byMethod := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(byMethod)) {
			op := byMethod[method]
			security := doc.Security
			if op.Security != nil {
				security = *op.Security
			}
			repeatable, err := isRepeatable(op)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			answers := successesOf(op)
			operations = append(operations, operation{
				ID:             operationID(op.OperationID, method, path),
				Method:         method,
				Path:           path,
				Security:       alternatives(security),
				IdempotencyKey: documentsIdempotencyKey(item.Parameters) || documentsIdempotencyKey(op.Parameters),
				Repeatable:     repeatable || method == "GET" || method == "HEAD",
				Success:        answers,
				Form:           formOf(op, answers),
			})
		}
	}
	return operations, nil
}

// isRepeatable reads the extension, strictly: YAML's yes is a string.
func isRepeatable(op *openapi3.Operation) (bool, error) {
	value, ok := op.Extensions["x-pepay-repeatable"]
	if !ok {
		return false, nil
	}
	repeatable, ok := value.(bool)
	if !ok {
		return false, fmt.Errorf("x-pepay-repeatable is %v, want true or false", value)
	}
	return repeatable, nil
}

func alternatives(requirements openapi3.SecurityRequirements) []map[string][]string {
	out := make([]map[string][]string, len(requirements))
	for i, requirement := range requirements {
		out[i] = requirement
	}
	return out
}

func documentsIdempotencyKey(params openapi3.Parameters) bool {
	return slices.ContainsFunc(params, func(p *openapi3.ParameterRef) bool {
		return p.Value.In == "header" && strings.EqualFold(p.Value.Name, "Idempotency-Key")
	})
}

// successesOf lists the success answers, by status.
func successesOf(op *openapi3.Operation) []success {
	var answers []success
	for _, status := range slices.Sorted(maps.Keys(op.Responses.Map())) {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		var types []string
		for mediaType := range op.Responses.Value(status).Value.Content {
			types = append(types, essence(mediaType))
		}
		slices.SortFunc(types, jsonFirst)
		answers = append(answers, success{status, slices.Compact(types)})
	}
	return answers
}

// essence is a media type without parameters, in lower case.
func essence(mediaType string) string {
	mediaType, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
	return strings.TrimSpace(mediaType)
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

func jsonFirst(a, b string) int {
	switch aJSON, bJSON := isJSON(a), isJSON(b); {
	case aJSON && !bJSON:
		return -1
	case bJSON && !aJSON:
		return 1
	}
	return strings.Compare(a, b)
}

// formOf says where in a JSON success what was asked for is: "data" where the
// schema is an envelope around data, else "whole". The first documented JSON
// answer decides.
func formOf(op *openapi3.Operation, answers []success) string {
	for _, answer := range answers {
		for mediaType, content := range op.Responses.Value(answer.Status).Value.Content {
			if !isJSON(essence(mediaType)) {
				continue
			}
			properties := map[string]bool{}
			addProperties(properties, content.Schema, map[*openapi3.Schema]bool{})
			if isEnvelope(properties) {
				return "data"
			}
			return "whole"
		}
	}
	return ""
}

// isEnvelope recognises {success, data} with whatever else it has, and the two
// forms that Pepay's pages show once each: {ok, data} and {status, data}.
func isEnvelope(properties map[string]bool) bool {
	if !properties["data"] {
		return false
	}
	return properties["success"] || len(properties) == 2 && (properties["ok"] || properties["status"])
}

// addProperties collects the names of a schema's properties, through allOf.
func addProperties(into map[string]bool, ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	seen[ref.Value] = true
	for name := range ref.Value.Properties {
		into[name] = true
	}
	for _, part := range ref.Value.AllOf {
		addProperties(into, part, seen)
	}
}

// operationID names an operation that the document leaves nameless:
// POST /api/v1/ws/token is postApiV1WsToken.
func operationID(documented, method, path string) string {
	if documented != "" {
		return documented
	}
	id := strings.ToLower(method)
	for word := range strings.FieldsFuncSeq(path, func(r rune) bool { return !isAlphanumeric(r) }) {
		id += strings.ToUpper(word[:1]) + word[1:]
	}
	return id
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
