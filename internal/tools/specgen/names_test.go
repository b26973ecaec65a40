package main

import (
	"regexp"
	"strings"
	"testing"
)

// getWith is a path with a GET operation that has more members.
func getWith(path, more string) string {
	return `"` + path + `":{"get":{` + more + `"responses":{"200":{"description":"ok"}}}}`
}

func parameterIn(in, name string) string {
	required := ""
	if in == "path" {
		required = `"required":true,`
	}
	return `{"name":"` + name + `","in":"` + in + `",` + required + `"schema":{"type":"string"}}`
}

func objectWith(names ...string) string {
	return `{"type":"object","properties":{"` + strings.Join(names, `":{"type":"string"},"`) + `":{"type":"string"}}}`
}

// Names that collide in Go are refused with their place and the action that
// renames one, and that action helps.
func TestNamesThatCollide(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: generates from many documents")
	}
	t.Parallel()
	for name, tc := range map[string]struct {
		paths, schemas string
		want           []string
	}{
		"schema and a type of the client":        {getA, `"Client":` + objectWith("id"), []string{"#/components/schemas/Client:", "Client"}},
		"schema and a function type":             {getA, `"RequestEditorFn":` + objectWith("id"), []string{"#/components/schemas/RequestEditorFn:"}},
		"schema and a function":                  {getA, `"NewClient":` + objectWith("id"), []string{"#/components/schemas/NewClient:"}},
		"schema and an option":                   {getA, `"WithBaseURL":` + objectWith("id"), []string{"#/components/schemas/WithBaseURL:"}},
		"schema and a type written by hand":      {getA, `"Operation":` + objectWith("id"), []string{"#/components/schemas/Operation:", "operation.go"}},
		"schema and a table":                     {getA, `"SecuritySchemes":` + objectWith("id"), []string{"#/components/schemas/SecuritySchemes:", "operations.gen.go"}},
		"two schemas and two types by hand":      {getA, `"secret":` + objectWith("id") + `,"Timestamp":` + objectWith("id"), []string{"#/components/schemas/secret:", "#/components/schemas/Timestamp:"}},
		"schema and a type of the server face":   {getA, `"ServerInterface":` + objectWith("id"), []string{"#/components/schemas/ServerInterface:", "internal/server/server.gen.go"}},
		"schema and an error of the server face": {getA, `"RequiredParamError":` + objectWith("id"), []string{"#/components/schemas/RequiredParamError:"}},
		"schema and a parser":                    {getWith("/a", `"operationId":"getThing",`), `"ParseGetThingAnswer":` + objectWith("id"), []string{"ParseGetThingAnswer"}},
		"schema and the parameters of an operation": {
			getWith("/a", `"operationId":"getThing","parameters":[`+parameterIn("query", "q")+`],`), `"GetThingParams":` + objectWith("id"),
			[]string{"#/components/schemas/GetThingParams", "GetThingParams"},
		},
		"two operations": {
			getWith("/a", `"operationId":"get-thing",`) + "," + getWith("/b", `"operationId":"get_thing",`), "",
			[]string{"get_thing", "#/paths/~1a/get", "#/paths/~1b/get"},
		},
		"operation and a field of the client": {
			getWith("/a", `"operationId":"server",`), "", []string{"#/paths/~1a/get", "Server"},
		},
		"operation and the decoding method of another": {
			getWith("/a", `"operationId":"get",`) + "," + getWith("/b", `"operationId":"getWithResponse",`), "", []string{"#/paths/~1"},
		},
		"parameters in two places": {
			getWith("/a", `"operationId":"listThings","parameters":[`+parameterIn("query", "id")+`,`+parameterIn("header", "id")+`],`), "",
			[]string{"#/paths/~1a/get/parameters/0", "#/paths/~1a/get/parameters/1", "x-go-name"},
		},
		"parameters that differ in their spelling": {
			getWith("/a", `"operationId":"listThings","parameters":[`+parameterIn("query", "page_size")+`,`+parameterIn("query", "pageSize")+`],`), "",
			[]string{"#/paths/~1a/get/parameters/0", "#/paths/~1a/get/parameters/1"},
		},
		"path parameters": {
			getWith("/a/{thing_id}/{thingId}", `"operationId":"getThing","parameters":[`+parameterIn("path", "thing_id")+`,`+parameterIn("path", "thingId")+`],`), "",
			[]string{"/get/parameters/0", "/get/parameters/1"},
		},
		"schema and a constant":  {getA, `"State":{"type":"string","enum":["paid"]},"StatePaid":` + objectWith("id"), []string{"#/components/schemas/StatePaid:"}},
		"constants of two enums": {getA, `"A":{"type":"string","enum":["b_c"]},"AB":{"type":"string","enum":["c"]}`, []string{"#/components/schemas/AB:"}},
		"operation and a body":   {strings.Replace(putThing(objectWith("id"), `{"type":"string"}`), "putThing", "post", 1), `"PostJSONRequestBody":` + objectWith("id"), []string{"#/components/schemas/PostJSONRequestBody"}},
		"path parameter and a variable of the server face": {
			getWith("/a/{err}", `"operationId":"getThing","parameters":[`+parameterIn("path", "err")+`],`), "", []string{"/get/parameters/0", "parameter err"},
		},
		"path parameter and a package": {
			getWith("/a/{http}", `"operationId":"getThing","parameters":[`+parameterIn("path", "http")+`],`), "", []string{"/get/parameters/0", "parameter http"},
		},
		"path parameter and a type of the language": {
			getWith("/a/{string}/{id}", `"operationId":"getThing","parameters":[`+parameterIn("path", "string")+`,`+parameterIn("path", "id")+`],`), "", []string{"parameter string"},
		},
		"parameters of the path and of the operation": {
			`"/a":{"parameters":[` + parameterIn("query", "from") + `],"get":{"operationId":"listThings","parameters":[` + parameterIn("header", "From") + `],"responses":{"200":{"description":"ok"}}}}`, "",
			[]string{"#/paths/~1a/parameters/0", "#/paths/~1a/get/parameters/0"},
		},
		"properties": {
			getA, `"Thing":` + objectWith("created_at", "createdAt"),
			[]string{"#/components/schemas/Thing/properties/created_at", "#/components/schemas/Thing/properties/createdAt"},
		},
		"properties, further down": {
			getA, `"Other":` + objectWith("a_b") + `,"Thing":{"type":"object","properties":{"in":` + objectWith("a_b", "aB") + `}}`,
			[]string{"#/components/schemas/Thing/properties/in/properties/a_b", "#/components/schemas/Thing/properties/in/properties/aB"},
		},
		"property and the field of further members": {
			getA, `"Thing":{"type":"object","properties":{"additional_properties":{"type":"string"}},"additionalProperties":{"type":"string"}}`,
			[]string{"#/components/schemas/Thing/properties/additional_properties"},
		},
		"property and a method of a union": {
			getA, `"A":` + objectWith("id") + `,"B":` + objectWith("id") + `,"Thing":{"type":"object","properties":{"as_a":{"type":"string"}},"oneOf":[` + ref("A") + `,` + ref("B") + `]}`,
			[]string{"#/components/schemas/Thing/properties/as_a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schemas := `"schemas":{` + usedByHand + tc.schemas + `}`
			c := contract{document: document(tc.paths, strings.Replace(schemas, ",}", "}", 1)), overlays: map[string]string{"repairs.yaml": harmless}}
			_, err := c.check(t)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q:\n%v", want, err)
				}
			}
			actions := offered.FindAllStringSubmatch(err.Error(), -1)
			if len(actions) == 0 || strings.Contains(err.Error(), "published, #:") {
				t.Fatalf("no action is offered:\n%v", err)
			}
			more := ""
			for _, a := range actions {
				more += "- " + a[1] + "\n"
			}
			c.overlays["repairs.yaml"] += more
			if _, err := c.check(t); err != nil {
				t.Errorf("the actions do not help:\n%s%v", more, err)
			}
		})
	}
}

// usedByHand are the schemas that hand-written methods belong to.
const usedByHand = `"Event":{"type":"object"},`

// offered is the action that an error offers.
var offered = regexp.MustCompile(`write into api/overlays/repairs\.yaml: (\{target: .*\})(?:\n|$)`)

// Names that look as if they collided and do not.
func TestNamesThatDoNotCollide(t *testing.T) {
	t.Parallel()
	parameters := func(in string, names ...string) string {
		var list []string
		for _, name := range names {
			list = append(list, parameterIn(in, name))
		}
		return `"parameters":[` + strings.Join(list, ",") + `],`
	}
	for name, tc := range map[string]struct{ paths, schemas string }{
		"path parameters with the names of the templates": {
			getWith("/{ctx}/{body}/{params}/{c}/{req}/{server}/{resp}/{reqEditors}/{queryURL}/{contentType}", `"operationId":"getThing",`+
				parameters("path", "ctx", "body", "params", "c", "req", "server", "resp", "reqEditors", "queryURL", "contentType")), "",
		},
		"path parameters with the names of Go": {
			getWith("/{type}/{func}/{error}/{len}/{context}/{json}", `"operationId":"getThing",`+
				parameters("path", "type", "func", "error", "len", "context", "json")), "",
		},
		"query parameters with the names of Go": {
			getWith("/a", `"operationId":"getThing",`+parameters("query", "type", "func", "range", "params", "ctx", "body", "w", "r", "err", "siw")), "",
		},
		"schemas that differ in a suffix":      {getA, `"Thing":` + objectWith("id") + `,"ThingInput":` + objectWith("id")},
		"property with the name of its schema": {getA, `"Thing":` + objectWith("thing", "type", "range", "string", "error", "1st", "@id", "$set", "-")},
		"operation without an id":              {getWith("/a/{id}", parameters("path", "id")), ""},
		"operations with odd ids":              {getWith("/a", `"operationId":"1. get things (v2)",`) + "," + getWith("/b", `"operationId":"type",`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schemas := `"schemas":{` + usedByHand + tc.schemas + `}`
			c := contract{document: document(tc.paths, strings.Replace(schemas, ",}", "}", 1)), overlays: map[string]string{"repairs.yaml": harmless}}
			if _, err := c.check(t); err != nil {
				t.Error(err)
			}
		})
	}
}
