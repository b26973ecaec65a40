package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
)

var repository = filepath.Join("..", "..")

// programs is where built puts what it builds.
var programs string

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "specsync-tools"); err == nil {
		// With -trimpath the copies share what the build cache has. The compiler and the
		// generators need little memory, and less time with a lazy garbage collector.
		err = errors.Join(os.Setenv("GOFLAGS", "-buildvcs=false -trimpath"), os.Setenv("GOGC", "400"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	debug.SetGCPercent(400)
	code := m.Run()
	_ = os.RemoveAll(programs)
	os.Exit(code)
}

// compiling is the step behind generation, for the packages that copyTree copies.
var compiling = namedCommand{compilation, []string{"go", "build", ".", "./wrapper"}}

// built are the tools, built once for all tests. They generate with the commands of
// gen.go, but do not look for changes in the code of the generators each time.
var built = sync.OnceValues(func() (tools, error) {
	modules := filepath.Join(repository, "internal")
	for module, packages := range map[string][]string{
		"oasdiff": {"github.com/oasdiff/oasdiff"},
		"tools":   {"./specgen", "./doccomments", "./explicitnulls", "./methods", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"},
	} {
		args := append([]string{"-C", filepath.Join(modules, module), "build", "-ldflags=-s -w", "-o", programs + string(filepath.Separator)}, packages...)
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return tools{}, fmt.Errorf("build %s: %w\n%s", module, err, out)
		}
	}
	generator, err := os.ReadFile(filepath.Join(repository, "gen.go"))
	if err != nil {
		return tools{}, err
	}
	var script []string
	for _, line := range generates.FindAllStringSubmatch(string(generator), -1) {
		command := runs.ReplaceAllString(line[1], "cd internal/tools && "+programs+"/")
		command = tool.ReplaceAllString(command, programs+"/")
		if strings.HasPrefix(command, "go ") {
			return tools{}, fmt.Errorf("gen.go has another command: %s", line[1])
		}
		script = append(script, "("+command+")")
	}
	if len(script) < 5 {
		return tools{}, fmt.Errorf("gen.go has %d commands", len(script))
	}
	return tools{
		oasdiff: []string{filepath.Join(programs, "oasdiff")},
		steps:   []namedCommand{{generation, []string{"sh", "-c", strings.Join(script, " && ")}}, compiling},
	}, nil
})

var (
	generates = regexp.MustCompile(`(?m)^//go:generate (.*)$`)
	runs      = regexp.MustCompile(`^go -C internal/tools run \./`)
	tool      = regexp.MustCompile(`^go tool -modfile=internal/tools/go\.mod `)
)

func builtTools(t *testing.T, _ string) tools {
	t.Helper()
	tools, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return tools
}

// withGoGenerate are the tools as the command has them. Their sources are copied to root.
func withGoGenerate(t *testing.T, root string) tools {
	t.Helper()
	for _, dir := range []string{"internal/tools", "internal/oasdiff"} {
		copyDirectory(t, root, dir)
	}
	tools := repositoryTools()
	tools.steps = []namedCommand{{generation, []string{"go", "generate", "."}}, compiling}
	return tools
}

// copyTree copies what the built tools and the build of package wrapper need.
func copyTree(t *testing.T) string {
	t.Helper()
	target := t.TempDir()
	if err := copyFiles(target, repository, func(name string) bool {
		return !strings.Contains(name, "/")
	}); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"api", "wrapper", "internal/server", "internal/wire"} {
		copyDirectory(t, target, dir)
	}
	if err := os.Mkdir(filepath.Join(target, "internal", "tools"), 0o700); err != nil {
		t.Fatal(err)
	}
	return target
}

func copyDirectory(t *testing.T, target, dir string) {
	t.Helper()
	if err := copyFiles(filepath.Join(target, dir), filepath.Join(repository, dir), func(string) bool { return true }); err != nil {
		t.Fatal(err)
	}
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
