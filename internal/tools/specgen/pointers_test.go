package main

import (
	"fmt"
	"testing"
)

func param(name, more string) string {
	return fmt.Sprintf(`{"name":%q,"in":"query"%s,"schema":{"type":"string"}}`, name, more)
}

// parametersContract declares parameters wherever a document can.
var parametersContract = contract{
	document: document(
		`"/a's b/{id}":{
			"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}},`+param("of-path", "")+`],
			"get":{"parameters":[`+param("optional", "")+`,`+param("required", `,"required":true`)+`,`+param("said-optional", `,"required":false`)+`,
				{"$ref":"#/components/parameters/Shared"},`+param("by-hand", "")+`],
				"responses":{"200":{"description":"ok"}}},
			"x-data":{"parameters":[{"name":"x"}]}}`,
		schemaA+`,"parameters":{"Shared":`+param("shared", "")+`,"Needed":`+param("needed", `,"required":true`)+`}`),
	overlays: repairs("- target: $.paths[*].get.parameters[4]\n  update: {x-go-type-skip-optional-pointer: true}\n"),
}

// Optional parameters become pointers wherever they are declared, and nothing
// else does.
func TestOptionalParameters(t *testing.T) {
	t.Parallel()
	doc := parametersContract.forGenerator(t)

	path := "/a's b/{id}"
	for name, tc := range map[string]struct {
		at   []any
		want any
	}{
		"path parameter":             {[]any{"paths", path, "parameters", 0}, nil},
		"optional, on the path":      {[]any{"paths", path, "parameters", 1}, false},
		"optional, on the operation": {[]any{"paths", path, "get", "parameters", 0}, false},
		"required":                   {[]any{"paths", path, "get", "parameters", 1}, nil},
		"required is false":          {[]any{"paths", path, "get", "parameters", 2}, false},
		"reference":                  {[]any{"paths", path, "get", "parameters", 3}, nil},
		"an overlay decided":         {[]any{"paths", path, "get", "parameters", 4}, true},
		"optional component":         {[]any{"components", "parameters", "Shared"}, false},
		"required component":         {[]any{"components", "parameters", "Needed"}, nil},
		"extension":                  {[]any{"paths", path, "x-data", "parameters", 0}, nil},
	} {
		object, _ := at(t, doc, tc.at...).(map[string]any)
		if got := object[skipPointer]; got != tc.want {
			t.Errorf("%s: %s is %v, want %v", name, skipPointer, got, tc.want)
		}
	}
}
