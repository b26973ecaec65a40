package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// FuzzOverlay reads any overlay and applies it to a document: it changes the document
// to one that can be written and read again, or its error names the file.
func FuzzOverlay(f *testing.F) {
	for _, actions := range []string{
		`  - {target: $.paths, update: {/a: {get: {}}}}`, `  - {target: "$.components.schemas.A", remove: true}`, `  - {target: $.a, copy: $.paths}`,
		`  - {target: "$..*", update: {x: 1}}`, `  - {target: "$[?(@.a==1)]", remove: true}`, `  - {target: $.paths, remove: true, update: {a: 1}}`, `  - {target: "", update: {}}`,
		"  - target: $.paths\n    update: &a\n      a: *a\n", `  - {target: $.components.schemas.A.required, update: [id]}`,
	} {
		f.Add("overlay: 1.1.0\ninfo: {title: t, version: v}\nactions:\n" + actions + "\n")
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(filepath.Join(dir, repairsFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		actions, err := readActions(dir)
		if err != nil {
			if !strings.Contains(err.Error(), repairsFile) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(`{"openapi":"3.0.3","paths":{},"components":{"schemas":{"A":{"type":"object","required":["id"]}}},"a":1}`), &doc); err != nil {
			t.Fatal(err)
		}
		for _, a := range actions {
			if apply(&doc, a) != nil {
				return
			}
		}
		written, err := yaml.Marshal(&doc)
		if err != nil {
			t.Fatalf("%q: the document cannot be written: %v", text, err)
		}
		var again yaml.Node
		if err := yaml.Unmarshal(written, &again); err != nil {
			t.Errorf("%q: the document cannot be read again: %v\n%s", text, err, written)
		}
		if _, err := mergeActions(actions); err != nil {
			t.Errorf("%q: the merged overlay cannot be written: %v", text, err)
		}
	})
}
