package main

import (
	"encoding/json"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// compilerComment is a comment that a Go tool obeys.
var compilerComment = regexp.MustCompile(`^(//(go:|line |export |extern |nolint)|/\*line |//\s*\+build)`)

// Whatever the texts and names of a document are, the generated files have no
// comment that a tool obeys, no build constraint and no declaration of the
// document's making; or generation is refused.
func TestTextOfTheDocumentStaysText(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: generates from many documents")
	}
	t.Parallel()
	texts := map[string]string{
		"directive":           "go:generate touch /tmp/x",
		"directive in a line": "Text.\ngo:generate touch /tmp/x\n//go:generate touch /tmp/x",
		"return":              "Text.\r//go:embed x\rgo:embed x",
		"return and line":     "Text.\r\n//go:linkname a b",
		"separators":          "Text.\u2028//go:noinline\u2029func init() {}\u0085//go:noinline",
		"constraint":          "+build ignore\n\n//go:build ignore",
		"end of a comment":    "*/ func init() { panic(1) } /*",
		"line":                "line x.go:1",
		"export":              "Text.\nexport F",
		"zero":                "a\x00b",
		"byte order mark":     "a\ufeffb",
		"direction":           "a\u202eb\u2066c",
		"quotes":              "a`+\"` + func() string { panic(1) }() + `\"",
		"template":            "{{.}} {{printf \"%s\" .}} {{define \"x\"}}",
		"format":              "%s %d %!v(MISSING)",
	}
	for kind, hostile := range texts {
		for where, document := range documentsWith(hostile) {
			if where != "texts" && !slices.Contains([]string{"separators", "zero", "quotes", "directive in a line", "end of a comment"}, kind) {
				continue // names are refused or quoted alike
			}
			t.Run(where+" "+kind, func(t *testing.T) {
				t.Parallel()
				c := contract{document: document, overlays: map[string]string{"repairs.yaml": harmless}}
				g, err := c.check(t)
				if err != nil {
					if where == "texts" || !strings.Contains(err.Error(), "openapi.json as published, #/") {
						t.Errorf("refused, or without a place: %v", err)
					}
					return
				}
				for _, f := range g.faces {
					checkGenerated(t, f)
				}
			})
		}
	}
}

func checkGenerated(t *testing.T, f face) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), f.output, f.text, parser.ParseComments)
	if err != nil {
		t.Fatalf("%s: %v", f.output, err)
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if compilerComment.MatchString(comment.Text) || comment.Pos() < file.Package && constraint.IsGoBuild(comment.Text) {
				t.Errorf("%s has the comment %q", f.output, comment.Text)
			}
		}
	}
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "init" {
			t.Errorf("%s has a function init", f.output)
		}
	}
	if text := string(f.text); strings.ContainsAny(text, "\x00\r\ufeff\u202e\u2028") {
		t.Errorf("%s has a character that hides text", f.output)
	}
}

// documentsWith puts a text into each name of a document in turn, and into
// everything that is no name at once.
func documentsWith(hostile string) map[string]string {
	quoted, err := json.Marshal(hostile)
	if err != nil {
		panic(err)
	}
	q := string(quoted)
	const template = `{"openapi":"3.0.3","info":{"title":TITLE,"version":"1","description":INFO},"tags":[{"name":TAG,"description":TAGTEXT}],
		"paths":{PATH:{"post":{"operationId":ID,"tags":["t"],"summary":SUMMARY,"description":DESCRIPTION,"deprecated":true,
			"parameters":[{"name":PARAMETER,"in":"query","description":PARAMETERTEXT,"schema":{"type":"string","example":EXAMPLE}}],
			"requestBody":{"description":BODY,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}},
			"responses":{"200":{"description":ANSWER,"headers":{"X-A":{"description":HEADER,"schema":{"type":"string"}}},"content":{MEDIA:{"schema":{"$ref":"#/components/schemas/Thing"}}}}}}}},
		"components":{"securitySchemes":{"key":{"type":"apiKey","in":"header","name":KEY,"description":KEYTEXT}},
			"schemas":{"Event":{"type":"object"},"Thing":{"type":"object","title":SCHEMATITLE,"description":SCHEMA,"deprecated":true,"properties":{
				PROPERTY:{"type":"string","description":PROPERTYTEXT,"example":VALUE,"deprecated":true},"e":{"type":"string","enum":["a",ENUM]},"f":{"type":"string","format":FORMAT,"pattern":PATTERN,"default":DEFAULT}}}}}}`
	harmless := map[string]string{"PATH": "/a", "ID": "postA", "MEDIA": "application/json", "FORMAT": "text", "PROPERTY": "p", "PARAMETER": "q", "KEY": "X-Key", "ENUM": "b"}
	placeholder := regexp.MustCompile(`\b[A-Z]{2,}\b`)
	documents := map[string]string{}
	names := append(slices.Sorted(maps.Keys(harmless)), "texts")
	for _, name := range names {
		documents[name] = placeholder.ReplaceAllStringFunc(template, func(other string) string {
			switch {
			case other == name && name == "PATH":
				return `"/` + q[1:]
			case other == name, name == "texts" && harmless[other] == "":
				return q
			case harmless[other] != "":
				return strconv.Quote(harmless[other])
			}
			return `"text"`
		})
	}
	return documents
}

// What the generated files import is a decision of ours. A new one is added here
// after it was asked where it comes from.
func TestImportsOfGeneratedFiles(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{
		"pepay.gen.go":                    {"context", "encoding/json", "errors", "fmt", "io", "net/http", "time", "github.com/oapi-codegen/runtime"},
		"operations.gen.go":               nil,
		"events.gen.go":                   nil,
		"resources.gen.go":                nil,
		"secrets.gen.go":                  {"fmt", "log/slog"},
		"internal/server/server.gen.go":   {"encoding/json", "errors", "fmt", "net/http", "net/url", "time", "github.com/go-chi/chi/v5", "github.com/oapi-codegen/runtime"},
		"internal/server/examples.gen.go": nil,
		"internal/server/requests.gen.go": {"regexp"},
		"internal/server/wire.gen.go":     {"encoding/json"},
	}
	var generated []string
	for _, pattern := range []string{"*.gen.go", "*/*.gen.go", "internal/*/*.gen.go"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		generated = append(generated, names...)
	}
	for _, full := range generated {
		name, err := filepath.Rel(root, full)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, read(t, name), parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		list, ok := allowed[filepath.ToSlash(name)]
		if !ok {
			t.Errorf("%s has no list of imports in this test", name)
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(list, path) || spec.Name != nil && (spec.Name.Name == "_" || spec.Name.Name == ".") {
				t.Errorf("%s imports %s", name, spec.Path.Value)
			}
		}
	}
	if len(generated) < 4 {
		t.Errorf("only %q found", generated)
	}
}

// Every extension that the generator obeys is a directive.
func TestDirectivesAreComplete(t *testing.T) {
	t.Parallel()
	source := filepath.Join(moduleDir(t, "github.com/oapi-codegen/oapi-codegen/v2"), "pkg", "codegen")
	names, err := filepath.Glob(filepath.Join(source, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no source in %s: %v", source, err)
	}
	extension := regexp.MustCompile(`"(x-[a-zA-Z-]+)"`)
	found := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range extension.FindAllStringSubmatch(string(content), -1) {
			// A path in its table of names, which no document has.
			if found++; match[1] != "x-client-response-wrapper" && !isDirective(match[1]) {
				t.Errorf("%s: %s is no directive", filepath.Base(name), match[1])
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d extensions found", found)
	}
	for _, ours := range []string{hoistedFrom, skipPointer, "x-pepay-repeatable"} {
		if !isDirective(ours) {
			t.Errorf("%s is no directive", ours)
		}
	}
	for _, name := range []string{"x-internal", "x-codegen", "x-go", "x-logo", "x-speakeasy-name-override"} {
		if isDirective(name) {
			t.Errorf("%s is a directive", name)
		}
	}
}

// A published document with a directive is refused with its place, wherever that
// is; as a name or as data it is none.
func TestPublishedDirectives(t *testing.T) {
	t.Parallel()
	const x = `"x-go-type":"string"`
	for name, tc := range map[string]struct {
		paths, components string
		want              string // "" means that it is accepted
	}{
		"schema":                   {getA, `"schemas":{"A":{` + x + `}}`, "#/components/schemas/A/x-go-type"},
		"property":                 {getA, `"schemas":{"A":{"properties":{"a~b/c":{` + x + `}}}}`, "#/components/schemas/A/properties/a~0b~1c/x-go-type"},
		"beside a reference":       {getA, `"schemas":{"A":{"properties":{"b":{"$ref":"#/components/schemas/B",` + x + `}}},"B":{}}`, "#/components/schemas/A/properties/b/x-go-type"},
		"items":                    {getA, `"schemas":{"A":{"items":{` + x + `}}}`, "#/components/schemas/A/items/x-go-type"},
		"further members":          {getA, `"schemas":{"A":{"additionalProperties":{` + x + `}}}`, "#/components/schemas/A/additionalProperties/x-go-type"},
		"allOf":                    {getA, `"schemas":{"A":{"allOf":[{},{` + x + `}]}}`, "#/components/schemas/A/allOf/1/x-go-type"},
		"not":                      {getA, `"schemas":{"A":{"not":{` + x + `}}}`, "#/components/schemas/A/not/x-go-type"},
		"property called example":  {getA, `"schemas":{"A":{"properties":{"example":{` + x + `}}}}`, "#/components/schemas/A/properties/example/x-go-type"},
		"schema called default":    {getA, `"schemas":{"default":{` + x + `}}`, "#/components/schemas/default/x-go-type"},
		"operation":                {getWith("/a", x+","), schemaA, "#/paths/~1a/get/x-go-type"},
		"path":                     {`"/a":{` + x + `}`, schemaA, "#/paths/~1a/x-go-type"},
		"among the paths":          {getA + `,` + x, schemaA, "#/paths/x-go-type"},
		"parameter":                {getWith("/a", `"parameters":[{"name":"a","in":"query",`+x+`}],`), schemaA, "#/paths/~1a/get/parameters/0/x-go-type"},
		"schema of a parameter":    {getWith("/a", `"parameters":[{"name":"a","in":"query","schema":{`+x+`}}],`), schemaA, "#/paths/~1a/get/parameters/0/schema/x-go-type"},
		"body":                     {getWith("/a", `"requestBody":{"content":{"a/b":{"schema":{`+x+`}}}},`), schemaA, "#/paths/~1a/get/requestBody/content/a~1b/schema/x-go-type"},
		"media type":               {getWith("/a", `"requestBody":{"content":{"a/b":{`+x+`}}},`), schemaA, "#/paths/~1a/get/requestBody/content/a~1b/x-go-type"},
		"among the answers":        {`"/a":{"get":{"responses":{` + x + `}}}`, schemaA, "#/paths/~1a/get/responses/x-go-type"},
		"header of an answer":      {`"/a":{"get":{"responses":{"200":{"headers":{"H":{"schema":{` + x + `}}}}}}}`, schemaA, "#/paths/~1a/get/responses/200/headers/H/schema/x-go-type"},
		"callback":                 {getWith("/a", `"callbacks":{"c":{"{$url}":{"post":{"requestBody":{"content":{"a/b":{"schema":{`+x+`}}}}}}}},`), schemaA, "#/paths/~1a/get/callbacks/c/{$url}/post/requestBody/content/a~1b/schema/x-go-type"},
		"security scheme":          {getA, `"securitySchemes":{"s":{` + x + `}}`, "#/components/securitySchemes/s/x-go-type"},
		"flow":                     {getA, `"securitySchemes":{"s":{"flows":{"implicit":{` + x + `}}}}`, "#/components/securitySchemes/s/flows/implicit/x-go-type"},
		"other directives":         {getA, `"schemas":{"A":{"x-enum-varnames":["a"]}}`, "x-enum-varnames"},
		"enum names":               {getA, `"schemas":{"A":{"x-enumNames":["a"]}}`, "x-enumNames"},
		"tags of a field":          {getA, `"schemas":{"A":{"x-oapi-codegen-extra-tags":{"json":"-"}}}`, "x-oapi-codegen-extra-tags"},
		"omission":                 {getA, `"schemas":{"A":{"x-omitempty":true}}`, "x-omitempty"},
		"order":                    {getA, `"schemas":{"A":{"x-order":1}}`, "x-order"},
		"repeatable":               {getWith("/a", `"x-pepay-repeatable":true,`), schemaA, "x-pepay-repeatable"},
		"reason of a deprecation":  {getWith("/a", `"x-deprecated-reason":"a",`), schemaA, "x-deprecated-reason"},
		"in another spelling":      {getA, `"schemas":{"A":{"X-Go-Type":"string"}}`, "X-Go-Type"},
		"behind another spelling":  {getA, `"schemas":{"A":{"Properties":{"a":{` + x + `}}}}`, "#/components/schemas/A/Properties"},
		"behind a long s":          {getA, `"schemas":{"A":{"item` + "\u017f" + `":{` + x + `}}}`, "is not a keyword"},
		"in an example, by $ref":   {getA, `"schemas":{"A":{"example":{` + x + `}},"B":{"$ref":"#/components/schemas/A/example"}}`, "#/components/schemas/B/$ref"},
		"in an extension, by $ref": {getA, `"schemas":{"A":{"x-a":{` + x + `}},"B":{"$ref":"#/components/schemas/A/x-a"}}`, "#/components/schemas/B/$ref"},
		"in another document":      {getA, `"schemas":{"B":{"$ref":"other.json#/A"}}`, "#/components/schemas/B/$ref"},
		"in a file":                {getA, `"schemas":{"B":{"$ref":"../../etc/passwd"}}`, "#/components/schemas/B/$ref"},

		"property of that name":   {getA, `"schemas":{"A":{"type":"object","properties":{"x-go-type":{"type":"string"},"x-order":{"type":"integer"}}}}`, ""},
		"schema of that name":     {getA, `"schemas":{"x-order":{"type":"object","properties":{"id":{"type":"string"}}}}`, ""},
		"example":                 {getA, `"schemas":{"A":{"type":"object","example":{` + x + `}}}`, ""},
		"default":                 {getA, `"schemas":{"A":{"type":"object","default":{` + x + `}}}`, ""},
		"example of an answer":    {`"/a":{"get":{"operationId":"a","responses":{"200":{"description":"ok","content":{"application/json":{"example":{` + x + `},"examples":{"x-go-type":{"value":{` + x + `}}}}}}}}}`, `"schemas":{"A":{"type":"string"}}`, ""},
		"content of an extension": {getA, `"schemas":{"A":{"type":"string","x-a":{` + x + `}}}`, ""},
		"extension of others":     {getA, `"schemas":{"A":{"type":"string","x-internal":true}}`, ""},
		"percent in a reference":  {getWith("/a/{id}", `"operationId":"a","parameters":[`+parameterIn("path", "id")+`],`) + `,` + getWith("/b/{id}", `"operationId":"b","parameters":[{"$ref":"#/paths/~1a~1%7Bid%7D/get/parameters/0"}],`), schemaA, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := contract{document: document(tc.paths, tc.components), overlays: map[string]string{"repairs.yaml": harmless}}.generate(t)
			if tc.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "openapi.json as published, #/") {
				t.Errorf("got %v, want a refusal with %q", err, tc.want)
			}
		})
	}
}

// Keys that come twice are read one way by some programs and another by others.
func TestKeysThatComeTwice(t *testing.T) {
	t.Parallel()
	_, err := contract{
		document: document(getA, `"schemas":{"A":{"type":"string"},"A":{"type":"string","x-go-type":"string"}}`),
		overlays: map[string]string{"repairs.yaml": harmless},
	}.generate(t)
	if err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("got %v", err)
	}
}

func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
