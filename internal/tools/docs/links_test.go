// Package docs holds the documentation to what readers need: links that lead somewhere, a
// comment on every exported name, an example of every way in.
package docs

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var root = filepath.Join("..", "..", "..")

var (
	fence   = regexp.MustCompile("(?ms)^ *```.*?\n *```")
	code    = regexp.MustCompile("``[^`]+``|`[^`\n]+`")
	link    = regexp.MustCompile(`!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(([^()\s]+)(?: "[^"]*")?\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?)#*$`)
	remote  = regexp.MustCompile(`^(https?|mailto):`)
)

// target is what a link of a page leads to, if it is in the tree.
type target struct{ file, anchor string }

// targets are those of the page with this name, relative to the root of the repository.
func targets(name, text string) []target {
	text = code.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
	var found []target
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if remote.MatchString(m[1]) {
			continue
		}
		file, anchor, _ := strings.Cut(m[1], "#")
		if file == "" {
			file = name
		} else {
			file = path.Join(path.Dir(name), file)
		}
		found = append(found, target{file, anchor})
	}
	return found
}

// anchors are what GitHub makes of the headings.
func anchors(text string) []string {
	var found []string
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(link.ReplaceAllStringFunc(m[1], func(l string) string { return l[1:strings.Index(l, "](")] })))
		found = append(found, slug)
	}
	return found
}

func TestLinksOfPages(t *testing.T) {
	t.Parallel()
	pages := tracked(t, "*.md")
	if len(pages) < 10 {
		t.Fatalf("only %v", pages)
	}
	links := 0
	for _, name := range pages {
		for _, to := range targets(name, read(t, name)) {
			links++
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(to.file))); err != nil {
				t.Errorf("%s links to %s, which is not there", name, to.file)
				continue
			}
			if to.anchor != "" && path.Ext(to.file) == ".md" && !slices.Contains(anchors(read(t, to.file)), to.anchor) {
				t.Errorf("%s links to %s#%s, and there is no such heading", name, to.file, to.anchor)
			}
		}
	}
	if links < 50 {
		t.Errorf("only %d links were found", links)
	}
}

// The map of the documentation has every page.
func TestMap(t *testing.T) {
	t.Parallel()
	const index = "docs/README.md"
	listed := map[string]bool{index: true}
	for _, to := range targets(index, read(t, index)) {
		listed[to.file] = true
	}
	pages := tracked(t, "docs/*.md") // git's * goes through folders
	if !slices.Contains(pages, "docs/howto/upgrade.md") {
		t.Fatalf("only %v", pages)
	}
	for _, name := range pages {
		if !listed[name] && !listed[path.Dir(name)] {
			t.Errorf("%s does not link to %s", index, name)
		}
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	const text = "# A page\n\n[one](b.md), ![two](../pic.png \"title\") and [three](#a-page), [`code` too](b.md#x)\n" +
		"[far](https://example.com/b.md) `[no](link.md)` [with [brackets]](c.md)\n```sh\n[no](link.md)\n```\n[after](d.md)\n"
	got := targets("docs/a.md", text)
	want := []target{{"docs/b.md", ""}, {"pic.png", ""}, {"docs/a.md", "a-page"}, {"docs/b.md", "x"}, {"docs/c.md", ""}, {"docs/d.md", ""}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := anchors("# A page: `x`, [y](z.md) and _more_\n```\n# no\n```\n## Rück-weg\n"); !slices.Equal(got, []string{"a-page-x-y-and-_more_", "rück-weg"}) {
		t.Errorf("%q", got)
	}
}

var page = regexp.MustCompile(`\b(?:docs/[\w./-]+\.(?:md|txt)|examples/[\w-]+)`)

// Comments name pages and examples that are there.
func TestPagesInComments(t *testing.T) {
	t.Parallel()
	named := 0
	for _, name := range tracked(t, "*.go") {
		if strings.HasPrefix(name, "internal/tools/") { // whose tests make pages up
			continue
		}
		for line := range strings.Lines(read(t, name)) {
			_, comment, ok := strings.Cut(line, "//")
			if !ok {
				continue
			}
			for _, at := range page.FindAllStringIndex(comment, -1) {
				if at[0] > 0 && strings.ContainsAny(comment[at[0]-1:at[0]], "/.-") {
					continue // of a longer path
				}
				named++
				file := comment[at[0]:at[1]]
				if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(file))); err != nil {
					t.Errorf("%s: the comment names %s, which is not there", name, file)
				}
			}
		}
	}
	if named == 0 {
		t.Error("no comment names a page; the pattern finds nothing")
	}
}

// tracked are the files that are or would be committed.
func tracked(t *testing.T, patterns ...string) []string {
	t.Helper()
	args := append([]string{"-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--"}, patterns...)
	out, err := exec.CommandContext(t.Context(), "git", args...).Output()
	if err != nil {
		t.Skipf("needs git and a clone: %v", err)
	}
	return slices.DeleteFunc(strings.Fields(string(out)), func(name string) bool {
		_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
		return err != nil // removed and not committed yet
	})
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
