package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestExampleTable(t *testing.T) {
	t.Parallel()
	answer := func(content string) string {
		return `"responses":{"200":{"description":"ok","content":{"application/json":{` + content + `}}}}`
	}
	thing := func(schema string) string { return answer(`"schema":` + schema) }
	for name, tc := range map[string]struct{ operation, want string }{
		"anything":          {thing(`{}`), `{Status: 200, Body: "{}"}`},
		"no body":           {`"responses":{"204":{"description":"ok"}}`, `{Status: 204, Body: ""}`},
		"any status":        {`"responses":{"2XX":{"description":"ok"}}`, `{Status: 200, Body: ""}`},
		"the first success": {`"responses":{"400":{"description":"no"},"202":{"description":"ok"},"201":{"description":"ok"}}`, `{Status: 201, Body: ""}`},
		"no success":        {`"responses":{"400":{"description":"no"}}`, ""},
		"text":              {`"responses":{"200":{"description":"ok","content":{"text/csv":{"schema":{"type":"string"}}}}}`, `{Status: 200, Body: ""}`},
		"example":           {answer(`"schema":{},"example":{"b":1.50,"a":[]}`), `{Status: 200, Body: "{\"b\":1.50,\"a\":[]}"}`},
		"named example":     {answer(`"schema":{},"examples":{"one":{"value":{"n":1}},"two":{"value":{"n":2}}}`), `Body: "{\"n\":1}"`},
		"schema":            {thing(`{"$ref":"#/components/schemas/Shown"}`), `{Status: 200, Body: "{}"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := document(`"/a":{"get":{"operationId":"getA",`+tc.operation+`}}`, `"schemas":{`+usedByHand+`
				"Shown":{"type":"object","example":{"shown":true}},
				"A":{"type":"string"}}`)
			table := exampleTableOf(t, doc, "name-only")
			want := ""
			if tc.want != "" {
				want = fmt.Sprintf("%q: ", "getA")
			}
			if !strings.Contains(table, want) || !strings.Contains(table, tc.want) || tc.want == "" && strings.Contains(table, "getA") {
				t.Errorf("want %s in\n%s", tc.want, table)
			}
			for _, other := range []string{"partial", "full"} {
				if table := exampleTableOf(t, doc, other); strings.Contains(table, "getA") {
					t.Errorf("%s: an example of\n%s", other, table)
				}
			}
		})
	}
}

// exampleTableOf is the table where so much of the operation is documented.
func exampleTableOf(t *testing.T, doc, completeness string) string {
	t.Helper()
	overlays := repairs("- target: $.paths['/a'].get\n  update: {x-pepay-completeness: " + completeness + "}\n")
	files, err := contract{document: doc, overlays: overlays}.generate(t)
	if err != nil {
		t.Fatal(err)
	}
	return string(files["internal/server/examples.gen.go"])
}
