// Package workflows holds the files below .github to rules that actionlint does
// not know.
package workflows

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var root = filepath.Join("..", "..", "..")

type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Timeout     int `yaml:"timeout-minutes"`
		Permissions map[string]string
		Uses        string
		Steps       []struct {
			Uses, Run string
			With      map[string]any
		}
	}
}

func TestWorkflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflow: %v", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range problems(t, content) {
			t.Errorf("%s: %s", filepath.Base(file), problem)
		}
	}
}

// A tag can be moved to other code, a commit cannot. The comment is for people
// and for Dependabot.
var pinned = regexp.MustCompile(`^\s*(- )?uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

// own matches a workflow of this repository, of the same commit.
var own = regexp.MustCompile(`^\s*uses: \./\.github/workflows/[\w-]+\.yml$`)

var (
	// expression matches values that are pasted into a script: the shell runs them.
	expression = regexp.MustCompile(`\$\{\{`)
	// runsCode matches commands that run code of the tree.
	runsCode = regexp.MustCompile(`\b(make|go|npm|npx|node|sh|bash)\s|\./`)
)

func mayWrite(permissions map[string]string) bool {
	for _, p := range permissions {
		if p == "write" {
			return true
		}
	}
	return false
}

func problems(t *testing.T, content []byte) []string {
	t.Helper()
	var found []string
	for line := range strings.Lines(string(content)) {
		line = strings.TrimRight(line, "\n")
		if strings.Contains(line, "uses:") && !pinned.MatchString(line) && !own.MatchString(line) {
			found = append(found, "not pinned by commit with its release: "+strings.TrimSpace(line))
		}
	}
	var w workflow
	if err := yaml.Unmarshal(content, &w); err != nil {
		return append(found, err.Error())
	}
	if !reflect.DeepEqual(w.Permissions, map[string]string{"contents": "read"}) {
		found = append(found, "permissions at the top are not contents: read; a job adds what it needs")
	}
	for name, job := range w.Jobs {
		if job.Timeout == 0 && job.Uses == "" {
			found = append(found, "job "+name+" has no timeout")
		}
		for _, step := range job.Steps {
			if expression.MatchString(step.Run) {
				found = append(found, "job "+name+" pastes an expression into a script: hand it over by env")
			}
			if mayWrite(job.Permissions) && runsCode.MatchString(step.Run) {
				found = append(found, "job "+name+" may write and runs code of the tree: generate in a job with contents: read")
			}
			if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false {
				found = append(found, "job "+name+" leaves its token in the checkout: persist-credentials: false")
			}
		}
	}
	return found
}

func TestProblemsAreFound(t *testing.T) {
	t.Parallel()
	const good = `permissions: {contents: read}
jobs:
  a:
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {persist-credentials: false}
  b:
    uses: ./.github/workflows/ci.yml
`
	if found := problems(t, []byte(good)); len(found) > 0 {
		t.Errorf("the good one: %v", found)
	}
	for name, tt := range map[string]struct{ old, broken, want string }{
		"tag instead of commit":             {"3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "v7", "not pinned"},
		"workflow of elsewhere":             {"./.github/workflows/ci.yml", "else/where/.github/workflows/ci.yml@v1", "not pinned"},
		"release not named":                 {" # v7.0.1", "", "not pinned"},
		"wide permissions":                  {"contents: read", "contents: write", "permissions"},
		"no permissions":                    {"permissions: {contents: read}\n", "", "permissions"},
		"token stays":                       {"persist-credentials: false", "fetch-depth: 0", "persist-credentials"},
		"no timeout":                        {"    timeout-minutes: 5\n", "", "timeout"},
		"expression in a script":            {"    steps:\n", "    steps:\n      - run: echo ${{ inputs.url }}\n", "pastes"},
		"code run with permission to write": {"    steps:\n", "    permissions: {contents: write}\n    steps:\n      - run: make spec-sync\n", "may write"},
	} {
		found := problems(t, []byte(strings.Replace(good, tt.old, tt.broken, 1)))
		if !slices.ContainsFunc(found, func(p string) bool { return strings.Contains(p, tt.want) }) {
			t.Errorf("%s: got %v, want %q", name, found, tt.want)
		}
	}
}

func TestDependabotKnowsEveryModule(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(root, ".github", "dependabot.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directories []string
		}
	}
	if err := yaml.Unmarshal(content, &config); err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, update := range config.Updates {
		if update.Ecosystem == "gomod" {
			listed = append(listed, update.Directories...)
		}
	}
	slices.Sort(listed)
	if modules := modules(t); !slices.Equal(listed, modules) {
		t.Errorf("dependabot.yml lists %v, the modules are %v", listed, modules)
	}
}

func modules(t *testing.T) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || (name != "." && strings.HasPrefix(entry.Name(), "."))):
			return fs.SkipDir
		case entry.Name() == "go.mod":
			found = append(found, path.Clean("/"+path.Dir(name)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}
