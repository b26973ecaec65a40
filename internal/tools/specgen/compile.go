package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	slashpath "path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// clash is something in the generated text that does not compile.
type clash struct {
	message string
	name    string // of what is declared twice or hidden, where the message has one
	within  string // the top-level declaration around it
	other   string // the file of the other declaration
	of      string // the type whose method or field it is
}

// compile type-checks a generated file together with the other files of its
// package: the ones in written and the hand-written ones below root. Imported
// packages are not loaded. That keeps it fast, and name collisions do not depend on
// them.
func compile(root string, f face, written map[string][]byte) ([]clash, error) {
	dir := slashpath.Dir(f.output)
	sources, handWritten := map[string][]byte{}, map[string]bool{}
	byHand, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, entry := range byHand {
		name := entry.Name()
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".gen.go") {
			continue
		}
		full := filepath.Join(root, filepath.FromSlash(dir))
		if matches, err := build.Default.MatchFile(full, name); err != nil || !matches {
			continue
		}
		if sources[name], err = os.ReadFile(filepath.Join(full, name)); err != nil {
			return nil, err
		}
		handWritten[name] = true
	}
	for name, content := range written {
		if slashpath.Dir(name) == dir && strings.HasSuffix(name, ".go") {
			sources[slashpath.Base(name)] = content
		}
	}
	sources[slashpath.Base(f.output)] = f.text

	files := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		file, err := parser.ParseFile(files, name, sources[name], parser.ParseComments|parser.SkipObjectResolution)
		var list scanner.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			return []clash{{message: list[0].Msg, name: sourceLine(sources[name], list[0].Pos.Line)}}, nil
		}
		if err != nil {
			return nil, err
		}
		if handWritten[name] {
			dropBodies(file)
		}
		nameImports(file)
		parsed = append(parsed, file)
	}
	c := compilation{files: files, parsed: parsed, generated: slashpath.Base(f.output)}
	return c.check(), nil
}

// dropBodies leaves out what functions do: in hand-written files only names count.
func dropBodies(file *ast.File) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			f.Body = nil
		}
	}
}

var majorVersion = regexp.MustCompile(`/v\d+$`)

// nameImports names the imports whose path ends in a version: the checker derives
// the name of a package that is not loaded from the last part of its path.
func nameImports(file *ast.File) {
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err == nil && spec.Name == nil && majorVersion.MatchString(name) {
			spec.Name = ast.NewIdent(slashpath.Base(slashpath.Dir(name)))
		}
	}
}

func sourceLine(source []byte, line int) string {
	lines := strings.Split(string(source), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[line-1])
}

type compilation struct {
	files     *token.FileSet
	parsed    []*ast.File
	generated string
	clashes   []clash
	// passedOver is set while the last error was ignored: the lines that continue it
	// are ignored too.
	passedOver bool
}

// selected is what the checker says of a package that a parameter hides.
var selected = regexp.MustCompile(`^(\w+)\.\w+ undefined`)

var duplicate = regexp.MustCompile(`redeclared|already declared|field and method with the same name|duplicate`)

// nothing is an importer that always fails. The checker then accepts every name of
// the package.
type nothing struct{}

func (nothing) Import(string) (*types.Package, error) { return nil, errors.New("not imported") }

func (c *compilation) check() []clash {
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: nothing{}, Error: c.report}
	_, _ = config.Check("contract", c.files, c.parsed, info) // the errors were reported
	for _, file := range c.parsed {
		if c.files.Position(file.Pos()).Filename != c.generated {
			continue
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				c.checkParameters(f, info)
			}
		}
	}
	c.checkEmbedded()
	// A duplicate declaration causes further errors: only the duplicates are reported.
	if slices.ContainsFunc(c.clashes, isDuplicate) {
		return slices.DeleteFunc(c.clashes, func(at clash) bool { return !isDuplicate(at) })
	}
	return c.clashes
}

func isDuplicate(c clash) bool { return duplicate.MatchString(c.message) }

// checkEmbedded finds methods of ClientWithResponses that shadow a method of the
// embedded Client, which has other results.
func (c *compilation) checkEmbedded() {
	methods := map[string]map[string]bool{}
	for _, file := range c.parsed {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if of := receiver(f); of != "" {
					if methods[of] == nil {
						methods[of] = map[string]bool{}
					}
					methods[of][f.Name.Name] = true
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(methods["ClientWithResponses"])) {
		if methods["Client"][name] {
			c.clashes = append(c.clashes, clash{message: "method " + name + " already declared by the client that it embeds", name: name, of: "Client"})
		}
	}
}

func (c *compilation) report(err error) {
	var e types.Error
	if !errors.As(err, &e) || strings.Contains(e.Msg, "could not import") || strings.HasSuffix(e.Msg, "imported and not used") || strings.Contains(e.Msg, "imported as") {
		return
	}
	position := e.Fset.Position(e.Pos)
	if strings.HasPrefix(e.Msg, "\t") { // where the other declaration of the last clash is
		if len(c.clashes) > 0 && !c.passedOver {
			last := &c.clashes[len(c.clashes)-1]
			if last.other == "" || last.other == c.generated {
				last.other = position.Filename
			}
			if last.of == "" {
				last.of = c.receiverAt(e.Pos)
			}
		}
		return
	}
	// In hand-written files only duplicate names count. The build reports missing
	// types, and types that embed imported ones are incomplete here.
	if position.Filename != c.generated && !duplicate.MatchString(e.Msg) {
		c.passedOver = true
		return
	}
	c.passedOver = false
	at := clash{message: e.Msg, name: c.identifierAt(e.Pos), within: c.declarationAt(e.Pos), of: c.receiverAt(e.Pos)}
	if hidden := selected.FindStringSubmatch(e.Msg); hidden != nil {
		at.name = hidden[1]
	}
	if position.Filename != c.generated {
		at.other = position.Filename
	}
	c.clashes = append(c.clashes, at)
}

// checkParameters finds parameters that shadow a variable or a function of the
// body. Imported types are unknown here, so the type checker alone would accept
// some of them.
func (c *compilation) checkParameters(f *ast.FuncDecl, info *types.Info) {
	if f.Body == nil {
		return
	}
	parameters := map[types.Object]bool{}
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			if obj := info.Defs[name]; obj != nil {
				parameters[obj] = true
			}
		}
	}
	hides := func(e ast.Expr, how string) {
		id, ok := e.(*ast.Ident)
		if ok && parameters[info.Uses[id]] {
			c.clashes = append(c.clashes, clash{
				message: fmt.Sprintf("the parameter %s shadows a name that the method %s", id.Name, how), name: id.Name, within: f.Name.Name,
			})
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				hides(left, "assigns to")
			}
		case *ast.CallExpr:
			hides(n.Fun, "calls")
		}
		return true
	})
}
