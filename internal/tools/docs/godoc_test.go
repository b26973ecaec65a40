package docs

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

const modulePath = "github.com/pepaylabs/pepay-go"

// public are the packages that programs import, by their import path. They are read
// once for all tests.
func public(t *testing.T) map[string]*doc.Package {
	t.Helper()
	readPackages.Do(func() { publicPackages = packages(t) })
	if publicPackages == nil {
		t.Skip("the packages cannot be read: another test says why")
	}
	return publicPackages
}

var (
	readPackages   sync.Once
	publicPackages map[string]*doc.Package
)

func packages(t *testing.T) map[string]*doc.Package {
	t.Helper()
	dirs := map[string][]string{}
	for _, name := range tracked(t, "*.go") {
		top, _, _ := strings.Cut(name, "/")
		if top == "internal" || top == "examples" || top == "cmd" || strings.Contains(name, "/internal/") || strings.Contains(name, "/testdata/") {
			continue
		}
		dirs[path.Dir(name)] = append(dirs[path.Dir(name)], name)
	}
	packages := map[string]*doc.Package{}
	for dir, names := range dirs {
		if !slices.ContainsFunc(names, func(name string) bool { return !strings.HasSuffix(name, "_test.go") }) {
			continue // nobody can import it
		}
		set := token.NewFileSet()
		var files []*ast.File
		for _, name := range names {
			parsed, err := parser.ParseFile(set, filepath.Join(root, filepath.FromSlash(name)), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if parsed.Name.Name != "main" {
				files = append(files, parsed)
			}
		}
		if len(files) == 0 {
			continue
		}
		p, err := doc.NewFromFiles(set, files, path.Join(modulePath, dir))
		if err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		packages[p.ImportPath] = p
	}
	if len(packages) < 6 {
		t.Fatalf("only %d packages", len(packages))
	}
	return packages
}

// symbol is an exported name with its comment, such as Client.Call.
type symbol struct{ name, doc string }

func symbols(p *doc.Package) []symbol {
	var all []symbol
	values := func(list []*doc.Value) {
		for _, v := range list {
			for _, spec := range v.Decl.Specs {
				s := spec.(*ast.ValueSpec)
				text := v.Doc + s.Doc.Text() + s.Comment.Text()
				for _, name := range s.Names {
					if name.IsExported() {
						all = append(all, symbol{name.Name, text})
					}
				}
			}
		}
	}
	funcs := func(of string, list []*doc.Func) {
		for _, f := range list {
			all = append(all, symbol{of + f.Name, f.Doc})
		}
	}
	values(p.Consts)
	values(p.Vars)
	funcs("", p.Funcs)
	for _, typ := range p.Types {
		all = append(all, symbol{typ.Name, typ.Doc})
		values(typ.Consts)
		values(typ.Vars)
		funcs("", typ.Funcs)
		funcs(typ.Name+".", typ.Methods)
	}
	return all
}

func TestExportedNamesAreDocumented(t *testing.T) {
	t.Parallel()
	for importPath, p := range public(t) {
		if p.Doc == "" {
			t.Errorf("package %s has no comment", importPath)
		}
		for _, s := range symbols(p) {
			if s.doc == "" {
				t.Errorf("%s.%s has no comment", importPath, s.name)
			}
		}
	}
}

// Who reads the root's page on pkg.go.dev, or the README, learns of every package.
func TestPackageMap(t *testing.T) {
	t.Parallel()
	packages := public(t)
	overview, readme := packages[modulePath].Doc, read(t, "README.md")
	for importPath, p := range packages {
		if importPath == modulePath || len(symbols(p)) == 0 {
			continue
		}
		if !strings.Contains(overview, "["+importPath+"]") {
			t.Errorf("the comment of package pepay, in gen.go, does not name %s", importPath)
		}
		if dir := strings.TrimPrefix(importPath, modulePath+"/"); !strings.Contains(readme, "("+dir+")") {
			t.Errorf("README.md does not link to %s", dir)
		}
	}
}

// linkLike is what is meant as a link to a name: [Client], [Client.Call], [stream.Options].
var linkLike = regexp.MustCompile(`\[\*?(?:[a-z]\w*\.)?[A-Z]\w*(?:\.[A-Z]\w*)?\]`)

// A link of a comment leads to a name that is there. One that does not stays in brackets on
// pkg.go.dev.
func TestLinksOfComments(t *testing.T) {
	t.Parallel()
	packages := public(t)
	links := 0
	for importPath, p := range packages {
		for _, s := range append(symbols(p), symbol{"(the package)", p.Doc}) {
			walk(p.Parser().Parse(s.doc).Content, func(text comment.Text) {
				switch text := text.(type) {
				case *comment.DocLink:
					links++
					// The parser makes links to names of its own package only if they are there.
					target := packages[text.ImportPath]
					switch {
					case text.ImportPath == "" || !strings.HasPrefix(text.ImportPath, modulePath):
					case text.ImportPath == modulePath+"/cmd/pepay": // a program
					case target == nil:
						t.Errorf("%s.%s links to package %s, which is not there", importPath, s.name, text.ImportPath)
					case text.Name != "" && !target.Parser().LookupSym(text.Recv, text.Name):
						t.Errorf("%s.%s links to %s, which package %s does not have", importPath, s.name, text.Name, text.ImportPath)
					}
				case comment.Plain:
					for _, dead := range linkLike.FindAllString(string(text), -1) {
						t.Errorf("%s.%s: %s is no link: no such name, or its package is not imported", importPath, s.name, dead)
					}
				}
			})
		}
	}
	if links < 100 {
		t.Errorf("only %d links were found", links)
	}
}

func walk(blocks []comment.Block, visit func(comment.Text)) {
	texts := func(list []comment.Text) {
		for _, text := range list {
			visit(text)
		}
	}
	for _, block := range blocks {
		switch b := block.(type) {
		case *comment.Paragraph:
			texts(b.Text)
		case *comment.Heading:
			texts(b.Text)
		case *comment.List:
			for _, item := range b.Items {
				walk(item.Content, visit)
			}
		}
	}
}
