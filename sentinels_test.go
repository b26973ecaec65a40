package pepay

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every error that programs can compare with says which package it comes from.
func TestErrorsBeginWithTheirPackage(t *testing.T) {
	t.Parallel()
	found := 0
	for dir, prefix := range map[string]string{
		".": "pepay: ", "wrapper": "pepay: ", "stream": "stream: ", "wstoken": "wstoken: ", "webhook": "webhook: ", "pepaytest": "pepaytest: ",
	} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for sentinel, text := range sentinelsIn(file) {
				found++
				if !strings.HasPrefix(text, prefix) {
					t.Errorf("%s: %s is %q, want %q before it", name, sentinel, text, prefix)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d errors were found", found)
	}
}

// sentinelsIn lists the exported variables of a file that errors.New makes, with
// their texts.
func sentinelsIn(file *ast.File) map[string]string {
	texts := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if !name.IsExported() || i >= len(spec.Values) {
				continue
			}
			call, ok := spec.Values[i].(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				continue
			}
			if fun, ok := call.Fun.(*ast.SelectorExpr); ok && fun.Sel.Name == "New" {
				if text, ok := call.Args[0].(*ast.BasicLit); ok {
					texts[name.Name], _ = strconv.Unquote(text.Value)
				}
			}
		}
		return true
	})
	return texts
}
