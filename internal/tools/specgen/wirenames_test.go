package main

import (
	"strings"
	"testing"
)

func TestWireNames(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		properties string
		want       []string // lines of the file, without the indentation
		absent     string
	}{
		"text":                    {`"a":{"type":"string","x-go-type":"Token"}`, []string{"Token = string"}, "import"},
		"integer":                 {`"a":{"type":"integer","x-go-type":"Moment"}`, []string{"Moment = int64"}, "import"},
		"number":                  {`"a":{"type":"number","x-go-type":"Amount"}`, []string{`import "encoding/json"`, "Amount = json.Number"}, "any"},
		"boolean":                 {`"a":{"type":"boolean","x-go-type":"Flag"}`, []string{"Flag = bool"}, "any"},
		"first alternative":       {`"a":{"anyOf":[{"type":"number"},{"type":"string"}],"x-go-type":"Amount"}`, []string{"Amount = json.Number"}, "any"},
		"two forms of one name":   {`"a":{"type":"integer","x-go-type":"Moment"},"b":{"type":"string","x-go-type":"Moment"}`, []string{"Moment = any"}, "int64"},
		"the same form twice":     {`"a":{"type":"integer","x-go-type":"Moment"},"b":{"type":"integer","x-go-type":"Moment"}`, []string{"Moment = int64"}, "any"},
		"no form":                 {`"a":{"x-go-type":"Thing"}`, []string{"Thing = any"}, "int64"},
		"a type of a package":     {`"a":{"type":"object","x-go-type":"json.RawMessage"}`, nil, "type ("},
		"a type of the language":  {`"a":{"type":"string","x-go-type":"string"}`, nil, "type ("},
		"none":                    {`"a":{"type":"string"}`, nil, "type ("},
		"a component's name":      {`"a":{"anyOf":[{"$ref":"#/components/schemas/A"},{"type":"array","items":{"type":"string"}}],"x-go-type":"A"}`, nil, "type ("},
		"several, in their order": {`"c":{"type":"string","x-go-type":"C"},"b":{"type":"string","x-go-type":"B"}`, []string{"B = string", "C = string"}, "any"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := contract{
				document: document(getA, schemaA),
				overlays: repairs("- target: $.components.schemas\n  update: {S: {type: object, properties: {" + strings.ReplaceAll(tc.properties, `":`, `": `) + "}}}\n"),
			}.generate(t)
			if err != nil {
				t.Fatal(err)
			}
			got := string(files["internal/server/wire.gen.go"])
			rest := got
			for _, line := range tc.want {
				_, after, found := strings.Cut(rest, line+"\n")
				if !found {
					t.Fatalf("no %q in its place in\n%s", line, got)
				}
				rest = after
			}
			if strings.Contains(got, tc.absent) {
				t.Errorf("%q in\n%s", tc.absent, got)
			}
		})
	}
}
