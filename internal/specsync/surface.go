package main

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
	"golang.org/x/tools/go/packages"
)

// surfaces are the packages that generation writes into.
var surfaces = []string{".", "./api"}

// surfaceChange is what changed in the exported surface of one package.
type surfaceChange struct {
	Package string
	// Incompatible break programs that use what changed.
	Incompatible []string
	// Interfaces have a method more: that breaks only who implements them, and
	// every operation added does it.
	Interfaces []string
	// Compatible break nobody.
	Compatible []string
}

// loadSurface type-checks the packages from source. A function that does not
// compile any more is no reason to know nothing about the surface, and the build
// says what is wrong with it.
func loadSurface(ctx context.Context, root string) (map[string]*types.Package, error) {
	loaded, err := packages.Load(&packages.Config{
		Context: ctx,
		Dir:     root,
		Mode:    packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo,
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
			switch {
			case c.Compatible:
				change.Compatible = append(change.Compatible, c.Message)
			case strings.HasSuffix(c.Message, ": added"):
				change.Interfaces = append(change.Interfaces, c.Message)
			default:
				change.Incompatible = append(change.Incompatible, c.Message)
			}
		}
		// apidiff lists a method of an interface on both sides.
		change.Compatible = slices.DeleteFunc(change.Compatible, func(m string) bool { return slices.Contains(change.Interfaces, m) })
		if len(change.Compatible)+len(change.Interfaces)+len(change.Incompatible) > 0 {
			changes = append(changes, change)
		}
	}
	return changes, nil
}
