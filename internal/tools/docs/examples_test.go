package docs

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// A program begins with a function of a package. Each is called in an example, which is
// compiled, run, and shown on pkg.go.dev. One example is enough for the functions that
// make the same kind of thing as an option or a fault: those of a type with an example.
func TestEntryPointsHaveExamples(t *testing.T) {
	t.Parallel()
	called := calledInExamples(t)
	generated := generatedNames(t)
	for importPath, p := range public(t) {
		shown := func(f *doc.Func) bool {
			return called[path.Base(importPath)+"."+f.Name] || called[p.Name+"."+f.Name]
		}
		report := func(f *doc.Func) {
			if !shown(f) && !generated[importPath+"."+f.Name] {
				t.Errorf("no example calls %s.%s", importPath, f.Name)
			}
		}
		for _, f := range p.Funcs {
			report(f)
		}
		for _, typ := range p.Types {
			kind := strings.HasSuffix(typ.Name, "Option") || typ.Name == "Fault" || typ.Name == "When"
			some := false
			for _, f := range typ.Funcs {
				if some = some || shown(f); !kind {
					report(f)
				}
			}
			if kind && !some && len(typ.Funcs) > 0 {
				t.Errorf("no example makes a %s.%s", importPath, typ.Name)
			}
		}
	}
}

// calledInExamples are names such as stream.Merchant. An example that has no output is
// compiled and not run, so it counts only where it cannot run by itself.
func calledInExamples(t *testing.T) map[string]bool {
	t.Helper()
	called := map[string]bool{}
	for _, name := range tracked(t, "*_test.go") {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, filepath.FromSlash(name)), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, example := range doc.Examples(parsed) {
			runs := example.Output != "" || example.EmptyOutput
			ast.Inspect(example.Code, func(n ast.Node) bool {
				if selector, ok := n.(*ast.SelectorExpr); ok {
					if of, ok := selector.X.(*ast.Ident); ok && (runs || needsMore(of.Name, selector.Sel.Name)) {
						called[of.Name+"."+selector.Sel.Name] = true
					}
				}
				return true
			})
		}
	}
	return called
}

// needsMore is true for what an example alone cannot have: a database, or a *testing.T.
func needsMore(of, name string) bool {
	return of == "postgres" || of == "storetest" || of == "pepaytest" && name == "NewServer"
}

// generatedNames are functions that come from the contract; programs use package wrapper
// in their place.
func generatedNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, name := range tracked(t, "*.gen.go") {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, filepath.FromSlash(name)), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
				names[path.Join(modulePath, path.Dir(name))+"."+f.Name.Name] = true
			}
		}
	}
	return names
}
