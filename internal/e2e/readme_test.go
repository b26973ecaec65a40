package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// The commands of the README and of docs, in order, as they stand.
func TestReadmeCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs the commands of every page")
	}
	for _, tool := range []string{"bash", "make", "git", "curl"} {
		need(t, tool+": apt-get install "+tool, tool)
	}
	need(t, node20, "node")
	clone := stage{root: checkout(t), modules: t.TempDir()}
	pages := []string{filepath.Join(clone.root, "README.md")}
	for _, pattern := range []string{"docs/*.md", "docs/howto/*.md"} {
		found, err := filepath.Glob(filepath.Join(clone.root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	ran := 0
	for _, page := range pages {
		name := filepath.Base(page)
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := shellBlocks(name, string(text))
		if err != nil {
			t.Error(err)
		}
		if len(blocks) == 0 {
			if filepath.Base(filepath.Dir(page)) == "howto" {
				t.Errorf("%s has no command that is run", name)
			}
			continue
		}
		ran++
		t.Run(name, func(t *testing.T) { // one after the other: they use the same ports
			dir, env := clone.prepare(t, string(text))
			out, err := runBlocks(t, blocks, dir, 10*time.Minute, env...)
			t.Log(out)
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	if ran < 12 {
		t.Errorf("%d pages have commands", ran)
	}
}

// stage is where the commands of the pages run.
type stage struct {
	root     string // of a clone
	modules  string // is empty until something is downloaded
	released []string
}

// prepare gives a page what its reader has, and returns where its commands run and in
// which environment.
func (s *stage) prepare(t *testing.T, page string) (dir string, env []string) {
	t.Helper()
	if strings.Contains(page, "nginx -p") {
		need(t, "nginx: apt-get install nginx-light", "nginx", "/usr/sbin/nginx")
	}
	if strings.Contains(page, "docker compose up") {
		env = append(env, composeStandIn(t)...)
	}
	if strings.Contains(page, "$DATABASE_URL") {
		need(t, "psql: apt-get install postgresql", "psql")
		env = append(env, "DATABASE_URL="+servers.Postgres(t).URL("postgres"))
	}
	if !strings.Contains(page, "pepay-go@latest") && !strings.Contains(page, "go list -m -u") {
		return s.root, env
	}
	if s.released == nil {
		s.released = released(t, s.root, s.modules)
	}
	env = append(env, s.released...)
	if strings.Contains(page, "go list -m -u") {
		return oldProject(t, s.root, env)
	}
	return t.TempDir(), env
}

func TestShellBlocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		fails      string // what the error or the output says; empty: all is well
	}{
		{"one after the other, in one shell", "```sh\nexport WORD=kept\n```\ntext\n```sh\ntest \"$WORD\" = kept\n```\n", ""},
		{"a pipe that breaks", "```sh\nfalse | cat\n```\n", "guide.md:2: failed"},
		{"the second block fails", "```sh\ntrue\n```\n\n```sh\ntrue\nls /nowhere\n```\n", "guide.md:6: failed"},
		{"an unset variable", "```sh\necho \"$NOWHERE_SET\"\n```\n", "NOWHERE_SET: unbound variable"},
		{"an empty home", "```sh\ntest -z \"$(ls -A ~)\"\n```\n", ""},
		{"background", "<!-- test: until ready now -->\n```sh\necho ready now; exec sleep 600\n```\n```sh\ntrue\n```\n", ""},
		{"background that ends too early", "<!-- test: until ready -->\n```sh\necho no; exit 3\n```\n", `guide.md:3: ended before it printed "ready"`},
		{"background that never says it", "<!-- test: until ready -->\n```sh\nexec sleep 600\n```\n", "guide.md:3: did not end in time"},
		{"fails as it should", "<!-- test: fails 3 -->\n```sh\nexit 3\n```\n```sh\ntrue\n```\n", ""},
		{"fails with another code", "<!-- test: fails 3 -->\n```sh\nexit 4\n```\n", "guide.md:3: ended with 4, not 3"},
		{"does not fail", "<!-- test: fails 3 -->\n```sh\ntrue\n```\n", "guide.md:3: ended with 0, not 3"},
		{"fails without a code", "<!-- test: fails -->\n```sh\nexit 1\n```\n", "guide.md:1: unknown test directive"},
		{"skipped", "<!-- test: skip it would delete everything -->\n```sh\nexit 1\n```\n```sh\ntrue\n```\n", ""},
		{"skipped without a reason", "<!-- test: skip -->\n```sh\nexit 1\n```\n", "guide.md:1: skip wants a reason"},
		{"an unknown word", "<!-- test: perhaps -->\n```sh\nexit 1\n```\n", "guide.md:1: unknown test directive"},
		{"a directive without a block", "<!-- test: until x -->\n\ntext\n", "guide.md:1: no sh block follows"},
		{"a block that is not closed", "```sh\ntrue\n", "guide.md:1: the block is not closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			need(t, "bash: apt-get install bash", "bash")
			limit := time.Minute
			if strings.Contains(c.fails, "in time") {
				limit = 2 * time.Second
			}
			var out string
			blocks, err := shellBlocks("guide.md", c.text)
			if err == nil {
				out, err = runBlocks(t, blocks, t.TempDir(), limit)
			}
			switch {
			case c.fails == "" && err != nil:
				t.Errorf("%v\n%s", err, out)
			case c.fails != "" && err == nil:
				t.Errorf("no error\n%s", out)
			case c.fails != "" && !strings.Contains(out+err.Error(), c.fails):
				t.Errorf("%v\n%s\nwant %s", err, out, c.fails)
			}
		})
	}
}

// A taken port is named, so that a person knows what to stop.
func TestTakenPortIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds a program")
	}
	t.Parallel()
	need(t, "bash: apt-get install bash", "bash")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text := "<!-- test: until PEPAY_API_URL -->\n```sh\ngo run ./cmd/pepay mock --addr " + l.Addr().String() + "\n```\n"
	blocks, err := shellBlocks("guide.md", text)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := runBlocks(t, blocks, root, 3*time.Minute); err == nil || !strings.Contains(out, l.Addr().String()) || !strings.Contains(out, "guide.md:3") {
		t.Errorf("%v\n%s", err, out)
	}
}

// checkout copies what is committed or about to be, so that the commands leave
// no file in the tree.
func checkout(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	list, err := exec.CommandContext(t.Context(), "git", "-C", "../..", "ls-files", "-co", "--exclude-standard", "-z").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join("..", "..", name))
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted, and not committed yet
		}
		info, statErr := os.Stat(filepath.Join("..", "..", name))
		target := filepath.Join(root, name)
		if err := errors.Join(err, statErr, os.MkdirAll(filepath.Dir(target), 0o755)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, content, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// released makes a copy of the tree a repository with tags, and returns the
// environment in which Go takes the modules from there, as it would from GitHub.
func released(t *testing.T, tree, modules string) []string {
	t.Helper()
	for _, args := range [][]string{
		{"init", "-q"},
		{"add", "-A"},
		{"-c", "user.name=Release", "-c", "user.email=release@example.com", "commit", "-q", "-m", "release"},
		{"tag", "v" + wrapper.Version},
		{"tag", "store/postgres/v" + wrapper.Version},
	} {
		if out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", tree}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
	set := map[string]string{}
	for _, line := range goDirectories(t) {
		name, value, _ := strings.Cut(line, "=")
		set[name] = value
	}
	return []string{
		"GOPRIVATE=github.com/pepaylabs/pepay-go",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.file://" + tree + ".insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/pepaylabs/pepay-go",
		// A cache of its own, because the next tree has the same tag. What the usual one has is
		// not downloaded again, and what was built from another cache is not built again.
		"GOMODCACHE=" + modules, "GOFLAGS=" + strings.TrimSpace(set["GOFLAGS"]+" -modcacherw -trimpath -ldflags=-w"),
		"GOPROXY=file://" + filepath.Join(set["GOMODCACHE"], "cache", "download") + "," + set["GOPROXY"],
	}
}

// goDirectories are where Go keeps what it has downloaded and built, which an
// empty home would hide. With -trimpath the copies of the tree share what was built. Nobody
// debugs it: -ldflags=-w leaves out what a debugger needs, which is a third of linking.
func goDirectories(t *testing.T) []string {
	t.Helper()
	var env []string
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOFLAGS"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		line := name + "=" + strings.TrimSpace(string(value))
		if name == "GOFLAGS" {
			line += " -trimpath -ldflags=-w"
		}
		env = append(env, line)
	}
	return env
}

// runBlocks runs the blocks in one bash with an empty home, in a process group of
// its own, and returns what they printed. Nothing of it is left when it returns.
func runBlocks(t *testing.T, blocks []shellBlock, dir string, limit time.Duration, env ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	home := t.TempDir()
	logs := t.TempDir()
	cmd := exec.CommandContext(ctx, "bash", "-c", script(blocks, logs))
	cmd.Dir = dir
	cmd.Env = append(goDirectories(t), "HOME="+home, "PATH="+filepath.Join(home, "go", "bin")+":"+os.Getenv("PATH"), "TERM=dumb", "CI="+os.Getenv("CI"))
	cmd.Env = append(cmd.Env, env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	inOwnGroup(cmd)
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	endGroup(cmd)
	if ctx.Err() != nil {
		background, _ := filepath.Glob(filepath.Join(logs, "*"))
		for _, log := range background {
			content, _ := os.ReadFile(log)
			out.Write(content)
		}
		err = errors.New(lastStarted(out.String()) + ": did not end in time")
	}
	return out.String(), err
}
