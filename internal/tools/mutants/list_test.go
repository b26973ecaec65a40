package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var root = filepath.Join("..", "..", "..")

// The list fits the code: a change that moves a mutant's text moves the mutant.
func TestList(t *testing.T) {
	t.Parallel()
	names, packages := map[string]bool{}, map[string]int{}
	for _, m := range all() {
		packages[m.pkg]++
		switch {
		case names[m.name]:
			t.Errorf("%s is there twice", m.name)
		case m.old == m.new:
			t.Errorf("%s changes nothing", m.name)
		}
		names[m.name] = true
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m.file)))
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
		} else if n := strings.Count(string(content), m.old); n != 1 {
			t.Errorf("%s: %q is %d times in %s, want once; adapt internal/tools/mutants", m.name, m.old, n, m.file)
		}
		pattern, err := regexp.Compile(strings.Split(m.tests, "/")[0])
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		for part := range strings.SplitSeq(pattern.String(), "|") {
			if !hasTest(t, filepath.Join(root, filepath.FromSlash(m.pkg)), regexp.MustCompile(part)) {
				t.Errorf("%s: no test of %s matches %s", m.name, m.pkg, part)
			}
		}
	}
	if len(names) < 40 {
		t.Errorf("there are %d mutants, want at least 40", len(names))
	}
	for _, pkg := range []string{"wrapper", "stream", "wstoken", "webhook", "inbox", "pepaytest", "internal/tools/specgen", "internal/hostile"} {
		if packages[pkg] == 0 {
			t.Errorf("%s has none", pkg)
		}
	}
}

func hasTest(t *testing.T, dir string, pattern *regexp.Regexp) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && pattern.MatchString(f.Name.Name) {
				return true
			}
		}
	}
	return false
}
