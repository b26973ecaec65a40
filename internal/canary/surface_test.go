package canary_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/pepaylabs/pepay-go"

// surface lists the exported names that can have to do with a credential: every
// function that is not generated, and every type that has a secret in it, is an error,
// or does something over the network.
func surface(t *testing.T) []string {
	t.Helper()
	exports, public := exportData(t)
	fset := token.NewFileSet()
	importing := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, errors.New("no export data of " + path)
		}
		return os.Open(exports[path])
	})
	var names []string
	for _, path := range public {
		pkg, err := importing.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			object := pkg.Scope().Lookup(name)
			if !object.Exported() {
				continue
			}
			full := pkg.Name() + "." + name
			switch object := object.(type) {
			case *types.Func:
				// Those of the generated client are in wrapper's tests, all of them.
				if !strings.HasSuffix(fset.Position(object.Pos()).Filename, ".gen.go") {
					names = append(names, full)
				}
			case *types.TypeName:
				if concerned(object.Type()) {
					names = append(names, full)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// exportData is what the compiler says about each package, and which of them are public.
func exportData(t *testing.T) (exports map[string]string, public []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-json=ImportPath,Export,Name", "./...")
	cmd.Dir = "../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	exports = map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct{ ImportPath, Export, Name string }
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return exports, public
		} else if err != nil {
			t.Fatal(err)
		}
		exports[pkg.ImportPath] = pkg.Export
		ours := pkg.ImportPath == module || strings.HasPrefix(pkg.ImportPath, module+"/")
		if ours && pkg.Name != "main" && !strings.Contains(pkg.ImportPath, "/internal/") && !strings.Contains(pkg.ImportPath, "/examples/") {
			public = append(public, pkg.ImportPath)
		}
	}
}

// concerned reports whether a value of a type may show a credential.
func concerned(typ types.Type) bool {
	if types.IsInterface(typ) {
		return false
	}
	if named, ok := typ.(*types.Named); ok && named.TypeParams().Len() > 0 {
		return false // rows have instances of it
	}
	methods := types.NewMethodSet(types.NewPointer(typ))
	for i := range methods.Len() {
		method := methods.At(i).Obj()
		if !method.Exported() {
			continue
		}
		signature, _ := method.Type().(*types.Signature)
		if method.Name() == "Error" && signature.Params().Len() == 0 {
			return true
		}
		for i := range signature.Params().Len() {
			switch signature.Params().At(i).Type().String() {
			case "context.Context", "*net/http.Request", "net/http.Header":
				return true
			}
		}
	}
	return holdsSecret(typ, map[types.Type]bool{})
}

func holdsSecret(typ types.Type, seen map[types.Type]bool) bool {
	if seen[typ] {
		return false
	}
	seen[typ] = true
	if typ.String() == module+".Secret" {
		return true
	}
	switch typ := typ.Underlying().(type) {
	case *types.Pointer:
		return holdsSecret(typ.Elem(), seen)
	case *types.Slice:
		return holdsSecret(typ.Elem(), seen)
	case *types.Array:
		return holdsSecret(typ.Elem(), seen)
	case *types.Map:
		return holdsSecret(typ.Key(), seen) || holdsSecret(typ.Elem(), seen)
	case *types.Struct:
		for i := range typ.NumFields() {
			if holdsSecret(typ.Field(i).Type(), seen) {
				return true
			}
		}
	}
	return false
}
