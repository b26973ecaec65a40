package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var repository = filepath.Join("..", "..")

// built are the tools, built once for all tests.
var built tools

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "specsync-tools")
	if err == nil {
		err = build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func build(dir string) error {
	oasdiff := filepath.Join(dir, "oasdiff.exe")
	cmd := exec.Command("go", "-C", filepath.Join(repository, "internal", "oasdiff"), "build", "-o", oasdiff, "github.com/oasdiff/oasdiff")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build oasdiff: %w\n%s", err, out)
	}
	// With -trimpath the copies share what the build cache has.
	if err := os.Setenv("GOFLAGS", "-buildvcs=false -trimpath"); err != nil {
		return err
	}
	built = tools{
		oasdiff: []string{oasdiff},
		steps: []namedCommand{
			{generation, []string{"go", "generate", "."}},
			{compilation, []string{"go", "build", ".", "./wrapper"}},
		},
	}
	return nil
}

// copyTree copies what generation and the build of package wrapper need.
func copyTree(t *testing.T) string {
	t.Helper()
	target := t.TempDir()
	if err := copyFiles(target, repository, func(name string) bool {
		return !strings.Contains(name, "/")
	}); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"api", "wrapper", "internal/server", "internal/tools", "internal/wire"} {
		if err := copyFiles(filepath.Join(target, dir), filepath.Join(repository, dir), func(string) bool { return true }); err != nil {
			t.Fatal(err)
		}
	}
	return target
}

func copyFiles(target, source string, wanted func(name string) bool) error {
	return fs.WalkDir(os.DirFS(source), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if name != "." && !wanted(name+"/") {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(target, name), 0o700)
		case !entry.Type().IsRegular() || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".md"):
			return nil
		}
		content, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(target, name), content, 0o600)
	})
}

// published returns the document of the repository for a test to change.
func published(t *testing.T) map[string]any {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository, publishedFile))
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(content, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// at follows a path of keys, so that a scenario that has lost its object fails
// with a name instead of a panic.
func at(t *testing.T, node any, keys ...string) map[string]any {
	t.Helper()
	for i, key := range keys {
		object, _ := node.(map[string]any)
		if node = object[key]; node == nil {
			t.Fatalf("the document has nothing at %s: adapt the scenario", strings.Join(keys[:i+1], " / "))
		}
	}
	return node.(map[string]any)
}

func encode(t *testing.T, doc map[string]any) []byte {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		t.Fatal(err)
	}
	document, err := normalise(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return document
}
