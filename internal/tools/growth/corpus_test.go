package growth

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The documents of testdata/corpus have the shapes of real vendors' contracts. Each
// is added to openapi.json in a copy of the repository, is generated and built, and
// the program beside it calls what it describes. One copy has all documents of a
// version of OpenAPI, because generating and building takes longest.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: generates and builds copies of the repository")
	}
	t.Parallel()
	const corpus = "testdata/corpus"
	paths, err := filepath.Glob(filepath.Join(corpus, "*", "document.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	byVersion := map[string][]string{}
	for _, path := range paths {
		version, _ := readObject(t, path)["openapi"].(string) // that of openapi.json if it says none
		byVersion[version] = append(byVersion[version], filepath.Dir(path))
	}
	for version, documents := range byVersion {
		t.Run("OpenAPI "+version, func(t *testing.T) {
			t.Parallel()
			repo := t.TempDir()
			copyRepository(t, repo)
			for _, dir := range append(documents, filepath.Join(corpus, "corpustest")) {
				copyInto(t, dir, filepath.Join(repo, "internal", "corpus", filepath.Base(dir)))
			}
			for _, dir := range documents {
				grow(t, filepath.Join(repo, "openapi.json"), filepath.Join(dir, "document.json"))
			}
			run(t, repo, "go", "generate", ".")
			run(t, repo, "go", "build", ".", "./internal/server")
			run(t, repo, "go", "test", "-count=1", "-vet=off", "-ldflags=-s -w", "./internal/corpus/...")
		})
	}
}

// The documents of testdata/refusals cannot become Go. Generation says where, and
// what to write into an overlay, before anything is written. Those of a directory are
// found in the same step, so they are tried together; each has its own names.
func TestRefusals(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: generates from the whole contract; specgen's own tests refuse small ones")
	}
	t.Parallel()
	dirs, err := filepath.Glob("testdata/refusals/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	specgen := filepath.Join(t.TempDir(), "specgen")
	run(t, "..", "go", "build", "-ldflags=-s -w", "-o", specgen, "./specgen")
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			repo := t.TempDir()
			for _, dir := range []string{".", "api", "api/overlays", "api/templates", "internal/server"} {
				copyInto(t, filepath.Join(root, dir), filepath.Join(repo, dir))
			}
			documents, err := filepath.Glob(filepath.Join(dir, "*.json"))
			if err != nil || len(documents) == 0 {
				t.Fatalf("no documents: %v", err)
			}
			for _, path := range documents {
				grow(t, filepath.Join(repo, "openapi.json"), path)
			}
			before := contents(t, repo)
			out, err := exec.CommandContext(t.Context(), specgen, "-root", repo).CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				t.Fatalf("generation went on: %v\n%s", err, out)
			}
			for _, path := range documents {
				for _, want := range readObject(t, path)["refusal"].([]any) {
					if !strings.Contains(string(out), want.(string)) {
						t.Errorf("%s: no %q in\n%s", filepath.Base(path), want, out)
					}
				}
			}
			if after := contents(t, repo); !maps.Equal(before, after) {
				t.Error("files have changed")
			}
		})
	}
}

// copyInto copies the files of a directory, but not what is in its directories.
func copyInto(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Type().IsRegular() && entry.Name() != "document.json" {
			copyFile(t, filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name()))
		}
	}
}

// contents returns the files below a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// grow adds the paths and components of one document to another, and its version.
func grow(t *testing.T, document, additions string) {
	t.Helper()
	doc, more := readObject(t, document), readObject(t, additions)
	if version, ok := more["openapi"]; ok {
		doc["openapi"] = version
	}
	add := func(to, from any) {
		added, _ := from.(map[string]any)
		maps.Copy(to.(map[string]any), added)
	}
	add(doc["paths"], more["paths"])
	components := doc["components"].(map[string]any)
	parts, _ := more["components"].(map[string]any)
	for part, named := range parts {
		if components[part] == nil {
			components[part] = map[string]any{}
		}
		add(components[part], named)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(document, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
