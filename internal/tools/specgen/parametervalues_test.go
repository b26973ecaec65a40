package main

import (
	"strings"
	"testing"
)

// What the generator gets for a parameter's schema: a text, a component, or the
// schema as it is.
func TestPrepareParameters(t *testing.T) {
	t.Parallel()
	const object = `{"type":"object","properties":{"gte":{"type":"integer"}}}`
	for name, tc := range map[string]struct {
		schema string
		want   string // in overlay.gen.yaml
		absent string
	}{
		"texts and numbers":        {`{"oneOf":[{"type":"string"},{"type":"integer"}]}`, "x-go-type: string", "getA-p-parameter"},
		"any of scalars":           {`{"anyOf":[{"type":"boolean"},{"type":"string","enum":["a"]}]}`, "x-go-type: string", "getA-p-parameter"},
		"a reference":              {`{"oneOf":[{"$ref":"#/components/schemas/Name"},{"type":"integer"}]}`, "x-go-type: string", "getA-p-parameter"},
		"a union in a union":       {`{"oneOf":[{"oneOf":[{"type":"string"},{"type":"number"}]},{"type":"integer"}]}`, "x-go-type: string", "getA-p-parameter"},
		"a list of them":           {`{"type":"array","items":{"oneOf":[{"type":"string"},{"type":"integer"}]}}`, "x-go-type: string", "getA-p-parameter"},
		"an object among them":     {`{"anyOf":[{"type":"integer"},` + object + `]}`, "getA-p-parameter", "x-go-type: string"},
		"a list among them":        {`{"oneOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}]}`, "getA-p-parameter", "x-go-type: string"},
		"a reference to an object": {`{"oneOf":[{"type":"string"},{"$ref":"#/components/schemas/A"}]}`, "getA-p-parameter", "x-go-type: string"},
		"one type":                 {`{"type":"string"}`, "", "x-go-type: string"},
		"an object":                {object, "", "getA-p-parameter"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := `"schema":` + tc.schema
			if tc.schema == "JSON" {
				schema = `"content":{"application/json":{"schema":{"oneOf":[{"type":"string"},{"type":"integer"}]}}}`
			}
			paths := strings.Replace(getA, `"tags"`, `"parameters":[{"name":"p","in":"query",`+schema+`}],"tags"`, 1)
			files, err := contract{
				document: document(paths, strings.Replace(schemaA, `"A":`, `"Name":{"type":"string"},"A":`, 1)),
				overlays: map[string]string{"repairs.yaml": harmless},
			}.generate(t)
			if err != nil {
				t.Fatal(err)
			}
			got := string(files["api/overlay.gen.yaml"])
			if !strings.Contains(got, tc.want) || strings.Contains(got, tc.absent) {
				t.Errorf("want %q and not %q in\n%s", tc.want, tc.absent, got)
			}
			if strings.Contains(string(files["api/openapi.effective.json"]), "getA-p-parameter") {
				t.Error("the contract itself has changed")
			}
		})
	}
}
