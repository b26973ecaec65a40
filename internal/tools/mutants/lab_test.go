package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const source = `package thing

// Add adds.
func Add(a, b int) int { return a + b }

// Unused is not tested.
func Unused() int { return 1 }
`

const tests = `package thing

import "testing"

func TestAdd(t *testing.T) {
	if Add(2, 3) != 5 {
		t.Error("wrong sum")
	}
}

func TestFails(t *testing.T) { t.Error("as always") }
`

// With -trimpath the modules of all cases share what the build cache has. The compiler
// needs little memory, and less time with a lazy garbage collector.
func TestMain(m *testing.M) {
	if err := errors.Join(os.Setenv("GOFLAGS", "-trimpath"), os.Setenv("GOGC", "400")); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func thing(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod": "module example.com/thing\n\ngo 1.25.0\n", "pkg/thing.go": source, "pkg/thing_test.go": tests,
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds and runs tests of a module")
	}
	t.Parallel()
	good := mutant{name: "subtracts", file: "pkg/thing.go", old: "a + b", new: "a - b", pkg: "pkg", tests: "^TestAdd$"}
	with := func(change func(*mutant)) mutant {
		m := good
		change(&m)
		return m
	}
	for name, tt := range map[string]struct {
		mutants []mutant
		args    []string
		want    []string // of what is printed and of the error
		fails   bool
	}{
		"caught":             {[]mutant{good}, nil, []string{"passes", "caught", "all 1 were caught"}, false},
		"not caught":         {[]mutant{good, with(func(m *mutant) { m.name, m.old, m.new = "two", "return 1", "return 2" })}, nil, []string{"NOT CAUGHT", "- return 1", "1 of 2 were not caught"}, true},
		"hangs":              {[]mutant{with(func(m *mutant) { m.old, m.new = "{ return a + b }", "{ for {} }" })}, []string{"-timeout", "1s"}, []string{"timed out        subtracts", "all 1 were caught"}, false},
		"does not compile":   {[]mutant{with(func(m *mutant) { m.new = "nothing" })}, nil, []string{"DOES NOT COMPILE", "undefined: nothing"}, true},
		"unused import":      {[]mutant{with(func(m *mutant) { m.old, m.new = "package thing\n", "package thing\nimport \"os\"\n" })}, nil, []string{"DOES NOT COMPILE"}, true},
		"text is gone":       {[]mutant{with(func(m *mutant) { m.old = "a * b" })}, nil, []string{"STALE", "0 times in pkg/thing.go"}, true},
		"text is there more": {[]mutant{with(func(m *mutant) { m.old = "func" })}, nil, []string{"STALE", "2 times in pkg/thing.go"}, true},
		"no such file":       {[]mutant{with(func(m *mutant) { m.file = "pkg/gone.go" })}, nil, []string{"STALE", "gone.go"}, true},
		"no such test":       {[]mutant{with(func(m *mutant) { m.tests = "^TestNothing$" })}, nil, []string{"no test of pkg matches"}, true},
		"test fails anyway":  {[]mutant{with(func(m *mutant) { m.tests = "^TestFails$" })}, nil, []string{"do not pass on the code as it is", "as always"}, true},
		"chosen":             {[]mutant{good, with(func(m *mutant) { m.name, m.old = "stale", "a * b" })}, []string{"-run", "^subtracts$"}, []string{"all 1 were caught"}, false},
		"none chosen":        {[]mutant{good}, []string{"-run", "multiplies"}, []string{"no name matches"}, true},
		"pattern that is none": {
			[]mutant{good}, []string{"-run", "("}, []string{"-run"}, true,
		},
		"list":     {[]mutant{good}, []string{"-list"}, []string{"subtracts", "pkg/thing.go, noticed by ^TestAdd$ in pkg"}, false},
		"argument": {[]mutant{good}, []string{"subtracts"}, []string{"-run REGEXP"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := thing(t)
			var out bytes.Buffer
			err := run(t.Context(), &out, tt.mutants, append([]string{"-root", dir}, tt.args...))
			text := out.String()
			if err != nil {
				text += err.Error()
			}
			if (err != nil) != tt.fails {
				t.Errorf("failed: %v, want %v", err, tt.fails)
			}
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in\n%s", want, text)
				}
			}
			if content, err := os.ReadFile(filepath.Join(dir, "pkg", "thing.go")); err != nil || string(content) != source {
				t.Errorf("the tree was changed: %v\n%s", err, content)
			}
		})
	}
}
