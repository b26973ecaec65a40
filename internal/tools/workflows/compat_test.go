package workflows

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// make compat compares a tree with the last release of its module.
func TestCompat(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	for _, tool := range []string{"git", "tar", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s", tool)
		}
	}
	const released = "package thing\n\n// Store keeps things.\ntype Store interface{ Get() string }\n\n// Limit is one.\nconst Limit = 1\n"
	for name, tc := range map[string]struct {
		tag, code string
		want      string // what it prints
		fails     bool
		next      string // tag of a commit with the code; none leaves it uncommitted
	}{
		"first release":                     {"v1.0.0", released, "no release tag yet", false, ""},
		"nothing":                           {"v1.0.0", released + "\n// A comment.\n", "changes of the exported surface", false, ""},
		"function added":                    {"v1.0.0", released + "\n// New is new.\nfunc New() {}\n", "New: added", false, ""},
		"method added to an interface":      {"v1.0.0", strings.Replace(released, "Get() string", "Get() string; Put()", 1), "1 of them break programs", true, ""},
		"method added before 1.0":           {"v0.3.0", strings.Replace(released, "Get() string", "Get() string; Put()", 1), "1 of them break programs", false, ""},
		"constant removed":                  {"v1.0.0", strings.Replace(released, "const Limit", "const limit", 1), "1 of them break programs", true, ""},
		"does not compile":                  {"v1.0.0", released + "\nvar x = nowhere\n", "cannot be read", true, ""},
		"release that breaks nothing":       {"v1.0.0", released + "\n// New is new.\nfunc New() {}\n", "New: added", false, "v1.1.0"},
		"release that breaks programs":      {"v1.0.0", strings.Replace(released, "const Limit", "const limit", 1), "1 of them break programs", true, "v1.1.0"},
		"test of the last release, no more": {"v0.3.0", strings.Replace(released, "Get()", "Fetch()", 1), "", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "constant removed" {
				t.Skip("-short: one case takes a second")
			}
			t.Parallel()
			dir := t.TempDir()
			write := func(name, content string) {
				t.Helper()
				full := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(full, []byte(content), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			copied := func(name string) {
				t.Helper()
				content, err := os.ReadFile(filepath.Join(root, name))
				if err != nil {
					t.Fatal(err)
				}
				write(name, string(content))
			}
			for _, name := range []string{"internal/tools/compat.sh", "internal/specsync/go.mod", "internal/specsync/go.sum"} {
				copied(name)
			}
			write("go.mod", "module example.com/thing\n\ngo 1.25.0\n")
			write("thing.go", released)
			write("wrapper/version.go", "// Package wrapper has the version.\npackage wrapper\n\n// Version is this one's.\nconst Version = \"0.1.0\"\n")
			write("thing_test.go", "package thing_test\n\nimport \"example.com/thing\"\n\nfunc use(s thing.Store) string { return s.Get() }\n")
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
			git("tag", tc.tag)
			write("thing.go", tc.code)
			if tc.next != "" {
				write("wrapper/version.go", "// Package wrapper has the version.\npackage wrapper\n\n// Version is this one's.\nconst Version = \"0.2.0\"\n")
				git("commit", "-qam", "y")
				git("tag", tc.next)
				git("tag", "nested/"+tc.next)
			}

			cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(dir, "internal", "tools", "compat.sh"))
			cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOWORK=off", "GOGC=400")
			out, err := cmd.CombinedOutput()
			if (err != nil) != tc.fails || !strings.Contains(string(out), tc.want) {
				t.Errorf("failed: %v, want %v; want %q in\n%s", err, tc.fails, tc.want, out)
			}
		})
	}
}
