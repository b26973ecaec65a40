package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var root = filepath.Join("..", "..", "..")

// The list fits the code: a change that moves a mutant's text moves the mutant.
func TestList(t *testing.T) {
	t.Parallel()
	names, packages, tests := map[string]bool{}, map[string]int{}, map[string][]string{}
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
		if tests[m.pkg] == nil {
			tests[m.pkg] = testsOf(t, filepath.Join(root, filepath.FromSlash(m.pkg)))
		}
		for part := range strings.SplitSeq(pattern.String(), "|") {
			if !slices.ContainsFunc(tests[m.pkg], regexp.MustCompile(part).MatchString) {
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

// testsOf reads the names of the tests in a package.
func testsOf(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}
