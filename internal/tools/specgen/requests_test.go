package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// putThing is an operation whose body is this schema, and whose answer is the other.
func putThing(body, answer string) string {
	return fmt.Sprintf(`"/thing":{"put":{"operationId":"putThing",
		"requestBody":{"content":{"application/json":{"schema":%s}}},
		"responses":{"200":{"description":"ok","content":{"application/json":{"schema":%s}}}}}}`, body, answer)
}

func ref(name string) string { return `{"$ref":"#/components/schemas/` + name + `"}` }

// A property of a request body is a pointer where its zero value and its absence
// are two different things to send.
func TestPropertiesOfRequests(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		property string
		required bool
		want     bool
	}{
		"boolean":                           {property: `{"type":"boolean"}`, want: true},
		"required boolean":                  {property: `{"type":"boolean"}`, required: true},
		"integer":                           {property: `{"type":"integer"}`, want: true},
		"integer from 0":                    {property: `{"type":"integer","minimum":0}`, want: true},
		"integer from 1":                    {property: `{"type":"integer","minimum":1}`},
		"integer above 0":                   {property: `{"type":"integer","minimum":0,"exclusiveMinimum":true}`},
		"integer above 0, as 3.1 says it":   {property: `{"type":"integer","exclusiveMinimum":0}`},
		"integer up to -1":                  {property: `{"type":"integer","maximum":-1}`},
		"integer up to 0":                   {property: `{"type":"integer","maximum":0}`, want: true},
		"integer below 0":                   {property: `{"type":"integer","maximum":0,"exclusiveMaximum":true}`},
		"integer, or null as 3.1 says it":   {property: `{"type":["integer","null"],"minimum":1}`, want: true},
		"text":                              {property: `{"type":"string"}`},
		"text with a default":               {property: `{"type":"string","default":"a"}`, want: true},
		"required text with a default":      {property: `{"type":"string","default":"a"}`, required: true},
		"text or null":                      {property: `{"type":"string","nullable":true}`, want: true},
		"required, text or null":            {property: `{"type":"string","nullable":true}`, required: true, want: true},
		"text or null, as 3.1 says it":      {property: `{"anyOf":[{"type":"string"},{"type":"null"}]}`, want: true},
		"list or null":                      {property: `{"type":"array","nullable":true,"items":{"type":"string"}}`, want: true},
		"list":                              {property: `{"type":"array","items":{"type":"boolean"}}`},
		"number":                            {property: `{"type":"number"}`},
		"number with a default":             {property: `{"type":"number","default":1}`},
		"number or null":                    {property: `{"type":"number","nullable":true}`},
		"required, number or null":          {property: `{"type":"number","nullable":true}`, required: true, want: true},
		"anything":                          {property: `{"nullable":true}`},
		"read only":                         {property: `{"type":"boolean","readOnly":true}`},
		"reference to a boolean":            {property: ref("Flag"), want: true},
		"reference to text with a default":  {property: ref("Choice"), want: true},
		"reference, described and nullable": {property: `{"nullable":true,"allOf":[` + ref("Inner") + `]}`, want: true},
		"reference to an object":            {property: ref("Inner")},
		"an overlay decided":                {property: `{"type":"boolean"}`, want: false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			required := ""
			if tc.required {
				required = `"required":["p"],`
			}
			c := contract{
				document: document(putThing(ref("Body"), `{"type":"string"}`), `"schemas":{
					"Body":{"type":"object",`+required+`"properties":{"p":`+tc.property+`}},
					"Flag":{"type":"boolean"},"Choice":{"type":"string","enum":["a","b"],"default":"a"},
					"Inner":{"type":"object","properties":{"id":{"type":"string"}}}}`),
				overlays: map[string]string{"repairs.yaml": harmless},
			}
			if name == "an overlay decided" {
				c.overlays["body.yaml"] = overlayOf("- target: $.components.schemas.Body.properties.p\n  update: {x-go-type-skip-optional-pointer: true}\n")
			}
			if strings.Contains(name, "3.1") {
				c.document = strings.Replace(c.document, "3.0.0", "3.1.0", 1)
			}
			property, _ := at(t, c.forGenerator(t), "components", "schemas", "Body", "properties", "p").(map[string]any)
			if got := property[skipPointer] == false; got != tc.want {
				t.Errorf("marked as a pointer: %v, want %v", got, tc.want)
			}
			contract, _ := at(t, c.effective(t), "components", "schemas", "Body", "properties", "p").(map[string]any)
			if name != "an overlay decided" && contract[skipPointer] != nil {
				t.Error("the contract has the mark")
			}
		})
	}
}

// Properties are marked in every schema of a request, and only there. A schema that
// answers use too is split.
func TestSchemasOfRequests(t *testing.T) {
	t.Parallel()
	const flag = `{"type":"object","properties":{"on":{"type":"boolean"}}}`
	holds := func(property string) string { return `{"type":"object","properties":{"in":` + property + `}}` }
	for name, tc := range map[string]struct {
		paths, schemas string
		want           []string
	}{
		"of requests only": {
			putThing(ref("A"), ref("B")), `"A":` + flag + `,"B":` + flag,
			[]string{"#/components/schemas/A/properties/on"},
		},
		"of both": {
			putThing(ref("A"), ref("A")), `"A":` + flag,
			[]string{"#/components/schemas/AInput/properties/on"},
		},
		"of both, the name being taken": {
			putThing(ref("A"), ref("A")), `"A":` + flag + `,"AInput":` + flag,
			[]string{"#/components/schemas/AInputInput/properties/on"},
		},
		"of both, alike in both": {
			putThing(ref("A"), ref("A")), `"A":{"type":"object","properties":{"id":{"type":"string"}}}`, nil,
		},
		"of both, further down": {
			putThing(ref("A"), ref("A")), `"A":` + holds(ref("B")) + `,"B":` + flag,
			[]string{"#/components/schemas/BInput/properties/on"},
		},
		"of both, and itself": {
			putThing(ref("A"), ref("A")), `"A":{"type":"object","properties":{"on":{"type":"boolean"},"kids":{"type":"array","items":` + ref("A") + `}}}`,
			[]string{"#/components/schemas/AInput/properties/on"},
		},
		"part of an answer": {
			putThing(ref("A"), holds(ref("A"))), `"A":` + flag,
			[]string{"#/components/schemas/AInput/properties/on"},
		},
		"of a request and an event": {
			putThing(ref("A"), `{"type":"string"}`), `"A":` + flag + `,"Event":` + holds(ref("A")),
			[]string{"#/components/schemas/AInput/properties/on"},
		},
		"inline": {
			putThing(flag, flag), `"A":` + flag,
			[]string{"#/paths/~1thing/put/requestBody/content/application~1json/schema/properties/on"},
		},
		"items, values and alternatives": {
			putThing(`{"type":"object","properties":{"l":{"type":"array","items":`+flag+`},"m":{"type":"object","additionalProperties":`+flag+`},"o":{"oneOf":[`+ref("A")+`,`+flag+`]}}}`, `{"type":"string"}`),
			`"A":{"allOf":[` + ref("B") + `,` + flag + `]},"B":` + flag,
			[]string{
				"#/paths/~1thing/put/requestBody/content/application~1json/schema/properties/l/items/properties/on",
				"#/paths/~1thing/put/requestBody/content/application~1json/schema/properties/m/additionalProperties/properties/on",
				"#/paths/~1thing/put/requestBody/content/application~1json/schema/properties/o/oneOf/1/properties/on",
				"#/components/schemas/A/allOf/1/properties/on", "#/components/schemas/B/properties/on",
			},
		},
		"properties with the names of keywords": {
			putThing(`{"type":"object","properties":{"callbacks":`+flag+`}}`, flag), `"A":` + flag,
			[]string{"#/paths/~1thing/put/requestBody/content/application~1json/schema/properties/callbacks/properties/on"},
		},
		"a body that is a component": {
			`"/a":{"put":{"operationId":"put","requestBody":{"$ref":"#/components/requestBodies/R"},"responses":{"200":{"description":"ok"}}}}`,
			`"A":` + flag + `},"requestBodies":{"R":{"content":{"application/json":{"schema":` + ref("A") + `}}}`,
			[]string{"#/components/schemas/A/properties/on"},
		},
		"what Pepay sends to us": {
			`"/a":{"post":{"operationId":"subscribe","callbacks":{"event":{"{$request.body#/url}":{"post":{"requestBody":{"content":{"application/json":{"schema":` + flag + `}}},"responses":{"200":{"description":"ok"}}}}}},"responses":{"200":{"description":"ok"}}}}`,
			`"A":` + flag, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := contract{document: document(tc.paths, `"schemas":{`+tc.schemas+`}`), overlays: map[string]string{"repairs.yaml": harmless}}
			doc, err := readDocument(c.write(t) + "/openapi.json")
			if err != nil {
				t.Fatal(err)
			}
			generated, actions := forGenerator(doc)
			if got := skipped(generated); !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			for _, a := range actions {
				if err := apply(doc, a); err != nil {
					t.Fatal(err)
				}
			}
			if !sameJSON(t, doc, generated) {
				t.Error("the actions do not make the document that the generator gets")
			}
		})
	}
}

func sameJSON(t *testing.T, a, b *yaml.Node) bool {
	t.Helper()
	return reflect.DeepEqual(decode(t, a), decode(t, b))
}

// Times in requests are RFC 3339, whatever form answers use.
func TestTimesOfRequests(t *testing.T) {
	t.Parallel()
	const dated = `{"type":"object","properties":{"at":{"type":"string","format":"date-time"},"when":{"$ref":"#/components/schemas/Moment"}}}`
	c := contract{
		document: document(
			`"/thing":{"put":{"operationId":"putThing","parameters":[{"name":"from","in":"query","schema":{"type":"string","format":"date-time"}}],
				"requestBody":{"content":{"application/json":{"schema":`+ref("A")+`}}},
				"responses":{"200":{"description":"ok","content":{"application/json":{"schema":`+ref("A")+`}}}}}}`,
			`"schemas":{"A":`+dated+`,"Moment":{"type":"string","format":"date-time"}}`),
		overlays: map[string]string{"repairs.yaml": harmless},
	}
	doc := c.forGenerator(t)
	for name, tc := range map[string]struct {
		at   []any
		want any
	}{
		"answer":                   {[]any{"components", "schemas", "A", "properties", "at"}, nil},
		"request":                  {[]any{"components", "schemas", "AInput", "properties", "at"}, "time.Time"},
		"request, by reference":    {[]any{"components", "schemas", "AInput", "properties", "when"}, "time.Time"},
		"parameter":                {[]any{"paths", "/thing", "put", "parameters", 0, "schema"}, "time.Time"},
		"what both refer to stays": {[]any{"components", "schemas", "Moment"}, nil},
	} {
		object, _ := at(t, doc, tc.at...).(map[string]any)
		if got := object["x-go-type"]; got != tc.want {
			t.Errorf("%s: x-go-type is %v, want %v", name, got, tc.want)
		}
	}
}
