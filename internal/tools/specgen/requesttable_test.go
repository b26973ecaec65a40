package main

import (
	"fmt"
	"strings"
	"testing"
)

// The table as Go, of one operation with these parameters and this body.
func TestRequestTable(t *testing.T) {
	t.Parallel()
	const schemas = `"schemas":{` + usedByHand + `
		"A":{"type":"object","required":["n"],"properties":{"n":{"type":"integer","minimum":1}}},
		"Tree":{"type":"object","properties":{"leaves":{"type":"array","maxItems":3,"items":{"$ref":"#/components/schemas/Tree"}}}},
		"Colour":{"type":"string","enum":["red","blue"]}},
		"parameters":{"Limit":{"name":"limit","in":"query","schema":{"type":"integer","maximum":50}}},
		"securitySchemes":{"ticket":{"type":"apiKey","in":"query","name":"ticket"},"key":{"type":"apiKey","in":"header","name":"x-key"}}`
	for name, tc := range map[string]struct {
		operation string // its members, with commas
		want      []string
		without   string
		warning   string
	}{
		"nothing":          {operation: ``, want: []string{`"getA": {},`}},
		"query":            {operation: `"parameters":[{"name":"q","in":"query","required":true,"schema":{"type":"string","minLength":1}}],`, want: []string{`{name: "q", required: true, schema: &schema{types: []string{"string"}, minLength: "1"}},`}},
		"by reference":     {operation: `"parameters":[{"$ref":"#/components/parameters/Limit"}],`, want: []string{`{name: "limit", schema: &schema{types: []string{"integer"}, max: "50"}},`}},
		"header":           {operation: `"parameters":[{"name":"X-A","in":"header","schema":{"type":"string","pattern":"^a$"}}],`, want: []string{"headers: []parameter{\n", `pattern: regexp.MustCompile("^a$")`, "import \"regexp\"\n"}},
		"reserved header":  {operation: `"parameters":[{"name":"accept","in":"header","schema":{"type":"string"}}],`, want: []string{`"getA": {},`}},
		"path":             {operation: `"parameters":[{"name":"c","in":"cookie","schema":{"type":"string"}}],`, want: []string{`"getA": {},`}},
		"credential":       {operation: `"security":[{"key":[]},{"ticket":[]}],`, want: []string{`{name: "ticket", schema: &schema{types: []string{"string"}}},`}, without: "x-key"},
		"list":             {operation: `"parameters":[{"name":"q","in":"query","schema":{"type":"array","items":{"type":"string"}}}],`, want: []string{`{name: "q", repeats: true, schema: &schema{types: []string{"array"}, items: &schema{types: []string{"string"}}}},`}},
		"list with commas": {operation: `"parameters":[{"name":"q","in":"query","explode":false,"schema":{"type":"array","items":{"type":"string"}}}],`, want: []string{`name: "q", split: ",", schema:`}},
		"list with pipes":  {operation: `"parameters":[{"name":"q","in":"query","style":"pipeDelimited","explode":false,"schema":{"type":"array","items":{"type":"string"}}}],`, want: []string{`name: "q", split: "|", schema:`}},
		"object":           {operation: `"parameters":[{"name":"q","in":"query","style":"deepObject","schema":{"type":"object"}}],`, want: []string{`{name: "q"},`}, warning: "the simulator does not check a parameter that is an object"},
		"body":             {operation: bodyOf(`{"$ref":"#/components/schemas/A"}`), want: []string{`body: &schema{ref: "A"},`, `"A": {types: []string{"object"}, properties: map[string]*schema{`, `"n": {types: []string{"integer"}, min: "1"},`, `required: []string{"n"}},`}, without: `"Tree"`},
		"required body":    {operation: strings.Replace(bodyOf(`{}`), `"content"`, `"required":true,"content"`, 1), want: []string{"body: ", "&schema{},", "bodyRequired: true,"}},
		"form":             {operation: strings.ReplaceAll(bodyOf(`{"type":"object"}`), "application/json", "text/csv"), want: []string{`"getA": {},`}},
		"holds itself":     {operation: bodyOf(`{"$ref":"#/components/schemas/Tree"}`), want: []string{`"leaves": {types: []string{"array"}, maxItems: "3", items: &schema{ref: "Tree"}},`}},
		"numbers as they are": {operation: bodyOf(`{"type":"number","minimum":0.010,"maximum":12345678901234567890.5,"exclusiveMaximum":true}`), want: []string{
			`body: &schema{types: []string{"number"}, min: "0.010", below: "12345678901234567890.5"},`}},
		"enum":          {operation: bodyOf(`{"$ref":"#/components/schemas/Colour"}`), want: []string{`"Colour": {types: []string{"string"}, enum: []string{"red", "blue"}},`}},
		"nullable enum": {operation: bodyOf(`{"type":"string","nullable":true,"enum":["red",null]}`), want: []string{`types: []string{"string"}, nullable: true, enum: []string{"red"}`}},
		"parts":         {operation: bodyOf(`{"allOf":[{"$ref":"#/components/schemas/A"},{"required":["m"]}]}`), want: []string{`all: []*schema{{ref: "A"}, {required: []string{"m"}}}`}},
		"alternatives":  {operation: bodyOf(`{"oneOf":[{"type":"string"},{"type":"integer"}]}`), want: []string{`oneOf: []*schema{{types: []string{"string"}}, {types: []string{"integer"}}}`}},
		"closed":        {operation: bodyOf(`{"type":"object","additionalProperties":false}`), want: []string{`closed: true`}},
		"others":        {operation: bodyOf(`{"type":"object","additionalProperties":{"type":"string"}}`), want: []string{`others: &schema{types: []string{"string"}}`}},
		"only read":     {operation: bodyOf(`{"type":"object","properties":{"id":{"type":"string","readOnly":true},"a":{}}}`), want: []string{`"a": {},`}, without: `"id"`},
		"pattern of another language": {operation: bodyOf(`{"type":"string","pattern":"^(?!a)"}`), want: []string{`body: &schema{types: []string{"string"}},`},
			warning: "a pattern that Go's regular expressions do not have"},
		"unknown rule": {operation: bodyOf(`{"type":"array","items":{},"uniqueItems":true}`), want: []string{`types: []string{"array"}`}, warning: "openapi.json as published, #/paths/~1a/get/requestBody/content/application~1json/schema/uniqueItems: the simulator does not check uniqueItems"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := document(`"/a":{"get":{"operationId":"getA",`+tc.operation+`"responses":{"200":{"description":"ok"}}}}`, schemas)
			g, err := generate(contract{document: doc, overlays: map[string]string{"repairs.yaml": harmless}}.write(t))
			if err != nil {
				t.Fatal(err)
			}
			table := string(g.files["internal/server/requests.gen.go"])
			for _, want := range tc.want {
				if !strings.Contains(table, want) {
					t.Errorf("the table lacks %s", want)
				}
			}
			if tc.without != "" && strings.Contains(table, tc.without) {
				t.Errorf("the table has %s", tc.without)
			}
			if t.Failed() {
				t.Log(table)
			}
			if got := fmt.Sprint(g.warnings); !strings.Contains(got, tc.warning) || tc.warning == "" && len(g.warnings) > 0 {
				t.Errorf("warnings %s, want %s", got, tc.warning)
			}
		})
	}
}

// bodyOf is a request body in JSON with this schema.
func bodyOf(schema string) string {
	return `"requestBody":{"content":{"application/json":{"schema":` + schema + `}}},`
}
