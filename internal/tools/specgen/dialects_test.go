package main

import (
	"cmp"
	"fmt"
	"go/format"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// client is the text of the client that oapi-codegen makes of c, with one space
// where it has several.
func (c contract) client(t *testing.T) string {
	t.Helper()
	g, err := c.check(t)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(g.faces, func(f face) bool { return f.output == clientFile })
	formatted, err := format.Source(g.faces[i].text)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(formatted)) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

// Documents as people write them: what the generator alone would misread, refuse
// or turn into code that does not compile.
func TestDocumentsAsPeopleWriteThem(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: generates from many documents")
	}
	t.Parallel()
	property := func(schema string) string {
		return `"Thing":{"type":"object","properties":{"p":` + schema + `}}`
	}
	type row struct {
		version      string // 3.0.3 unless it is given
		paths        string // getA unless they are given
		schemas      string
		want, absent []string
	}
	rows := map[string]row{
		"description beside a $ref": {
			schemas: property(`{"$ref":"#/components/schemas/Other","description":"What it holds.","nullable":true,"default":{}}`) + `,"Other":` + objectWith("id"),
			want:    []string{"P Other `json"},
			absent:  []string{"What it holds"},
		},
		"keys beside a $ref in a list, among answers and in a request": {
			paths: `"/a":{"post":{"operationId":"postA",
				"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"p":{"$ref":"#/components/schemas/Code","default":"c","nullable":true}}}}}},
				"responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"type":"array","items":{"$ref":"#/components/schemas/Other","title":"t"}}}}},
				"400":{"$ref":"#/components/responses/Bad","description":"Bad."}}}}`,
			schemas: `"Code":{"type":"string"},"Other":` + objectWith("id") + `},"responses":{"Bad":{"description":"bad"}`,
			want:    []string{"JSON200 *[]Other", "P Code `json"},
		},
		"enum of numbers":                     {schemas: `"Rate":{"type":"number","enum":[0.5,1]},` + property(`{"type":"number","enum":[1.5]}`), want: []string{"type Rate = Decimal", "P Decimal `json"}, absent: []string{"const ("}},
		"enum of large integers":              {schemas: `"Big":{"type":"integer","enum":[9007199254740993,1]}`, want: []string{"type Big = int64"}, absent: []string{"const (", "9007199254740992"}},
		"enum of integers beyond int64":       {schemas: `"Big":{"type":"integer","enum":[18446744073709551615]}`, want: []string{"type Big = int64"}, absent: []string{"const ("}},
		"enum of integers":                    {schemas: `"Code":{"type":"integer","enum":[1,-2,3]}`, want: []string{"type Code int64", "CodeN1 Code = 1"}},
		"enum of round integers":              {schemas: `"Code":{"type":"integer","enum":[10000000,2000000000]}`, want: []string{"type Code int64"}, absent: []string{"e+07 Code"}},
		"enum with null":                      {schemas: property(`{"type":"string","nullable":true,"enum":["a",null]}`), want: []string{`ThingPA ThingP = "a"`}, absent: []string{"nil>", "Nil"}},
		"enum with null only":                 {schemas: property(`{"type":"string","nullable":true,"enum":[null]}`), want: []string{"P string `json"}, absent: []string{"nil>"}},
		"enum with a value twice":             {schemas: `"Kind":{"type":"string","enum":["a","b","a"]}`, want: []string{`KindA Kind = "a"`, `KindB Kind = "b"`}, absent: []string{"KindA1"}},
		"enum that differs in case and signs": {schemas: `"Kind":{"type":"string","enum":["a","A","a-","-a","",">=","<="]}`, want: []string{`Kind = "A"`, `Kind = ">="`, `Kind = ""`}},
		"enum with quotes":                    {schemas: `"Kind":{"type":"string","enum":["say \"hi\"","back\\slash"]}`, want: []string{`Kind = "say \"hi\""`, `Kind = "back\\slash"`}},
		"enum with a line break":              {schemas: `"Kind":{"type":"string","enum":["a\nb"]}`, want: []string{"type Kind = string"}},
		"enum of days":                        {schemas: `"Kind":{"type":"string","format":"date-time","enum":["2026-01-02T03:04:05Z"]}`, want: []string{"type Kind = Timestamp"}, absent: []string{"const ("}},
		"enum of booleans":                    {schemas: `"Kind":{"type":"boolean","enum":[true]}`, want: []string{"type Kind bool"}},
		"enum without a type":                 {schemas: property(`{"enum":["a",1,null]}`), want: []string{"P interface{} `json"}},
		"several types":                       {version: "3.1.0", schemas: property(`{"type":["string","integer"]}`), want: []string{"P json.RawMessage `json"}},
		"several types or null":               {version: "3.1.0", schemas: `"Kind":{"type":["string","object","null"]}`, want: []string{"type Kind = json.RawMessage"}},
		"parameter of several types": {
			version: "3.1.0", paths: getWith("/a", `"operationId":"getA","parameters":[{"name":"q","in":"query","schema":{"type":["string","integer"]}}],`),
			want: []string{"Q *string `"},
		},
		"null in 3.1":                      {version: "3.1.0", schemas: property(`{"type":["string","null"]}`), want: []string{"P string `json"}},
		"null as an alternative":           {version: "3.1.0", schemas: property(`{"anyOf":[{"$ref":"#/components/schemas/Other"},{"type":"null"}]}`) + `,"Other":` + objectWith("id"), want: []string{"P Other `json"}},
		"const":                            {version: "3.1.0", schemas: property(`{"type":"string","const":"thing"}`), want: []string{`ThingP = "thing"`}},
		"const number":                     {version: "3.1.0", schemas: property(`{"type":"number","const":1.5}`), want: []string{"P Decimal `json"}},
		"const without a type":             {version: "3.1.0", schemas: property(`{"const":"thing"}`)},
		"examples and bounds":              {version: "3.1.0", schemas: property(`{"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":10,"examples":[1,2]}`), want: []string{"P int64 `json"}},
		"tuples and definitions":           {version: "3.1.0", schemas: `"Kind":{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"$defs":{"x":{"type":"string"}}}`},
		"webhooks and no servers":          {version: "3.1.0", schemas: property(`{"type":"string"}`)},
		"description beside a $ref in 3.1": {version: "3.1.0", schemas: property(`{"$ref":"#/components/schemas/Other","description":"What it holds."}`) + `,"Other":` + objectWith("id"), want: []string{"P Other `json"}},
		"example that contradicts":         {schemas: property(`{"type":"integer","example":"five"}`), want: []string{"P int64 `json"}},
		"default that contradicts":         {schemas: property(`{"type":"integer","default":"five"}`), want: []string{"P int64 `json"}},
		"pattern of another language":      {schemas: property(`{"type":"string","pattern":"^(?!x).*$"}`), want: []string{"P string `json"}},
		"schema with a Go name":            {schemas: `"Thing":` + `{"type":"object","properties":{"owner":` + ref("Client") + `,"payer":` + ref("Client") + `}},"Client":` + objectWith("id"), want: []string{"Owner Customer `json", "Payer Customer `json", "type Customer struct"}},
		"windows lines":                    {schemas: `"Thing":{"type":"object","description":"One.\r\nTwo.\rThree.","properties":{"p":{"type":"string"}}}`, want: []string{"// Thing One.\n// Two.\n// Three.\ntype Thing"}},
	}
	// Most rows need schemas only: those of a version of OpenAPI are in one document,
	// because generating takes longest.
	together := map[string][]string{}
	for name, r := range rows {
		group := name
		if r.paths == "" && name != "schema with a Go name" {
			group = "OpenAPI " + r.version
		}
		together[group] = append(together[group], name)
	}
	for group, names := range together {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			paths, version, schemas := getA, "3.0.3", usedByHand
			for i, name := range names {
				r := rows[name]
				paths, version = cmp.Or(numbered(r.paths, i), paths), cmp.Or(r.version, version)
				schemas += numbered(r.schemas, i) + ","
			}
			schemas = strings.TrimRight(schemas, ",")
			c := contract{document: strings.Replace(document(paths, `"schemas":{`+schemas+`}`), "3.0.0", version, 1), overlays: map[string]string{"repairs.yaml": harmless}}
			if group == "schema with a Go name" {
				c.overlays["repairs.yaml"] += "- target: $.components.schemas.Client\n  update: {x-go-name: Customer}\n"
			}
			client := c.client(t)
			for i, name := range names {
				got := client
				if len(names) > 1 {
					got = declarationsOf(models(client), i)
				}
				if got == "" {
					t.Errorf("%s: no declaration", name)
				}
				for _, want := range rows[name].want {
					if !strings.Contains(got, numbered(want, i)) {
						t.Errorf("%s: no %q in\n%s", name, want, got)
					}
				}
				for _, absent := range rows[name].absent {
					if strings.Contains(got, numbered(absent, i)) {
						t.Errorf("%s: %q in\n%s", name, absent, got)
					}
				}
			}
		})
	}
}

// numbered gives the schemas of a row names of their own.
func numbered(text string, row int) string {
	return schemaOfRow.ReplaceAllString(text, "${1}N"+strconv.Itoa(10+row))
}

var schemaOfRow = regexp.MustCompile(`(Thing|Other|Rate|Big|Code|Kind)`)

// declarationsOf are the declarations with the names of a row.
func declarationsOf(models string, row int) string {
	blocks := slices.DeleteFunc(strings.Split(models, "\n\n"), func(block string) bool {
		return !strings.Contains(block, "N"+strconv.Itoa(10+row))
	})
	return strings.Join(blocks, "\n\n")
}

// models is the part of a client that comes before its methods.
func models(client string) string {
	_, client, _ = strings.Cut(client, "\n)\n")
	client, _, _ = strings.Cut(client, "\nfunc (c *Client)")
	return client
}

// A contradicting example is reported with its place and does not stop generation.
func TestWarnings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		paths, schemas string
		want           []string
	}{
		"example of a schema": {getA, `"A":{"type":"object","properties":{"n":{"type":"integer","example":"five"}}}`, []string{"#/components/schemas/A/properties/n/example", "contradicts its schema"}},
		"default of a schema": {getA, `"A":{"type":"object","properties":{"n":{"type":"integer","default":"five"}}}`, []string{"#/components/schemas/A/properties/n/default", "contradicts its schema"}},
		"example of an answer": {
			`"/a":{"get":{"operationId":"getA","responses":{"200":{"description":"ok","content":{"application/json":{"schema":` + ref("A") + `,"examples":{"first":{"value":{"n":"five"}}}}}}}}}`,
			`"A":{"type":"object","properties":{"n":{"type":"integer"}}}`,
			[]string{"#/paths/~1a/get/responses/200/content/application~1json/examples/first", "contradicts its schema"},
		},
		"example of what an answer refers to": {
			`"/a":{"get":{"operationId":"getA","responses":{"200":{"description":"ok","content":{"application/json":{"schema":` + ref("A") + `}}}}}}`,
			`"A":{"type":"object","properties":{"b":` + ref("B") + `}},"B":{"type":"object","properties":{"n":{"type":"integer","example":"five"}}}`,
			[]string{"[openapi.json as published, #/components/schemas/B/properties/n/example: contradicts its schema: value must be an integer; repair it in api/overlays/repairs.yaml]"},
		},
		"example of a parameter": {
			getWith("/a", `"operationId":"getA","parameters":[{"name":"q","in":"query","schema":{"type":"integer"},"example":"five"}],`), `"A":{"type":"string"}`,
			[]string{"#/paths/~1a/get/parameters/0/example"},
		},
		"none": {getA, `"A":{"type":"object","properties":{"n":{"type":"integer","example":5}}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := generate(contract{document: document(tc.paths, `"schemas":{`+tc.schemas+`}`), overlays: map[string]string{"repairs.yaml": harmless}}.write(t))
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(g.warnings)
			if len(tc.want) == 0 && len(g.warnings) > 0 {
				t.Errorf("got %s", got)
			}
			for _, want := range tc.want {
				if !strings.Contains(got, want) {
					t.Errorf("the warning does not say %q: %s", want, got)
				}
			}
		})
	}
}
