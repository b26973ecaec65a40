package main

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	modmodule "golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

// What a user gets after the tags are pushed: each published module, as the module proxy
// would serve it, is required by a program and found with all that it needs. The command
// is one that `go install` takes.
func TestUsersGetTheModules(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds programs from empty module caches")
	}
	t.Parallel()
	tree, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	proxy := t.TempDir()
	for _, m := range tree.published() {
		publish(t, proxy, m, "v"+tree.version)
	}
	cache := strings.TrimSpace(goIn(t, root, nil, "env", "GOMODCACHE"))
	file := func(dir string) string {
		return "file://" + strings.TrimSuffix("/"+strings.TrimPrefix(filepath.ToSlash(dir), "/"), "/")
	}
	// Third-party modules were downloaded for this repository.
	fresh := filepath.Join(t.TempDir(), "modules")
	env := []string{
		"GOPROXY=" + file(proxy) + "," + file(filepath.Join(cache, "cache", "download")),
		"GOMODCACHE=" + fresh, "GOSUMDB=off", "GOFLAGS=-modcacherw -mod=mod", "GOWORK=off", "GOENV=off", "GOPRIVATE=", "GONOPROXY=", "GONOSUMDB=",
	}

	// One program that adds one after the other.
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/program\n\ngo 1.25.0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, m := range tree.published() {
		goIn(t, dir, env, "get", m.path+"@v"+tree.version)
		// With -deps every import, of any depth, is looked for.
		packages := goIn(t, dir, env, "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", m.path+"/...")
		for _, wanted := range []module{tree.modules[0], m} {
			if line := wanted.path + " v" + tree.version + "\n"; !strings.Contains(packages, line) {
				t.Errorf("%s: a program does not use %s:\n%s", m.path, line, packages)
			}
		}
	}
	goIn(t, t.TempDir(), env, "install", "-n", tree.modules[0].path+"/cmd/pepay@v"+tree.version)
}

func goIn(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return string(out)
}

// publish writes the module to the folder of a proxy, from the files that are or would be
// committed.
func publish(t *testing.T, proxy string, m module, version string) {
	t.Helper()
	dir := filepath.Join(root, filepath.FromSlash(m.dir))
	list, err := exec.CommandContext(t.Context(), "git", "-C", dir, "ls-files", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Skipf("needs git and a clone: %v", err)
	}
	var files []modzip.File
	for _, name := range strings.Fields(string(list)) {
		file := treeFile{dir, name}
		if info, err := file.Lstat(); err == nil && info.Mode().IsRegular() {
			files = append(files, file)
		}
	}
	// CheckFiles leaves nested modules out only if it sees them; so does the proxy.
	checked, err := modzip.CheckFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	valid := map[string]bool{}
	for _, name := range checked.Valid {
		valid[name] = true
	}
	kept := files[:0]
	for _, f := range files {
		if valid[f.Path()] {
			kept = append(kept, f)
		}
	}
	target := filepath.Join(proxy, filepath.FromSlash(m.path), "@v")
	if err := os.MkdirAll(target, 0o755); err != nil {
		t.Fatal(err)
	}
	archive, err := os.Create(filepath.Join(target, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	if err := modzip.Create(archive, modmodule.Version{Path: m.path, Version: version}, kept); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	// Nothing of a nested module is in the archive of the root.
	if m.dir == "." {
		content, err := zip.OpenReader(archive.Name())
		if err != nil {
			t.Fatal(err)
		}
		defer content.Close()
		for _, f := range content.File {
			if strings.HasSuffix(f.Name, "/go.mod") && strings.Count(f.Name, "/") > strings.Count(m.path, "/")+1 {
				t.Errorf("the module has %s", f.Name)
			}
		}
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"list": version + "\n", version + ".mod": string(mod),
		version + ".info": `{"Version":"` + version + `","Time":"2026-01-01T00:00:00Z"}`,
	} {
		if err := os.WriteFile(filepath.Join(target, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// treeFile is a file of the repository that goes into a module's archive.
type treeFile struct{ dir, name string }

func (f treeFile) Path() string                 { return f.name }
func (f treeFile) full() string                 { return filepath.Join(f.dir, filepath.FromSlash(f.name)) }
func (f treeFile) Lstat() (os.FileInfo, error)  { return os.Lstat(f.full()) }
func (f treeFile) Open() (io.ReadCloser, error) { return os.Open(f.full()) }
