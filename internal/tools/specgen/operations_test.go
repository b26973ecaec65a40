package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// operations reads the table of a document.
func operations(t *testing.T, doc string) []operation {
	t.Helper()
	loaded, err := openapi3.NewLoader().LoadFromData([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	ops, err := operationsOf(loaded)
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

// rooted is a document whose root asks for bearer.
func rooted(paths, parameters string) string {
	return strings.Replace(document(paths, `"parameters":{`+parameters+`},"securitySchemes":{
		"bearer":{"type":"http","scheme":"bearer"},
		"key":{"type":"apiKey","in":"header","name":"x-api-key"},
		"oauth":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"https://example.com/","scopes":{"read":"","write":""}}}}}`),
		`"paths"`, `"security":[{"bearer":[]}],"paths"`, 1)
}

func TestSecurity(t *testing.T) {
	t.Parallel()
	type alternatives = []map[string][]string
	for name, tc := range map[string]struct {
		security string // the operation's own, with its comma
		want     alternatives
		text     string // how the table prints it
	}{
		"inherited": {``, alternatives{{"bearer": {}}}, `[]securityAlternative{{{Scheme: "bearer"}}},`},
		"public":    {`"security":[],`, alternatives{}, `[]securityAlternative{},`},
		"anonymous": {`"security":[{}],`, alternatives{{}}, `[]securityAlternative{{}},`},
		"one":       {`"security":[{"key":[]}],`, alternatives{{"key": {}}}, `{{{Scheme: "key"}}},`},
		"and":       {`"security":[{"key":[],"bearer":[]}],`, alternatives{{"key": {}, "bearer": {}}}, `{{{Scheme: "bearer"}, {Scheme: "key"}}},`},
		"or":        {`"security":[{"key":[]},{"bearer":[]}],`, alternatives{{"key": {}}, {"bearer": {}}}, `{{{Scheme: "key"}}, {{Scheme: "bearer"}}},`},
		"or nobody": {`"security":[{"key":[]},{}],`, alternatives{{"key": {}}, {}}, `{{{Scheme: "key"}}, {}},`},
		"scopes":    {`"security":[{"oauth":["read","write"]}],`, alternatives{{"oauth": {"read", "write"}}}, `{{{Scheme: "oauth", Scopes: []string{"read", "write"}}}},`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := rooted(`"/a":{"get":{`+tc.security+`"responses":{"200":{"description":"ok"}}}}`, "")
			if got := operations(t, doc)[0].Security; !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %#v, want %#v", got, tc.want)
			}
			table, err := operationTable([]byte(doc))
			if err != nil {
				t.Fatal(err)
			}
			ops, rest, _ := strings.Cut(string(table), "func DefaultSecurity")
			if !strings.Contains(ops, tc.text) {
				t.Errorf("the table lacks %s:\n%s", tc.text, ops)
			}
			for _, want := range []string{
				`return []map[string][]string{{"bearer": {}}}`,
				`{Type: "apiKey", In: "header", Name: "x-api-key", Scheme: ""}`,
				`{Type: "http", In: "", Name: "", Scheme: "bearer"}`,
			} {
				if !strings.Contains(rest, want) {
					t.Errorf("the tables lack %s:\n%s", want, rest)
				}
			}
		})
	}
}

func TestSecurityWithoutADefault(t *testing.T) {
	t.Parallel()
	if got := operations(t, document(getA, schemaA))[0].Security; got == nil || len(got) != 0 {
		t.Errorf("got %#v, want an empty list: public", got)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	header := `{"name":"Idempotency-Key","in":"header","schema":{"type":"string"}}`
	ref := `{"$ref":"#/components/parameters/Key"}`
	for name, tc := range map[string]struct {
		ofPath, ofOperation string
		want                bool
	}{
		"none":                   {``, ``, false},
		"on the operation":       {``, header, true},
		"on the path":            {header, ``, true},
		"by reference":           {``, ref, true},
		"by reference, on path":  {ref, ``, true},
		"in another case":        {``, strings.ToLower(header), true},
		"query of the same name": {``, strings.Replace(header, "header", "query", 1), false},
		"another header":         {``, strings.Replace(header, "Idempotency", "Other", 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := rooted(`"/a":{"parameters":[`+tc.ofPath+`],"post":{"parameters":[`+tc.ofOperation+`],"responses":{"200":{"description":"ok"}}}}`, `"Key":`+header)
			if got := operations(t, doc)[0].IdempotencyKey; got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestRepeatable(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		method, extension string
		want              bool
	}{
		"get":                 {"get", ``, true},
		"head":                {"head", ``, true},
		"post":                {"post", ``, false},
		"put":                 {"put", ``, false},
		"delete":              {"delete", ``, false},
		"post, said so":       {"post", `"x-pepay-repeatable":true,`, true},
		"post, said it isn't": {"post", `"x-pepay-repeatable":false,`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := rooted(`"/a":{"`+tc.method+`":{`+tc.extension+`"responses":{"200":{"description":"ok"}}}}`, "")
			if got := operations(t, doc)[0].Repeatable; got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestSuccesses(t *testing.T) {
	t.Parallel()
	body := func(mediaTypes ...string) string {
		content := make([]string, len(mediaTypes))
		for i, mediaType := range mediaTypes {
			content[i] = `"` + mediaType + `":{"schema":{"type":"string"}}`
		}
		return `{"description":"d","content":{` + strings.Join(content, ",") + `}}`
	}
	for name, tc := range map[string]struct {
		responses string
		want      []success
		text      string // how the table prints it
	}{
		"no body":            {`"204":{"description":"d"}`, []success{{"204", nil}}, `{{Status: "204"}},`},
		"JSON":               {`"200":` + body("application/json"), []success{{"200", []string{"application/json"}}}, `{{Status: "200", MediaTypes: []string{"application/json"}}},`},
		"with a parameter":   {`"200":` + body("application/json; charset=utf-8"), []success{{"200", []string{"application/json"}}}, ``},
		"in another case":    {`"200":` + body("Application/JSON"), []success{{"200", []string{"application/json"}}}, ``},
		"JSON comes first":   {`"200":` + body("text/csv", "application/problem+json", "application/zip", "application/json"), []success{{"200", []string{"application/json", "application/problem+json", "application/zip", "text/csv"}}}, `{"application/json", "application/problem+json", "application/zip", "text/csv"}`},
		"the same twice":     {`"200":` + body("text/csv", "text/csv;header=present"), []success{{"200", []string{"text/csv"}}}, ``},
		"several":            {`"201":` + body("application/json") + `,"200":` + body("application/json") + `,"202":{"description":"d"}`, []success{{"200", []string{"application/json"}}, {"201", []string{"application/json"}}, {"202", nil}}, ``},
		"all of them":        {`"2XX":` + body("application/json"), []success{{"2XX", []string{"application/json"}}}, `{Status: "2XX", `},
		"only errors are it": {`"400":` + body("application/json") + `,"default":` + body("application/json"), nil, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := rooted(`"/a":{"get":{"responses":{`+tc.responses+`}}}`, "")
			if got := operations(t, doc)[0].Success; !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
			table, err := operationTable([]byte(doc))
			if err != nil || !strings.Contains(string(table), tc.text) {
				t.Errorf("%v, the table lacks %s:\n%s", err, tc.text, table)
			}
		})
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	answer := func(schema string) string {
		return `"200":{"description":"d","content":{"application/json":{"schema":` + schema + `}}}`
	}
	object := func(names ...string) string {
		return `{"type":"object","properties":{"` + strings.Join(names, `":{"type":"string"},"`) + `":{"type":"string"}}}`
	}
	for name, tc := range map[string]struct{ responses, want string }{
		"success and data":           {answer(object("success", "data")), "data"},
		"and more":                   {answer(object("success", "data", "request_id")), "data"},
		"ok and data":                {answer(object("ok", "data")), "data"},
		"status and data":            {answer(object("status", "data")), "data"},
		"a resource with both":       {answer(object("id", "status", "data")), "whole"},
		"a list":                     {answer(object("object", "data", "has_more")), "whole"},
		"success beside its members": {answer(object("success", "blocked")), "whole"},
		"message":                    {answer(object("message")), "whole"},
		"array":                      {answer(`{"type":"array","items":{"type":"string"}}`), "whole"},
		"anything":                   {answer(`{}`), "whole"},
		"in parts":                   {answer(`{"allOf":[` + object("success") + `,` + object("data") + `]}`), "data"},
		"by reference":               {`"201":{"description":"d","content":{"application/json; charset=utf-8":{"schema":{"$ref":"#/components/schemas/Envelope"}}}}`, "data"},
		"the first one decides":      {`"204":{"description":"d"},"202":` + strings.TrimPrefix(answer(object("message")), `"200":`) + `,` + answer(object("success", "data")), "data"},
		"text":                       {`"200":{"description":"d","content":{"text/csv":{"schema":{"type":"string"}}}}`, ""},
		"no body":                    {`"204":{"description":"d"}`, ""},
		"an error":                   {`"400":` + strings.TrimPrefix(answer(object("success", "data")), `"200":`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := strings.Replace(rooted(`"/a":{"get":{"responses":{`+tc.responses+`}}}`, ""), `"parameters":{`, `"schemas":{"Envelope":`+object("success", "data")+`},"parameters":{`, 1)
			if got := operations(t, doc)[0].Form; got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			table, err := operationTable([]byte(doc))
			constant := map[string]string{"data": "AnswerInData", "whole": "AnswerWhole"}[tc.want]
			if err != nil || (constant != "") != strings.Contains(string(table), "Form:") || !strings.Contains(string(table), constant) {
				t.Errorf("%v, the table:\n%s", err, table)
			}
		})
	}
}

func TestOperationID(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ documented, method, path, want string }{
		"documented": {"mintWsToken", "POST", "/api/v1/ws/token", "mintWsToken"},
		"nameless":   {"", "POST", "/api/v1/ws/token", "postApiV1WsToken"},
		"parameters": {"", "DELETE", "/a/{item_id}/b-c.d", "deleteAItemIdBCD"},
		"verb":       {"", "POST", "/items:batch~2", "postItemsBatch2"},
		"root":       {"", "GET", "/", "get"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := operationID(tc.documented, tc.method, tc.path); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestOperationsComeByPathAndMethod(t *testing.T) {
	t.Parallel()
	answer := `{"responses":{"200":{"description":"ok"}}}`
	var got []string
	for _, op := range operations(t, rooted(`"/b":{"get":`+answer+`},"/a":{"post":`+answer+`,"delete":`+answer+`}`, "")) {
		got = append(got, op.Method+" "+op.Path)
	}
	if want := []string{"DELETE /a", "POST /a", "GET /b"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
