package main

import (
	"go/ast"
	"go/token"
)

// identifierAt is the name that stands at a position.
func (c *compilation) identifierAt(pos token.Pos) string {
	name := ""
	for _, file := range c.parsed {
		if pos < file.FileStart || pos > file.FileEnd {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Pos() == pos {
				name = id.Name
			}
			return name == "" && (n == nil || n.Pos() <= pos && pos <= n.End())
		})
	}
	return name
}

// declarationAt is the name of the top-level declaration around a position.
func (c *compilation) declarationAt(pos token.Pos) string {
	for _, file := range c.parsed {
		if pos < file.FileStart || pos > file.FileEnd {
			continue
		}
		for _, d := range file.Decls {
			if pos < d.Pos() || pos > d.End() {
				continue
			}
			switch d := d.(type) {
			case *ast.FuncDecl:
				return d.Name.Name
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if t, ok := spec.(*ast.TypeSpec); ok && t.Pos() <= pos && pos <= t.End() {
						return t.Name.Name
					}
					if v, ok := spec.(*ast.ValueSpec); ok && v.Pos() <= pos && pos <= v.End() {
						return v.Names[0].Name
					}
				}
			}
		}
	}
	return ""
}

// receiver is the name of the type that a method belongs to, or "".
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// receiverAt is the type whose method or field stands at a position.
func (c *compilation) receiverAt(pos token.Pos) string {
	for _, file := range c.parsed {
		for _, d := range file.Decls {
			if pos < d.Pos() || pos > d.End() {
				continue
			}
			if f, ok := d.(*ast.FuncDecl); ok {
				return receiver(f)
			}
		}
	}
	return ""
}
