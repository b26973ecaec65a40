package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// staticcheck is what shows deprecated names; golangci-lint is built from it.
var staticcheck = program{dir: "../lint", pkg: "honnef.co/go/tools/cmd/staticcheck"}

// oldProject is a program written for this version, in which the next version deprecates
// a name, as docs/versions.md says. It returns where the program is, and what it runs in.
func oldProject(t *testing.T, tree string, env []string) (dir string, _ []string) {
	t.Helper()
	next := nextVersion(t, tree)
	dir = t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/shop\n\ngo 1.25.0\n",
		// The name of the folder makes it another file each time. With -trimpath, go fix takes what it
		// found in the same file of an earlier run from the cache, and looks for it in that folder.
		"main.go": "// Command shop is in " + dir + ".\npackage main\n\nimport \"github.com/pepaylabs/pepay-go/webhook\"\n\nfunc main() {\n\tif _, err := webhook.FromEnv(); err != nil {\n\t\tpanic(err)\n\t}\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bin := t.TempDir()
	if err := os.Symlink(staticcheck.build(t), filepath.Join(bin, "staticcheck")); err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	env = append(env,
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		// In an empty home, staticcheck would analyse the standard library again.
		"STATICCHECK_CACHE="+filepath.Join(cache, "staticcheck"))
	for _, args := range [][]string{{"get", "github.com/pepaylabs/pepay-go@v" + wrapper.Version}, {"mod", "tidy"}, {"vet", "./..."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
	}
	t.Cleanup(func() {
		text, err := os.ReadFile(filepath.Join(dir, "main.go"))
		if err != nil || !strings.Contains(string(text), "webhook.FromEnvironment()") {
			t.Errorf("go fix did not give the program the new name: %v\n%s", err, text)
		}
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil || !strings.Contains(string(mod), "pepay-go v"+next) {
			t.Errorf("the program does not have the new version: %v\n%s", err, mod)
		}
	})
	return dir, env
}

// nextVersion gives the repository of a copy of the tree the tag of a version in which a
// function has another name, until the test ends.
func nextVersion(t *testing.T, tree string) (version string) {
	t.Helper()
	var major, minor int
	if _, err := fmt.Sscanf(wrapper.Version, "%d.%d.", &major, &minor); err != nil {
		t.Fatal(err)
	}
	version = fmt.Sprintf("%d.%d.0", major, minor+1)
	clone := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		args = append([]string{"-C", clone, "-c", "user.name=Release", "-c", "user.email=release@example.com"}, args...)
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	git("clone", "-q", tree, ".")
	for name, change := range map[string][2]string{
		"wrapper/version.go": {`"` + wrapper.Version + `"`, `"` + version + `"`},
		"CHANGELOG.md":       {"## [Unreleased]\n", "## [Unreleased]\n\n## [" + version + "] - 2027-01-01\n\n### Deprecated\n\n- `webhook.FromEnv`: use `FromEnvironment`.\n\n## [" + wrapper.Version + "] - 2026-12-01\n"},
		"webhook/secret.go": {
			"func FromEnv() (*Verifier, error) {",
			"//\n// Deprecated: use [FromEnvironment].\n//\n//go:fix inline\nfunc FromEnv() (*Verifier, error) { return FromEnvironment() }\n\n" +
				"// FromEnvironment does what FromEnv did.\nfunc FromEnvironment() (*Verifier, error) {",
		},
	} {
		file := filepath.Join(clone, filepath.FromSlash(name))
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), change[0]) != 1 {
			t.Fatalf("%q is not once in %s", change[0], name)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), change[0], change[1], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git("commit", "-qam", "the next version")
	git("tag", "v"+version)
	git("push", "-q", "origin", "v"+version)
	t.Cleanup(func() { git("push", "-q", "--delete", "origin", "v"+version) })
	return version
}
