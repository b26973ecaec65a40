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
	JSON             []string
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
	schemes := schemesOf(doc)
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
			for _, alternative := range security {
				for _, name := range slices.Sorted(maps.Keys(alternative)) {
					if schemes[name] == nil {
						return nil, fmt.Errorf("%s %s asks for the security scheme %q, which is not declared in components.securitySchemes", method, path, name)
					}
				}
			}
			repeatable, err := isRepeatable(op)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			operations = append(operations, operation{
				ID:             operationID(op.OperationID, method, path),
				Method:         method,
				Path:           path,
				Security:       alternatives(security),
				IdempotencyKey: documentsIdempotencyKey(item.Parameters) || documentsIdempotencyKey(op.Parameters),
				Repeatable:     repeatable || method == "GET" || method == "HEAD",
				JSON:           jsonStatuses(op),
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

// jsonStatuses lists the success statuses that are documented with a JSON body.
func jsonStatuses(op *openapi3.Operation) []string {
	var statuses []string
	for _, status := range slices.Sorted(maps.Keys(op.Responses.Map())) {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		for mediaType := range op.Responses.Value(status).Value.Content {
			mediaType, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
			mediaType = strings.TrimSpace(mediaType)
			if mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") {
				statuses = append(statuses, status)
				break
			}
		}
	}
	return statuses
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
