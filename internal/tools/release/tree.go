package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// tree is what a release is made from.
type tree struct {
	version   string // wrapper.Version
	changelog []section
	modules   []module // the root's is the first
}

type module struct {
	dir  string // relative to the root, with slashes; "." for the root
	path string
	file *modfile.File
}

// published is false for a module that nobody outside of the repository can require.
func (m module) published() bool {
	top, _, _ := strings.Cut(m.dir, "/")
	return top != "internal" && top != "examples"
}

// tag is how the go command finds a version of the module.
func (m module) tag(version string) string { return path.Join(m.dir, "v"+version) }

func (t tree) published() []module {
	return slices.DeleteFunc(slices.Clone(t.modules), func(m module) bool { return !m.published() })
}

func readTree(root string) (tree, error) {
	version, err := readVersion(filepath.Join(root, "wrapper", "version.go"))
	if err != nil {
		return tree{}, err
	}
	text, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		return tree{}, err
	}
	modules, err := readModules(root)
	return tree{version: version, changelog: sections(string(text)), modules: modules}, err
}

func readVersion(file string) (string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return "", err
	}
	for _, decl := range parsed.Decls {
		constants, ok := decl.(*ast.GenDecl)
		if !ok || constants.Tok != token.CONST {
			continue
		}
		for _, spec := range constants.Specs {
			spec := spec.(*ast.ValueSpec)
			if spec.Names[0].Name != "Version" || len(spec.Values) != 1 {
				continue
			}
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				return strconv.Unquote(literal.Value)
			}
		}
	}
	return "", fmt.Errorf("%s: no constant Version with a literal value", file)
}

func readModules(root string) ([]module, error) {
	var found []module
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"testdata", "node_modules", "dist", "bin"}, entry.Name())):
			return fs.SkipDir
		case entry.Name() != "go.mod":
			return nil
		}
		file := filepath.Join(root, filepath.FromSlash(name))
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := modfile.Parse(file, text, nil)
		if err != nil {
			return err
		}
		if parsed.Module == nil {
			return fmt.Errorf("%s names no module", file)
		}
		found = append(found, module{path.Dir(name), parsed.Module.Mod.Path, parsed})
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b module) int { return strings.Compare(a.dir, b.dir) })
	if len(found) == 0 || found[0].dir != "." {
		return nil, fmt.Errorf("%s has no go.mod", root)
	}
	return found, nil
}

// problems are what no commit may have, released or not.
func (t tree) problems() []string {
	var found []string
	report := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	v := "v" + t.version
	if !semver.IsValid(v) || semver.Canonical(v) != v {
		report("wrapper.Version is %q, want MAJOR.MINOR.PATCH", t.version)
	}

	newest := ""
	for i, s := range t.changelog {
		sv := "v" + s.name
		switch {
		case i == 0:
			if s.name != "Unreleased" || s.date != "" {
				report("CHANGELOG.md begins with the section %q, want ## [Unreleased]", s.name)
			}
			continue
		case !semver.IsValid(sv):
			report("CHANGELOG.md: %q is no version; a heading is ## [1.2.3] - 2026-01-31", s.name)
			continue
		case newest != "" && semver.Compare(sv, newest) >= 0:
			report("CHANGELOG.md: %s stands below %s; the newest comes first", s.name, newest[1:])
		}
		if _, err := time.Parse(time.DateOnly, s.date); err != nil {
			report("CHANGELOG.md: the section %s has no date; a heading is ## [%s] - 2026-01-31", s.name, s.name)
		}
		if newest == "" && semver.Compare(sv, v) > 0 {
			report("CHANGELOG.md has %s, wrapper.Version is %s", s.name, t.version)
		}
		newest = sv
	}
	if len(t.changelog) == 0 {
		report("CHANGELOG.md has no section ## [Unreleased]")
	}

	for _, m := range t.modules {
		found = append(found, t.moduleProblems(m)...)
	}
	return found
}

func (t tree) moduleProblems(m module) []string {
	root := t.modules[0]
	name := path.Join(m.dir, "go.mod")
	var found []string
	report := func(format string, args ...any) { found = append(found, name+": "+fmt.Sprintf(format, args...)) }
	if want := path.Join(root.path, m.dir); m.path != want {
		report("the module is %s, want %s", m.path, want)
	}
	// The root without: `go install …@version` refuses a module that has replace directives. A
	// nested one may have that of the root, which counts here and for nobody who requires it.
	for _, r := range m.file.Replace {
		if !m.published() {
			continue
		}
		if m.dir == "." || r.Old.Path != root.path || path.Join(m.dir, r.New.Path) != "." {
			report("replaces %s, which users of the module do not see", r.Old.Path)
		}
	}
	if m.dir != "." && m.published() {
		for _, r := range m.file.Require {
			if r.Mod.Path == root.path && r.Mod.Version != "v"+t.version {
				report("requires %s %s, want v%s: they are released together, and users get what it says here", root.path, r.Mod.Version, t.version)
			}
		}
	}
	return found
}

// tagProblems are what is missing for a release of HEAD as tag. The tags are those of HEAD.
func (t tree) tagProblems(tag string, tags []string) []string {
	var found []string
	report := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if want := "v" + t.version; tag != want {
		report("the tag is %s, wrapper.Version says %s", tag, want)
	}
	for i, s := range t.changelog {
		if s.name == "Unreleased" && s.hasEntry() {
			report("CHANGELOG.md has lines under [Unreleased]; move them to [%s]", t.version)
		}
		if s.name == t.version && !s.hasEntry() {
			report("CHANGELOG.md: the section %s is empty", t.version)
		}
		if i == 1 && s.name != t.version {
			report("the newest version in CHANGELOG.md is %s, not %s", s.name, t.version)
		}
	}
	if len(t.changelog) < 2 {
		report("CHANGELOG.md has no section for %s", t.version)
	}
	for _, m := range t.published() {
		if want := m.tag(t.version); !slices.Contains(tags, want) {
			report("this commit has no tag %s, without which nobody finds %s", want, m.path)
		}
	}
	return found
}
