package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// file is where the surface is kept, below the top directory.
const file = "docs/api.txt"

const header = "# Every exported name of the public packages. Written by `make api`.\n"

// surface lists the exported names of every public package below root.
func surface(root string) (string, error) {
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedFiles,
		Dir:  root,
		ParseFile: func(set *token.FileSet, name string, source []byte) (*ast.File, error) {
			file, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
			if file != nil {
				dropBodies(file)
			}
			return file, err
		},
		Env: append(os.Environ(), "GOOS=linux", "GOARCH=amd64"), // the same list on every machine
	}, "./...")
	if err != nil {
		return "", err
	}
	var lines []string
	for _, pkg := range loaded {
		if !public(pkg) {
			continue
		}
		for _, e := range pkg.Errors {
			if !strings.HasSuffix(e.Msg, "and not used") { // a body that was dropped uses it
				return "", e
			}
		}
		lines = append(lines, exported(pkg.Types)...)
	}
	if len(lines) == 0 {
		return "", errors.New("no public package")
	}
	slices.Sort(lines)
	return header + strings.Join(lines, "\n") + "\n", nil
}

// dropBodies leaves out what functions do, which is most of the code and no part of the
// surface. A generic function must have a body.
func dropBodies(file *ast.File) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Type.TypeParams == nil {
			f.Body = nil
		}
	}
}

func public(pkg *packages.Package) bool {
	parts := strings.Split(pkg.PkgPath, "/")
	return pkg.Name != "main" && !slices.Contains(parts, "internal") && !slices.Contains(parts, "examples")
}

func exported(pkg *types.Package) []string {
	p := printer{pkg: pkg}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		switch o := object.(type) {
		case *types.Const:
			p.constant(o)
		case *types.Var:
			p.add("var %s %s", name, p.text(o.Type()))
		case *types.Func:
			p.add("func %s%s", name, p.signature(o))
		case *types.TypeName:
			p.typeName(o)
		}
	}
	return p.lines
}

type printer struct {
	pkg   *types.Package
	lines []string
}

func (p *printer) add(format string, args ...any) {
	p.lines = append(p.lines, "package "+p.pkg.Name()+", "+fmt.Sprintf(format, args...))
}

// constant shows the value, which is part of what programs rely on, but for the
// version: that changes with every release.
func (p *printer) constant(c *types.Const) {
	if c.Name() == "Version" {
		p.add("const %s %s", c.Name(), p.text(c.Type()))
		return
	}
	p.add("const %s %s = %s", c.Name(), p.text(c.Type()), c.Val().ExactString())
}

func (p *printer) text(t types.Type) string {
	return types.TypeString(t, func(other *types.Package) string {
		if other == p.pkg {
			return ""
		}
		return other.Name()
	})
}

func (p *printer) signature(f *types.Func) string {
	return strings.TrimPrefix(p.text(f.Type()), "func")
}

func (p *printer) typeName(o *types.TypeName) {
	if o.IsAlias() {
		p.add("type %s = %s", o.Name(), p.text(types.Unalias(o.Type())))
		return
	}
	named, ok := o.Type().(*types.Named)
	if !ok {
		return
	}
	name := p.text(named) // with its type parameters
	switch t := named.Underlying().(type) {
	case *types.Struct:
		p.add("type %s struct", name)
		for field := range t.Fields() {
			switch {
			case !field.Exported():
			case field.Embedded():
				p.add("type %s struct, embedded %s", name, p.text(field.Type()))
			default:
				p.add("type %s struct, %s %s", name, field.Name(), p.text(field.Type()))
			}
		}
	case *types.Interface:
		p.add("type %s interface", name)
		for method := range t.Methods() {
			if method.Exported() {
				p.add("type %s interface, %s%s", name, method.Name(), p.signature(method))
			} else {
				p.add("type %s interface, closed", name) // nobody else can implement it
			}
		}
	default:
		p.add("type %s %s", name, p.text(t))
	}
	for method := range named.Methods() {
		if method.Exported() {
			receiver := method.Signature().Recv().Type()
			p.add("method (%s) %s%s", p.text(receiver), method.Name(), p.signature(method))
		}
	}
}
