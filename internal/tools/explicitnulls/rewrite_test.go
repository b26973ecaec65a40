package main

import (
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// root is the repository, from this directory.
const root = "../../.."

func TestRewrite(t *testing.T) {
	t.Parallel()
	const document = `{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":{
		"Env":{"type":"string","nullable":true},
		"Part":{"type":"object","properties":{"c":{"type":"string","nullable":true}}},
		"Ws_thing":{"allOf":[{"$ref":"#/components/schemas/Part"},{"type":"object","properties":{
			"a":{"type":"string","nullable":true},"b":{"type":"string"},"env":{"$ref":"#/components/schemas/Env"},
			"wrapped":{"allOf":[{"$ref":"#/components/schemas/Env"}]},"one":{"oneOf":[{"type":"string"},{"type":"null"}]}}}]},
		"named":{"x-go-name":"Other","type":"object","properties":{"a":{"type":"string","nullable":true}}}}}}`
	doc, err := openapi3.NewLoader().LoadFromData([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	const generated = "package p\n\n// WSThing is one.\ntype WSThing struct {\n" +
		"\t// A of it.\n\tA *string `json:\"a,omitempty\"`\n" +
		"\tB *string `json:\"b,omitempty\"`\n" +
		"\tC *string `json:\"c,omitempty\"`\n" +
		"\tEnv *Env `json:\"env,omitempty\"`\n" +
		"\tWrapped *Env `json:\"wrapped,omitempty\"`\n" +
		"\tOne *string `json:\"one,omitempty\"`\n}\n\n" +
		"type Other struct {\n\tA *string `json:\"a,omitempty\"`\n\tNone int\n}\n\n" +
		"type Unknown struct {\n\tA *string `json:\"a,omitempty\"`\n}\n"
	want := generated
	for _, name := range []string{"c", "env", "wrapped", "one"} {
		want = strings.Replace(want, `json:"`+name+`,omitempty"`, `json:"`+name+`"`, 1)
	}
	want = strings.Replace(want, `json:"a,omitempty"`, `json:"a"`, 2) // of WSThing and Other
	for _, before := range []string{generated, want} {                // the second time it changes nothing
		got, err := rewrite([]byte(before), nullables(doc))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestRewriteRefuses(t *testing.T) {
	t.Parallel()
	if _, err := rewrite([]byte("not Go"), nil); err == nil {
		t.Error("no error for text that is not Go")
	}
}

// Every property of the contract that can be null is sent as null by the server
// face as it is committed.
func TestCommittedModelsSendNull(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile(root + "/api/openapi.effective.json")
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), root+"/internal/server/server.gen.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	sent := map[string][]string{} // by key of the model
	for model, fields := range structs(file) {
		for _, field := range fields {
			if field.Tag != nil && !strings.Contains(field.Tag.Value, "omitempty") {
				sent[key(model)] = append(sent[key(model)], jsonName(field.Tag))
			}
		}
	}
	checked := 0
	for model, properties := range nullables(doc) {
		for _, property := range properties {
			checked++
			if !slices.Contains(sent[model], property) {
				t.Errorf("%s of %s is left out where it is null; run: make generate", property, model)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d properties can be null", checked)
	}
}

func TestRunNamesTheFile(t *testing.T) {
	t.Parallel()
	name := t.TempDir() + "/nothing.json"
	if err := run(name, name); err == nil || !strings.Contains(err.Error(), "nothing.json") {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(name, []byte(`{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(name, name); err == nil || !strings.Contains(err.Error(), "nothing.json") {
		t.Errorf("got %v", err)
	}
}
