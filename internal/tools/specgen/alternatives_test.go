package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Where two snapshots of the documentation differ in the type of a member, its schema
// is an anyOf of both, with the Go type that reads both. The values of both conform.
func TestAlternativesWithAGoType(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		schema        string // of the property p
		want          string
		valid, wrongs []string
	}{
		"amount as a number or text": {
			schema: `{anyOf: [{type: number}, {type: string}], x-go-type: Decimal}`,
			want:   "P Decimal `json",
			valid:  []string{`9.00`, `"9.00"`}, wrongs: []string{`true`, `null`, `{}`},
		},
		"time as seconds, text or null": {
			schema: `{anyOf: [{type: integer}, {type: string, format: date-time}], nullable: true, x-go-type: Timestamp}`,
			want:   "P Timestamp `json",
			valid:  []string{`1700000000`, `"2023-11-14T22:13:20Z"`, `null`}, wrongs: []string{`1.5`, `[]`},
		},
		"id as a number or text": {
			schema: `{anyOf: [{type: string}, {type: integer}], description: What it is., x-go-type: json.RawMessage}`,
			want:   "// P What it is.\nP json.RawMessage `json",
			valid:  []string{`"a"`, `12`}, wrongs: []string{`{}`},
		},
		"object or a list of them": {
			schema: `{anyOf: [{$ref: '#/components/schemas/A'}, {type: array, items: {$ref: '#/components/schemas/A'}}], x-go-type: json.RawMessage}`,
			want:   "P json.RawMessage `json",
			valid:  []string{`{"n":1}`, `[{"n":1}]`}, wrongs: []string{`"a"`},
		},
		"items of a list": {
			schema: `{type: array, items: {anyOf: [{type: number}, {type: string}], x-go-type: Decimal}}`,
			want:   "P []Decimal `json",
			valid:  []string{`[1, "1.5"]`}, wrongs: []string{`[true]`},
		},
		"component": {
			schema: `{$ref: '#/components/schemas/Amount'}`,
			want:   "P Amount `json",
			valid:  []string{`1`, `"1.5"`}, wrongs: []string{`true`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := contract{document: document(getA, `"schemas":{`+usedByHand+`"A":{"type":"object","properties":{"n":{"type":"integer"}}}}`), overlays: repairs(`
- target: $.components.schemas
  update:
    Amount: {anyOf: [{type: number}, {type: string}], x-go-type: Decimal}
    Thing: {type: object, properties: {p: ` + tc.schema + `}}
`)}
			if got := c.client(t); !strings.Contains(got, tc.want) {
				t.Errorf("no %q in\n%s", tc.want, models(got))
			}
			files, err := c.generate(t)
			if err != nil {
				t.Fatal(err)
			}
			thing := thingOf(t, files["api/openapi.effective.json"])
			for _, value := range tc.valid {
				if err := visit(t, thing, value); err != nil {
					t.Errorf("%s does not conform: %v", value, err)
				}
			}
			for _, value := range tc.wrongs {
				if visit(t, thing, value) == nil {
					t.Errorf("%s conforms", value)
				}
			}
		})
	}
}

// thingOf is the schema Thing of the effective document.
func thingOf(t *testing.T, effective []byte) *openapi3.Schema {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(effective)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas["Thing"].Value
}

func visit(t *testing.T, thing *openapi3.Schema, p string) error {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(`{"p":`+p+`}`), &value); err != nil {
		t.Fatal(err)
	}
	return thing.VisitJSON(value)
}
