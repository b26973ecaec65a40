package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// secretsFile has the methods that keep the secrets of models out of logs.
const secretsFile = "secrets.gen.go"

// clientFile has the models and the client.
const clientFile = "pepay.gen.go"

// secretMethods renders LogValue and Format for every generated type that holds a
// Secret, however deep: in a field, a list, a map, or as an alternative of a union.
// Answers have such methods from what they embed.
func secretMethods(client []byte) ([]byte, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", client, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString(generatedBy + "package pepay\n")
	holders := secretHolders(file)
	if len(holders) > 0 {
		out.WriteString("\nimport (\n\t\"fmt\"\n\t\"log/slog\"\n)\n")
	}
	for _, name := range holders {
		fmt.Fprintf(&out, `
// LogValue shows the value without its secrets.
func (v %[1]s) LogValue() slog.Value { return logValue(v) }

// Format shows the value without its secrets, whatever the verb.
func (v %[1]s) Format(f fmt.State, _ rune) { format(f, v) }
`, name)
	}
	return format.Source(out.Bytes())
}

// secretHolders lists the types that lead to a Secret, by name.
func secretHolders(file *ast.File) []string {
	uses := map[string][]string{} // type → the types in it
	answers := map[string]bool{}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				uses[t.Name.Name] = append(uses[t.Name.Name], typesIn(t.Type)...)
				answers[t.Name.Name] = embedsAnswer(t.Type)
			}
		case *ast.FuncDecl: // of a union: AsCard returns one alternative
			if of := receiver(d); of != "" && strings.HasPrefix(d.Name.Name, "As") && d.Type.Results != nil {
				uses[of] = append(uses[of], typesIn(d.Type.Results)...)
			}
		}
	}
	holds := map[string]bool{"Secret": true}
	for grown := true; grown; {
		grown = false
		for name, types := range uses {
			if !holds[name] && slices.ContainsFunc(types, func(t string) bool { return holds[t] }) {
				holds[name], grown = true, true
			}
		}
	}
	delete(holds, "Secret")
	maps.DeleteFunc(holds, func(name string, _ bool) bool {
		return answers[name] || isAlias(file, name) || cannotHaveMethods(file, name)
	})
	return slices.Sorted(maps.Keys(holds))
}

// typesIn lists the names of types in an expression, but no names of fields.
func typesIn(expr ast.Node) []string {
	var found []string
	ast.Inspect(expr, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			found = append(found, typesIn(n.Type)...)
			return false
		case *ast.SelectorExpr, *ast.FuncType, *ast.InterfaceType:
			return false
		case *ast.Ident:
			found = append(found, n.Name)
		}
		return true
	})
	return found
}

func embedsAnswer(expr ast.Expr) bool {
	s, ok := expr.(*ast.StructType)
	return ok && slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
		id, ok := f.Type.(*ast.Ident)
		return ok && len(f.Names) == 0 && id.Name == "Answer"
	})
}

func isAlias(file *ast.File, name string) bool {
	spec := typeSpec(file, name)
	return spec == nil || spec.Assign.IsValid()
}

// cannotHaveMethods is true of pointers, interfaces and functions.
func cannotHaveMethods(file *ast.File, name string) bool {
	switch typeSpec(file, name).Type.(type) {
	case *ast.StarExpr, *ast.InterfaceType, *ast.FuncType:
		return true
	}
	return false
}

func typeSpec(file *ast.File, name string) *ast.TypeSpec {
	for _, decl := range file.Decls {
		if d, ok := decl.(*ast.GenDecl); ok {
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Name == name {
					return t
				}
			}
		}
	}
	return nil
}
