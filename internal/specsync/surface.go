package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/exp/apidiff"
	"golang.org/x/tools/go/packages"
)

// surfaces are the packages that generation writes into.
var surfaces = []string{"."}

// surfaceChange is what changed in the exported surface of one package.
type surfaceChange struct {
	Package string
	// Incompatible changes break programs that use what changed, or that implement an
	// interface that gained a method.
	Incompatible []string
	// Compatible changes break no program.
	Compatible []string
}

// loadSurface type-checks the packages from source, without what functions do: errors
// in their bodies do not matter for the surface, the build reports them.
func loadSurface(ctx context.Context, root string) (map[string]*types.Package, error) {
	loaded, err := packages.Load(&packages.Config{
		Context: ctx,
		Dir:     root,
		ParseFile: func(set *token.FileSet, name string, source []byte) (*ast.File, error) {
			file, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
			if file != nil {
				dropBodies(file)
			}
			return file, err
		},
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo,
	}, surfaces...)
	if err != nil {
		return nil, err
	}
	surface := map[string]*types.Package{}
	for _, pkg := range loaded {
		for _, e := range pkg.Errors {
			if e.Kind == packages.ParseError {
				return nil, e
			}
		}
		if pkg.Types == nil || len(pkg.Syntax) == 0 {
			return nil, fmt.Errorf("package %s cannot be loaded", pkg.PkgPath)
		}
		surface[pkg.PkgPath] = pkg.Types
	}
	if len(surface) != len(surfaces) {
		return nil, errors.New("a package is missing")
	}
	return surface, nil
}

func dropBodies(file *ast.File) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			f.Body = nil
		}
	}
}

func compareSurface(ctx context.Context, root string, before map[string]*types.Package) ([]surfaceChange, error) {
	now, err := loadSurface(ctx, root)
	if err != nil {
		return nil, err
	}
	var changes []surfaceChange
	for _, path := range slices.Sorted(maps.Keys(before)) {
		old := before[path]
		if now[path] == nil {
			return nil, fmt.Errorf("package %s is gone", path)
		}
		change := surfaceChange{Package: now[path].Name()}
		for _, c := range apidiff.Changes(old, now[path]).Changes {
			if c.Compatible {
				change.Compatible = append(change.Compatible, c.Message)
			} else {
				change.Incompatible = append(change.Incompatible, c.Message)
			}
		}
		// apidiff lists a method of an interface on both sides.
		change.Compatible = slices.DeleteFunc(change.Compatible, func(m string) bool { return slices.Contains(change.Incompatible, m) })
		if len(change.Compatible)+len(change.Incompatible) > 0 {
			changes = append(changes, change)
		}
	}
	return changes, nil
}
