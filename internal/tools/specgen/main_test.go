package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/speakeasy-api/openapi/overlay/loader"
	"gopkg.in/yaml.v3"
)

// The tests make much garbage and keep little: collecting it less often saves time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// contract is what generate reads.
type contract struct {
	document string
	overlays map[string]string
}

// write puts the contract into a new directory and returns it.
func (c contract) write(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	overlays := filepath.Join(root, "api", "overlays")
	if err := os.MkdirAll(overlays, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(path, content string) {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(root, "openapi.json"), c.document)
	for name, content := range c.overlays {
		write(filepath.Join(overlays, name), content)
	}
	return root
}

func (c contract) generate(t *testing.T) (map[string][]byte, error) {
	t.Helper()
	g, err := generate(c.write(t))
	if err != nil {
		return nil, err
	}
	return g.files, nil
}

// check generates and checks the names, against the configurations, the templates and
// the hand-written files of the repository. It writes nothing.
func (c contract) check(t *testing.T) (*generation, error) {
	t.Helper()
	g, err := generate(c.write(t))
	if err != nil {
		return nil, err
	}
	err = g.checkNames(root)
	return g, err
}

// run generates below a root that has the configurations, the templates and the
// hand-written files of the repository.
func (c contract) run(t *testing.T) (dir string, err error) {
	t.Helper()
	dir = c.write(t)
	for _, from := range []string{"*.go", "api/*.yaml", "api/templates/*", "internal/server/*.go"} {
		names, err := filepath.Glob(filepath.Join(root, from))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", from, err)
		}
		for _, name := range names {
			below, err := filepath.Rel(root, name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, ".gen.go") || strings.HasSuffix(name, ".gen.yaml") || strings.HasSuffix(name, "_test.go") {
				continue
			}
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, below)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, below), read(t, below), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, run(dir)
}

// effective is the document that generate makes of c.
func (c contract) effective(t *testing.T) any {
	t.Helper()
	files, err := c.generate(t)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(files["api/openapi.effective.json"], &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// forGenerator is the document that oapi-codegen gets: the published one with
// every action of the merged overlay.
func (c contract) forGenerator(t *testing.T) any {
	t.Helper()
	root := c.write(t)
	g, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := loader.LoadOverlay(writeFile(t, "overlay.yaml", g.files[mergedOverlay]))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := readDocument(filepath.Join(root, "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range merged.Actions {
		if err := apply(doc, action{Action: step, file: "overlay.gen.yaml", index: i + 1}); err != nil {
			t.Fatal(err)
		}
	}
	return decode(t, doc)
}

func decode(t *testing.T, doc *yaml.Node) any {
	t.Helper()
	text, err := encodeJSON(doc)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// skipped lists the places that are marked as pointers.
func skipped(doc *yaml.Node) []string {
	var found []string
	for p := range places(doc) {
		if isFalse(child(p.node, skipPointer)) {
			found = append(found, p.path.pointer())
		}
	}
	return found
}

// document is a published document with these paths and components.
func document(paths, components string) string {
	return fmt.Sprintf(`{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{%s},"components":{%s}}`, paths, components)
}

const (
	getA    = `"/a":{"get":{"operationId":"getA","tags":["A"],"responses":{"200":{"description":"ok"}}}}`
	schemaA = `"schemas":{"A":{"type":"object","properties":{"id":{"type":"string"}}}}`
)

// overlayOf is an overlay file with these actions, which begin at column 0.
func overlayOf(actions string) string {
	return "overlay: 1.1.0\ninfo: {title: t, version: 1.0.0}\nactions:\n" + strings.TrimPrefix(actions, "\n")
}

// harmless is an overlay that always has something to do.
var harmless = overlayOf(`
- target: $.info
  update: {x-harmless: true}
`)

func repairs(actions string) map[string]string {
	return map[string]string{"repairs.yaml": overlayOf(actions)}
}

// at follows keys and indexes into a decoded document.
func at(t *testing.T, doc any, path ...any) any {
	t.Helper()
	for i, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := doc.(map[string]any)
			value, ok := object[step]
			if !ok {
				t.Fatalf("no %v in the document", path[:i+1])
			}
			doc = value
		case int:
			list, _ := doc.([]any)
			if step >= len(list) {
				t.Fatalf("no %v in the document", path[:i+1])
			}
			doc = list[step]
		}
	}
	return doc
}

func TestRunWritesEverythingOrNothing(t *testing.T) {
	t.Parallel()
	written := []string{"api/overlay.gen.yaml", "api/openapi.effective.json", "operations.gen.go", "events.gen.go", "resources.gen.go", "internal/server/examples.gen.go", "internal/server/requests.gen.go", "internal/server/wire.gen.go"}

	good, err := contract{document: document(getA, schemaA), overlays: map[string]string{"repairs.yaml": harmless}}.run(t)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range written {
		if _, err := os.Stat(filepath.Join(good, name)); err != nil {
			t.Error(err)
		}
	}

	for name, bad := range map[string]contract{
		"stale action":        {document: document(getA, schemaA), overlays: repairs("- target: $.nowhere\n  remove: true\n")},
		"name that is taken":  {document: document(getA, `"schemas":{"Client":{"type":"object","properties":{"id":{"type":"string"}}}}`), overlays: map[string]string{"repairs.yaml": harmless}},
		"published directive": {document: document(getA, `"schemas":{"A":{"type":"string","x-go-type":"string"}}`), overlays: map[string]string{"repairs.yaml": harmless}},
	} {
		dir, err := bad.run(t)
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		for _, file := range written {
			if _, err := os.Stat(filepath.Join(dir, file)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %s: %v, want no such file", name, file, err)
			}
		}
	}
}
