package main

import (
	"bytes"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

var root = filepath.Join("..", "..", "..")

const module = "github.com/pepaylabs/pepay-go/"

func TestPageIsCurrent(t *testing.T) {
	t.Parallel()
	want, err := render(root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not current; run: make generate", page)
	}
	for line := range strings.Lines(string(got)) {
		if cells := strings.Split(strings.Trim(line, "|\n"), "|"); strings.HasPrefix(line, "|") && slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) == "" }) {
			t.Errorf("empty cell in %s", line)
		}
	}
}

// Each row is about an operation of the contract or says why there is none, and names
// a method that exists. Each method of a service has a row.
func TestListIsComplete(t *testing.T) {
	t.Parallel()
	methods, err := readList(filepath.Join(root, filepath.FromSlash(listFile)))
	if err != nil {
		t.Fatal(err)
	}
	operations, err := readOperations(filepath.Join(root, filepath.FromSlash(contractFile)))
	if err != nil {
		t.Fatal(err)
	}
	have := ourMethods(t)
	listed, theirs := map[string]bool{}, map[string]bool{}
	for _, m := range methods {
		name := m.Theirs + " " + m.Ours
		switch {
		case m.Theirs == "" && m.Ours == "":
			t.Errorf("an entry (%+v) names no method", m)
		case (m.Operation == "") == (m.Without == ""):
			t.Errorf("%s: say operation or without, one of them", name)
		case m.Operation != "" && operations[m.Operation].ID == "":
			t.Errorf("%s: the contract has no operation %s", name, m.Operation)
		case m.Operation != "" && operations[m.Operation].Completeness == "":
			t.Errorf("%s: operation %s has no x-pepay-completeness", name, m.Operation)
		case m.Ours != "" && !have[m.Ours]:
			t.Errorf("%s: there is no %s", name, m.Ours)
		case m.Theirs != "" && theirs[m.Theirs]:
			t.Errorf("%s comes twice", name)
		}
		listed[m.Ours], theirs[m.Theirs] = true, true
	}
	for name := range have {
		if isService := name[0] >= 'A' && name[0] <= 'Z'; isService && !listed[name] {
			t.Errorf("%s is not in %s", name, listFile)
		}
	}
	if len(theirs) < 50 {
		t.Errorf("%d methods of the TypeScript SDK", len(theirs))
	}
}

// ourMethods are the methods of services, as paths from wrapper.Client and from its
// Payor, and the functions of packages stream and webhook.
func ourMethods(t *testing.T) map[string]bool {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedImports, Dir: root,
	}, "./wrapper", "./stream", "./webhook")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, pkg := range loaded {
		for _, e := range pkg.Errors {
			t.Fatal(e)
		}
		if pkg.PkgPath != module+"wrapper" {
			for _, name := range pkg.Types.Scope().Names() {
				if function, ok := pkg.Types.Scope().Lookup(name).(*types.Func); ok && function.Exported() {
					found[pkg.Name+"."+name] = true
				}
			}
			continue
		}
		client := pkg.Types.Scope().Lookup("Client").Type()
		addParts(found, "", client)
		if payor, _, _ := types.LookupFieldOrMethod(types.NewPointer(client), true, pkg.Types, "Payor"); payor != nil {
			addMethods(found, "Payor.", payor.(*types.Func).Signature().Results().At(0).Type())
		}
	}
	return found
}

// addParts adds the methods of what the exported fields of a service point to.
func addParts(found map[string]bool, prefix string, service types.Type) {
	fields := service.Underlying().(*types.Struct)
	for field := range fields.Fields() {
		pointer, ok := field.Type().(*types.Pointer)
		if !field.Exported() || !ok {
			continue
		}
		addMethods(found, prefix+field.Name()+".", pointer)
		addParts(found, prefix+field.Name()+".", pointer.Elem())
	}
}

func addMethods(found map[string]bool, prefix string, service types.Type) {
	for method := range types.NewMethodSet(service).Methods() {
		signature := method.Obj().(*types.Func).Signature()
		// What takes no context sends nothing: Format, LogValue.
		if method.Obj().Exported() && signature.Params().Len() > 0 && signature.Params().At(0).Type().String() == "context.Context" {
			found[prefix+method.Obj().Name()] = true
		}
	}
}
