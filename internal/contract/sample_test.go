package contract_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// sampleRequest makes the smallest request to an operation that the document
// allows: what is required and nothing else. An operation that the document gains
// is tested without a hand-written line.
func sampleRequest(path string, item *openapi3.PathItem, op *openapi3.Operation) (target string, header http.Header, body any) {
	query := url.Values{}
	header = http.Header{}
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		p := ref.Value
		value := fmt.Sprint(sampleParameter(p))
		switch {
		case p.In == openapi3.ParameterInPath:
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(value))
		case !p.Required:
		case p.In == openapi3.ParameterInQuery:
			query.Set(p.Name, value)
		case p.In == openapi3.ParameterInHeader:
			header.Set(p.Name, value)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if op.RequestBody != nil {
		if media := op.RequestBody.Value.Content.Get("application/json"); media != nil && media.Schema != nil {
			body = sample(media.Schema.Value, 0)
		}
	}
	return path, header, body
}

func sampleParameter(p *openapi3.Parameter) any {
	switch {
	case p.Example != nil:
		return p.Example
	case p.Schema != nil:
		return sample(p.Schema.Value, 0)
	default:
		return "x"
	}
}

// maxDepth is where a sample of a schema that contains itself stops.
const maxDepth = 8

func sample(s *openapi3.Schema, depth int) any {
	switch {
	case s == nil || depth > maxDepth:
		return nil
	case s.Example != nil:
		return s.Example
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AllOf) > 0:
		return sampleAll(s, depth)
	case len(s.OneOf) > 0:
		return sample(s.OneOf[0].Value, depth+1)
	case len(s.AnyOf) > 0:
		return sample(s.AnyOf[0].Value, depth+1)
	case s.Type.Includes("object") || len(s.Properties) > 0:
		return sampleObject(s, depth)
	case s.Type.Includes("array"):
		list := make([]any, s.MinItems)
		for i := range list {
			list[i] = sample(s.Items.Value, depth+1)
		}
		return list
	case s.Type.Includes("boolean"):
		return true
	case s.Type.Includes("integer"), s.Type.Includes("number"):
		if s.Min != nil {
			return *s.Min
		}
		return 1
	case s.Type.Includes("string"):
		return sampleString(s)
	default:
		return map[string]any{}
	}
}

func sampleObject(s *openapi3.Schema, depth int) map[string]any {
	object := map[string]any{}
	for _, name := range s.Required {
		if property := s.Properties[name]; property != nil {
			object[name] = sample(property.Value, depth+1)
		}
	}
	return object
}

// sampleAll is a sample of the parts together: one may require what another declares.
func sampleAll(s *openapi3.Schema, depth int) any {
	whole := &openapi3.Schema{Required: s.Required, Properties: maps.Clone(s.Properties)}
	if whole.Properties == nil {
		whole.Properties = openapi3.Schemas{}
	}
	object := map[string]any{}
	for _, part := range s.AllOf {
		fields, ok := sample(part.Value, depth+1).(map[string]any)
		if !ok {
			return sample(part.Value, depth+1)
		}
		maps.Copy(object, fields)
		maps.Copy(whole.Properties, part.Value.Properties)
		whole.Required = slices.Concat(whole.Required, part.Value.Required)
	}
	maps.Copy(object, sampleObject(whole, depth))
	return object
}

func sampleString(s *openapi3.Schema) string {
	switch s.Format {
	case "date-time":
		return "2025-01-02T03:04:05Z"
	case "date":
		return "2025-01-02"
	case "uuid":
		return "0b7e7a4e-5c2b-4a0e-9f57-1d2c3b4a5f60"
	case "email":
		return "payor@example.com"
	case "uri", "url":
		return "https://example.com/"
	}
	return strings.Repeat("x", int(max(1, s.MinLength)))
}
