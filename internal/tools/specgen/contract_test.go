package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
	"github.com/speakeasy-api/openapi/overlay/loader"
)

// root is the repository, from this directory.
const root = "../../.."

// committed is what comes of the repository's own contract. Tests only read it.
var committed = sync.OnceValues(func() (*generation, error) { return generate(root) })

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Replacing openapi.json must show as a diff of what Pepay changed and nothing
// else, so it is kept in one form.
func TestDocumentIsInNormalForm(t *testing.T) {
	t.Parallel()
	got := read(t, "openapi.json")
	var compact, want bytes.Buffer
	if err := json.Compact(&compact, got); err != nil {
		t.Fatal(err)
	}
	if err := json.Indent(&want, compact.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	want.WriteByte('\n')
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("openapi.json is not in normal form; bring it there with: jq . openapi.json")
	}
}

func TestDocumentPrintsAsItCame(t *testing.T) {
	t.Parallel()
	doc, err := readDocument(filepath.Join(root, "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := encodeJSON(doc)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, read(t, "openapi.json")) {
		t.Errorf("openapi.json comes out differently:\n%s", got)
	}
}

func TestCommittedFilesAreCurrent(t *testing.T) {
	t.Parallel()
	g, err := committed()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range g.files {
		if !bytes.Equal(content, read(t, name)) {
			t.Errorf("%s is not current; run: make generate", name)
		}
	}
}

// What an overlay adds says where it comes from, and an operation how much of it is
// documented: the doc comments and docs/methods.md say so.
func TestAdditionsNameTheirSource(t *testing.T) {
	t.Parallel()
	published, err := readDocument(filepath.Join(root, "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := committed()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for p := range places(g.doc) {
		isOperation := p.kind == "operation" && len(p.path) == 3 && p.path[0] == "paths"
		isComponent := len(p.path) == 3 && p.path[0] == "components" && (p.kind == "schema" || p.kind == "security scheme")
		if !isOperation && !isComponent || find(published, p.path) != nil {
			continue
		}
		seen++
		if child(p.node, sourceKey) == nil {
			t.Errorf("%s has no %s: name the page that describes it", p.path.pointer(), sourceKey)
		}
		if isOperation && child(p.node, completenessKey) == nil {
			t.Errorf("%s has no %s: %v", p.path.pointer(), completenessKey, completeness)
		}
		if p.kind == "schema" && child(p.node, "description") == nil {
			t.Errorf("%s has no description: its Go type would have no doc comment", p.path.pointer())
		}
	}
	if seen == 0 {
		t.Error("no additions found")
	}
}

// oapi-codegen applies the merged overlay itself. Without the actions that are
// for the generator only, that must give the document that people read and that
// the conformance tests hold things against.
func TestBothWaysGiveTheSameDocument(t *testing.T) {
	t.Parallel()
	t.Run("committed", func(t *testing.T) {
		t.Parallel()
		compareWays(t, root)
	})
	t.Run("with parameters and several overlays", func(t *testing.T) {
		t.Parallel()
		grown := contract{document: parametersContract.document, overlays: maps.Clone(parametersContract.overlays)}
		grown.overlays["events.yaml"] = overlayOf(`
- target: $.components.schemas
  update: {B: {type: object, properties: {n: {type: number, example: 1.50}, at: {type: string, example: 2026-01-02}}}}
- target: $.info
  update: {description: "Line one.\n\nLine  two: \"quoted\" — ✓"}
`)
		dir, err := grown.run(t)
		if err != nil {
			t.Fatal(err)
		}
		compareWays(t, dir)
	})
}

func compareWays(t *testing.T, root string) {
	t.Helper()
	merged, err := loader.LoadOverlay(filepath.Join(root, "api", "overlay.gen.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	merged.Actions = slices.DeleteFunc(merged.Actions, isGeneratorOnly)
	contractOnly, err := merged.ToString()
	if err != nil {
		t.Fatal(err)
	}
	overlaid, err := util.LoadSwaggerWithOverlay(filepath.Join(root, "openapi.json"), util.LoadSwaggerWithOverlayOpts{
		Path:                writeFile(t, "overlay.yaml", []byte(contractOnly)),
		Strict:              true,
		AllowRemoteRefsFrom: []string{},
	})
	if err != nil {
		t.Fatal(err)
	}
	effective, err := openapi3.NewLoader().LoadFromFile(filepath.Join(root, "api", "openapi.effective.json"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sortedJSON(t, overlaid), sortedJSON(t, effective); !bytes.Equal(got, want) {
		t.Errorf("openapi.json with api/overlay.gen.yaml is not api/openapi.effective.json; run: make generate\n--- oapi-codegen\n%s\n--- effective\n%s", got, want)
	}
}

func sortedJSON(t *testing.T, doc *openapi3.T) []byte {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	if text, err = json.MarshalIndent(value, "", "  "); err != nil {
		t.Fatal(err)
	}
	return text
}
