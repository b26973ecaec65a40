package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const minimal = `{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{"/a":{}}`

func TestNormaliseIsWhatJqPrints(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"layout":       {`"x":[1,{}, [] ,{"b":null,"a":true}]`, "  \"x\": [\n    1,\n    {},\n    [],\n    {\n      \"b\": null,\n      \"a\": true\n    }\n  ]"},
		"escapes":      {`"x":"\u00e9\/\u2028<&>\ud83d\ude00"`, "  \"x\": \"é/\u2028<&>😀\""},
		"control":      {`"x":"\u0000\u0008\u000c\n\r\t\u001f\u007f\"\\"`, `  "x": "\u0000\b\f\n\r\t\u001f\u007f\"\\"`},
		"numbers":      {`"x":123456789012345678901`, `  "x": 123456789012345678901`},
		"order stays":  {`"z":1,"a":2`, "  \"z\": 1,\n  \"a\": 2"},
		"empty object": {`"x":{ }`, `  "x": {}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := normalise([]byte(minimal + "," + tt.in + "}"))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(string(got), "},\n"+tt.want+"\n}\n") {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestNormaliseLeavesTheNormalFormAlone(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(repository, publishedFile))
	if err != nil {
		t.Fatal(err)
	}
	got, err := normalise(content)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, content) {
		t.Error("openapi.json is not in normal form")
	}
}

func TestNormaliseReadsYAML(t *testing.T) {
	t.Parallel()
	const document = `# a comment
openapi: 3.0.0
info: {title: t, version: "1.0"}
paths:
  /a:
    get:
      responses:
        200: {description: &d OK}
        default: {description: *d}
x-values: [1, 0x10, 1.5, true, ~, 2025-01-02, "true", yes]
`
	got, err := normalise([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	want, err := normalise([]byte(`{"openapi":"3.0.0","info":{"title":"t","version":"1.0"},
		"paths":{"/a":{"get":{"responses":{"200":{"description":"OK"},"default":{"description":"OK"}}}}},
		"x-values":[1,16,1.5,true,null,"2025-01-02","true","yes"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

var refusedDocuments = map[string]struct{ content, reason string }{
	"empty":           {" \n", "empty"},
	"a web page":      {"<!doctype html><html><body>Not here: sorry</body></html>", "not an OpenAPI 3 document"},
	"not UTF-8":       {"{\"openapi\":\"3.0.0\xff\"}", "UTF-8"},
	"cut off":         {minimal, "cannot be read as JSON"},
	"deep lists":      {minimal + `,"x":` + strings.Repeat("[", 5_000_000), "levels"},
	"deep objects":    {minimal + `,"x":` + strings.Repeat(`{"a":`, 1_000_000), "levels"},
	"deep YAML":       {"openapi: 3.0.0\npaths: {/a: {}}\nx: " + strings.Repeat("[", 300) + strings.Repeat("]", 300), "levels"},
	"YAML that grows": {"openapi: 3.0.0\npaths: {/a: {}}\n" + laughs, "longer than"},
	"two documents":   {minimal + "}{}", "something follows"},
	"a key twice":     {minimal + `,"paths":{}}`, "twice"},
	"Swagger 2":       {`{"swagger":"2.0","paths":{"/a":{}}}`, "not an OpenAPI 3 document"},
	"OpenAPI 4":       {`{"openapi":"4.0.0","paths":{"/a":{}}}`, "not an OpenAPI 3 document"},
	"no paths":        {`{"openapi":"3.0.0","info":{}}`, "no paths"},
	"empty paths":     {`{"openapi":"3.0.0","paths":{}}`, "no paths"},
	"paths are null":  {`{"openapi":"3.0.0","paths":null}`, "no paths"},
	"a list":          {"- openapi: 3.0.0", "neither"},
	"YAML that loops": {"openapi: 3.0.0\npaths: &p\n  /a: *p\n", "levels"},
	"YAML with .inf":  {"openapi: 3.0.0\npaths: {/a: {}}\nx: .inf\n", "no JSON form"},
	"YAML merge":      {"openapi: 3.0.0\npaths: {/a: &a {}}\nx: {<<: *a}\n", "key"},
}

// laughs are a few kilobytes that stand for many gigabytes.
var laughs = func() string {
	text := "a0: &a0 [" + strings.Repeat(strings.Repeat("lol", 100)+",", 9) + "lol]\n"
	for i := range 12 {
		text += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d,", i), 9), i)
	}
	return text
}()

func TestNormaliseRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range refusedDocuments {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := normalise([]byte(tt.content)); err == nil || !strings.Contains(err.Error(), tt.reason) {
				t.Errorf("got %.80q, %v; want an error with %q", got, err, tt.reason)
			}
		})
	}
}
