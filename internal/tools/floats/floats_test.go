// Package floats has one test: no type of the module holds a float, because money
// would lose digits in it.
package floats

import (
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// Fields, elements of lists and maps, and what goes through channels are pepay.Decimal,
// an integer or a time.Duration, in generated and in hand-written types. Parameters,
// results and local variables may be floats: nothing is kept in them.
func TestNoTypeHoldsAFloat(t *testing.T) {
	t.Parallel()
	found, seen := floats(t, filepath.Join("..", "..", ".."))
	for _, at := range found {
		t.Error(at)
	}
	if seen < 200 {
		t.Errorf("%d types seen: are these all packages?", seen)
	}
}

func TestFloatsAreFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod": "module example.com/sample\n\ngo 1.25.0\n",
		"sample.go": `package sample

type Plain struct{ A int; B string }
func Parameter(x float64) float64 { local := x; return local }
func (Plain) Float64() float64 { return 0 }

type Field struct{ Rate float64 }
type Small struct{ rate float32 }
type Named float64
type Uses struct{ N Named }
type List []float64
type Keys map[float64]int
type Pointer struct{ Rate *float64 }
type Channel struct{ C chan float64 }
type Call struct{ F func(float64) }
type Deep struct{ Inner struct{ Rates map[string][]float64 } }
type Alias = []float64
type Of[T any] struct{ V T }
type Instance struct{ V Of[float64] }
func Local() { type inside struct{ Rate float64 } ; _ = inside{} }
var Rates = map[string]struct{ Rate float64 }{}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, _ := floats(t, dir)
	var lines []string
	for _, at := range found {
		parts := strings.Split(at, ":")
		lines = append(lines, parts[1])
	}
	slices.Sort(lines)
	if got, want := strings.Join(slices.Compact(lines), " "), "10 11 12 13 14 16 17 19 20 21 7 8 9"; got != want {
		t.Errorf("found lines %s, want %s:\n%s", got, want, strings.Join(found, "\n"))
	}
}

// floats lists the places of the packages below a directory where a type holds a
// float, and counts the types.
func floats(t *testing.T, dir string) (found []string, seen int) {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
		Dir:  dir,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range loaded {
		for _, e := range pkg.Errors {
			t.Fatal(e)
		}
		for _, file := range pkg.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncType: // of a function or a field: nothing is kept in it
					return false
				case *ast.TypeSpec:
					seen++
					if isFloat(pkg.TypesInfo.TypeOf(n.Type)) {
						found = append(found, place(pkg, n, "type "+n.Name.Name))
					}
				case *ast.Field:
					found = append(found, held(pkg, n.Type, "a field")...)
				case *ast.ArrayType:
					found = append(found, held(pkg, n.Elt, "an element")...)
				case *ast.ChanType:
					found = append(found, held(pkg, n.Value, "an element")...)
				case *ast.MapType:
					found = append(found, held(pkg, n.Key, "a key")...)
					found = append(found, held(pkg, n.Value, "an element")...)
				case *ast.IndexExpr: // an instance of a generic type, or an index of a list
					if tv, ok := pkg.TypesInfo.Types[n.Index]; ok && tv.IsType() {
						found = append(found, held(pkg, n.Index, "a type argument")...)
					}
				}
				return true
			})
		}
	}
	return found, seen
}

// held is the finding that an expression for a type stands for a float, or a pointer
// to one.
func held(pkg *packages.Package, expr ast.Expr, what string) []string {
	goType := pkg.TypesInfo.TypeOf(expr)
	if pointer, ok := types.Unalias(goType).(*types.Pointer); ok {
		goType = pointer.Elem()
	}
	if !isFloat(goType) {
		return nil
	}
	return []string{place(pkg, expr, fmt.Sprintf("%s of type %v", what, goType))}
}

func isFloat(t types.Type) bool {
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsFloat|types.IsComplex) != 0
}

func place(pkg *packages.Package, n ast.Node, what string) string {
	position := pkg.Fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d: %s: use pepay.Decimal, an integer or a time.Duration", filepath.Base(position.Filename), position.Line, what)
}
