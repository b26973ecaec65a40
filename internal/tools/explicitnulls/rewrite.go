package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// rewrite removes omitempty from the fields of the properties that are listed by
// model, and leaves the rest as it was.
func rewrite(generated []byte, nullable map[string][]string) ([]byte, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "", generated, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var tags []*ast.BasicLit
	for model, fields := range structs(parsed) {
		for _, field := range fields {
			if field.Tag != nil && slices.Contains(nullable[key(model)], jsonName(field.Tag)) {
				tags = append(tags, field.Tag)
			}
		}
	}
	slices.SortFunc(tags, func(a, b *ast.BasicLit) int { return int(a.Pos() - b.Pos()) })
	var out []byte
	copied := 0
	for _, tag := range tags {
		begin, end := files.Position(tag.Pos()).Offset, files.Position(tag.End()).Offset
		out = append(out, generated[copied:begin]...)
		out = append(out, strings.Replace(tag.Value, `,omitempty"`, `"`, 1)...)
		copied = end
	}
	return append(out, generated[copied:]...), nil
}

// structs yields the named structs of a file.
func structs(file *ast.File) func(yield func(string, []*ast.Field) bool) {
	return func(yield func(string, []*ast.Field) bool) {
		for _, decl := range file.Decls {
			general, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				named, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				if body, ok := named.Type.(*ast.StructType); ok && !yield(named.Name.Name, body.Fields.List) {
					return
				}
			}
		}
	}
}

// jsonName is the name of the property in a field's tag.
func jsonName(tag *ast.BasicLit) string {
	text, err := strconv.Unquote(tag.Value)
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(reflect.StructTag(text).Get("json"), ",")
	return name
}

// key is what the name of a schema and that of its Go type have in common, however
// the generator writes initialisms.
func key(name string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}
