package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var root = filepath.Join("..", "..", "..")

// What no commit may have, of this repository.
func TestThisTree(t *testing.T) {
	t.Parallel()
	tree, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range tree.problems() {
		t.Error(problem)
	}
}

// ready is a tree that can be released as v0.2.0.
func ready() map[string]string {
	return map[string]string{
		"go.mod":             "module example.com/sdk\n\ngo 1.25.0\n",
		"wrapper/version.go": "package wrapper\n\n// Version is this one's.\nconst Version = \"0.2.0\"\n",
		"CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- A store.\n\n" +
			"## [0.1.0] - 2026-11-01\n\n- The beginning.\n",
		"store/postgres/go.mod": "module example.com/sdk/store/postgres\n\ngo 1.25.0\n\nrequire example.com/sdk v0.2.0\n\nreplace example.com/sdk => ../..\n",
		"examples/shop/go.mod":  "module example.com/sdk/examples/shop\n\ngo 1.25.0\n\nrequire example.com/sdk v0.0.0\n\nreplace example.com/sdk => ../..\n",
		"internal/tools/go.mod": "module example.com/sdk/internal/tools\n\ngo 1.25.0\n\nreplace example.com/other => ./other\n",
		// These are no modules of the repository.
		"internal/tools/testdata/x/go.mod": "module example.com/x\n",
		".cache/go.mod":                    "module example.com/y\n",
	}
}

// write makes a repository with the files in one commit that has the tags.
func write(t *testing.T, files map[string]string, tags ...string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git := func(args ...string) {
		t.Helper()
		args = append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)
		if out, err := exec.CommandContext(t.Context(), "git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git: %v\n%s", err, out)
		}
	}
	git("init", "-q")
	git("add", "-A")
	git("commit", "-qm", "x")
	for _, tag := range tags {
		git("tag", tag)
	}
	return dir
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	both := []string{"v0.2.0", "store/postgres/v0.2.0"}
	for name, tt := range map[string]struct {
		file, old, broken string
		tag               string
		tags              []string
		want              string // empty: nothing is wrong
	}{
		"ready":                      {"", "", "", "v0.2.0", both, ""},
		"not tagged":                 {"", "", "", "", nil, ""},
		"version ahead of changelog": {"CHANGELOG.md", "## [0.2.0] - 2026-12-01\n\n### Added", "", "", nil, ""},

		"version is none":          {"wrapper/version.go", `"0.2.0"`, `"0.2"`, "", nil, "want MAJOR.MINOR.PATCH"},
		"version with a v":         {"wrapper/version.go", `"0.2.0"`, `"v0.2.0"`, "", nil, "want MAJOR.MINOR.PATCH"},
		"version is gone":          {"wrapper/version.go", "Version =", "Release =", "", nil, "no constant Version"},
		"version behind changelog": {"wrapper/version.go", `"0.2.0"`, `"0.1.5"`, "", nil, "CHANGELOG.md has 0.2.0, wrapper.Version is 0.1.5"},
		"no place for new lines":   {"CHANGELOG.md", "## [Unreleased]\n", "", "", nil, "want ## [Unreleased]"},
		"heading without date":     {"CHANGELOG.md", " - 2026-12-01", "", "", nil, "the section 0.2.0 has no date"},
		"date that is none":        {"CHANGELOG.md", "2026-12-01", "2026-13-01", "", nil, "the section 0.2.0 has no date"},
		"heading without brackets": {"CHANGELOG.md", "[0.2.0] - 2026-12-01", "0.2.0", "", nil, "a heading is"},
		"older above newer":        {"CHANGELOG.md", "[0.1.0]", "[0.3.0]", "", nil, "the newest comes first"},
		"version twice":            {"CHANGELOG.md", "[0.1.0]", "[0.2.0]", "", nil, "the newest comes first"},
		"root with replace":        {"go.mod", "go 1.25.0\n", "go 1.25.0\n\nreplace example.com/other => ./other\n", "", nil, "go.mod: replaces example.com/other"},
		"store of another version": {"store/postgres/go.mod", "sdk v0.2.0", "sdk v0.1.0", "", nil, "store/postgres/go.mod: requires example.com/sdk v0.1.0, want v0.2.0"},
		"store of no version":      {"store/postgres/go.mod", "sdk v0.2.0", "sdk v0.0.0", "", nil, "requires example.com/sdk v0.0.0, want v0.2.0"},
		"store with replace":       {"store/postgres/go.mod", "replace", "replace example.com/other => ../other\n\nreplace", "", nil, "replaces example.com/other"},
		"store with another root":  {"store/postgres/go.mod", "=> ../..", "=> ../../../sdk", "", nil, "replaces example.com/sdk"},
		"module of another name":   {"store/postgres/go.mod", "module example.com/sdk/store", "module example.com/sdk/stores", "", nil, "want example.com/sdk/store/postgres"},

		"tag of another version":   {"", "", "", "v0.2.1", []string{"v0.2.1", "v0.2.0", "store/postgres/v0.2.0"}, "the tag is v0.2.1, wrapper.Version says v0.2.0"},
		"store not tagged":         {"", "", "", "v0.2.0", []string{"v0.2.0"}, "no tag store/postgres/v0.2.0"},
		"root not tagged":          {"", "", "", "v0.2.0", []string{"store/postgres/v0.2.0"}, "no tag v0.2.0"},
		"lines left in unreleased": {"CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- More.\n", "v0.2.0", both, "lines under [Unreleased]"},
		"section of another":       {"CHANGELOG.md", "## [0.2.0] - 2026-12-01\n\n### Added\n\n- A store.\n", "", "v0.2.0", both, "newest version in CHANGELOG.md is 0.1.0"},
		"section without entry":    {"CHANGELOG.md", "- A store.\n", "", "v0.2.0", both, "the section 0.2.0 is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := ready()
			if tt.file != "" {
				content := files[tt.file]
				if strings.Count(content, tt.old) != 1 {
					t.Fatalf("%q is not once in %s", tt.old, tt.file)
				}
				files[tt.file] = strings.Replace(content, tt.old, tt.broken, 1)
			}
			args := []string{"check", "-root", write(t, files, tt.tags...)}
			if tt.tag != "" {
				args = append(args, "-tag", tt.tag)
			}
			var out bytes.Buffer
			err := run(t.Context(), &out, args)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %q", err, tt.want)
			case tt.want == "" && !strings.Contains(out.String(), "example.com/sdk/store/postgres, tag store/postgres/v0.2.0\n"):
				t.Errorf("does not tell what is published:\n%s", &out)
			}
		})
	}
}

func TestPublished(t *testing.T) {
	t.Parallel()
	tree, err := readTree(write(t, ready()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range tree.published() {
		got = append(got, m.path)
	}
	if want := []string{"example.com/sdk", "example.com/sdk/store/postgres"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	dir := write(t, ready())
	var out bytes.Buffer
	if err := run(t.Context(), &out, []string{"notes", "-root", dir, "-tag", "v0.2.0"}); err != nil || out.String() != "### Added\n\n- A store.\n" {
		t.Errorf("%v, %q", err, &out)
	}
	if err := run(t.Context(), &out, []string{"notes", "-root", dir, "-tag", "v0.3.0"}); err == nil {
		t.Error("there are notes for a version that is not in the changelog")
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"publish"}, {"check", "v0.1.0"}, {"check", "-nothing"}} {
		if err := run(t.Context(), &bytes.Buffer{}, args); err == nil {
			t.Errorf("%v does not fail", args)
		}
	}
}
