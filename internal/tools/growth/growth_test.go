// Package growth holds the test that the contract can grow without a
// hand-written line.
package growth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the repository, from this directory.
const root = "../../.."

// Six operations are added to openapi.json in a copy of the repository. After
// go generate everything still builds, and a program calls all six through
// wrapper.Client.API, authenticated and typed; it is testdata/calls_test.go.
func TestContractGrowsWithoutHandWrittenLines(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: generates and builds a copy of the repository")
	}
	t.Parallel()
	repo := t.TempDir()
	copyRepository(t, repo)
	grow(t, filepath.Join(repo, "openapi.json"), filepath.Join("testdata", "growth.json"))

	run(t, repo, "go", "generate", ".")
	run(t, repo, "go", "list", "-export", "./...") // builds, but links no program

	calls := filepath.Join(repo, "internal", "growthcalls")
	if err := os.MkdirAll(calls, 0o755); err != nil {
		t.Fatal(err)
	}
	copyFile(t, filepath.Join("testdata", "calls_test.go"), filepath.Join(calls, "calls_test.go"))
	run(t, repo, "go", "test", "-count=1", "-vet=off", "-ldflags=-s -w", "./internal/growthcalls")
}

// copyRepository copies the root module and the tools that generate it.
func copyRepository(t *testing.T, to string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != "." && skipped(path, filepath.ToSlash(name)) {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		}
		if entry.Type().IsRegular() {
			copyFile(t, path, filepath.Join(to, name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// skipped says that a directory takes no part: what git ignores, this test, and
// every module but the root and the tools.
func skipped(path, name string) bool {
	if slices.Contains([]string{".git", "bin", "dist", "internal/tools/growth"}, name) || filepath.Base(name) == "node_modules" {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return name != "internal/tools" && !errors.Is(err, fs.ErrNotExist)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func readObject(t *testing.T, path string) map[string]any {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return object
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PEPAY_") || strings.HasPrefix(v, "GOWORK=")
	})
	// With -trimpath the copies share what the build cache has. The compiler and the
	// generators need little memory, and less time with a lazy garbage collector.
	cmd.Env = append(cmd.Env, "GOWORK=off", "GOGC=400", "GOFLAGS=-buildvcs=false -trimpath")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}
