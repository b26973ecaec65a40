package localdb

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
)

const envStarter = "LOCALDB_TEST_STARTER"

// The test binary is also a program that starts a server and is killed.
func TestMain(m *testing.M) {
	if os.Getenv(envStarter) == "" {
		leakcheck.Main(servers.During(m))
	}
	server, err := StartPostgres(context.Background(), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(server.process.pid, server.Folder())
	select {}
}

var servers Shared

// psql runs SQL and returns the rows, without their frame.
func psql(t *testing.T, url, sql string) (string, error) {
	t.Helper()
	program, err := lookup("psql", "postgresql", "/usr/lib/postgresql/*/bin")
	Require(t, err)
	cmd := exec.CommandContext(t.Context(), program, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, url)
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func wantSQL(t *testing.T, url, sql, want string) {
	t.Helper()
	if got, err := psql(t, url, sql); err != nil || got != want {
		t.Errorf("%s: %q, %v; want %q", sql, got, err, want)
	}
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	server, err := StartPostgres(t.Context(), map[string]string{"max_connections": "17"})
	Require(t, err)
	defer server.Close()

	url := server.URL("postgres")
	wantSQL(t, url, "show max_connections", "17")
	wantSQL(t, url, "show lc_collate", "C")
	wantSQL(t, url, "show server_encoding", "UTF8")
	wantSQL(t, url, "show synchronous_commit", "on")
	wantSQL(t, server.SocketURL("postgres"), "select current_user", "postgres")
	wantSQL(t, url, "create table t as select 1 as n", "")

	data := filepath.Join(server.Folder(), "data")
	for _, c := range []struct {
		name string
		end  func() error
	}{{"Stop", server.Stop}, {"Kill", server.Kill}} {
		if n := len(processesIn(data)); n < 3 {
			t.Fatalf("the server has %d processes", n)
		}
		if err := c.end(); err != nil {
			t.Fatal(c.name, err)
		}
		if left := processesIn(data); len(left) > 0 {
			t.Errorf("%s left the processes %d", c.name, left)
		}
		if out, err := psql(t, url, "select 1"); err == nil {
			t.Errorf("after %s the server answered %q", c.name, out)
		}
		if err := server.Start(t.Context()); err != nil {
			t.Fatal(c.name, err)
		}
		wantSQL(t, url, "insert into t values (1) returning n", "1")
	}
	pid := server.process.pid
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if server.process.pid == pid {
		t.Error("Restart did nothing")
	}
	wantSQL(t, url, "select count(*) from t", "3")

	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(server.Folder()); !os.IsNotExist(err) {
		t.Errorf("the folder after Close: %v", err)
	}
}

func TestPostgresTellsWhyItDoesNotStart(t *testing.T) {
	t.Parallel()
	server, err := StartPostgres(t.Context(), map[string]string{"shared_buffers": "lots"})
	if err == nil {
		server.Close()
		t.Fatal("it started")
	}
	if _, missing := err.(*MissingError); missing {
		Require(t, err)
	}
	if !strings.Contains(err.Error(), `invalid value for parameter "shared_buffers": "lots"`) {
		t.Error(err)
	}
}

func TestServerEndsWithItsStarter(t *testing.T) {
	t.Parallel()
	_, err := lookup("postgres", "postgresql", "/usr/lib/postgresql/*/bin")
	Require(t, err)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	starter := exec.Command(self)
	starter.Env = append(os.Environ(), envStarter+"=1")
	starter.Stderr = os.Stderr
	out, err := starter.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := starter.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	var folder string
	_, scanned := fmt.Fscan(out, &pid, &folder)
	if err := starter.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = starter.Wait()
	if scanned != nil {
		t.Fatal("the starter printed no process id:", scanned)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if !strings.HasPrefix(folder, "/tmp/") {
		t.Errorf("the folder is %s", folder)
	}
	until(t, "the server ends", func() bool { return !exists(pid) })
}

// exists reports whether a process runs. One that has ended has no command line, even
// if nobody has asked for its end yet.
func exists(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && len(text) > 0
}

// until polls, since another process tells nobody about its end.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	limit := time.After(30 * time.Second)
	for !happened() {
		select {
		case <-limit:
			t.Fatalf("%s: not within 30 s", what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestPgBouncer(t *testing.T) {
	t.Parallel()
	url := servers.PgBouncer(t).URL("postgres")
	sql := "begin; select pg_backend_pid(); commit"
	if pid, err := psql(t, url, sql); err != nil || !isNumber(pid) {
		t.Errorf("%s: %q, %v", sql, pid, err)
	}
	config, err := psql(t, strings.Replace(url, "/postgres?", "/pgbouncer?", 1), "show config")
	if err != nil || !strings.Contains(config, "\npool_mode|transaction|") {
		t.Errorf("show config: %v\n%s", err, config)
	}
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

func TestPgBouncerRestarts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts a PgBouncer four times")
	}
	t.Parallel()
	postgres := servers.Postgres(t)
	proxy, err := StartProxy(t.Context(), postgres.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	bouncer, err := StartPgBouncer(t.Context(), proxy.Addr(), nil)
	Require(t, err)
	defer bouncer.Close()
	wantSQL(t, bouncer.URL("postgres"), "select 1", "1")
	for _, end := range []func() error{bouncer.Stop, bouncer.Kill} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if err := bouncer.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantSQL(t, bouncer.URL("postgres"), "select 1", "1")
	}
}

func TestNginx(t *testing.T) {
	t.Parallel()
	server, err := StartNginx(t.Context(), func(addr string) string {
		return "server { listen " + addr + "; location / { return 200 'hello'; } }"
	})
	Require(t, err)
	defer server.Close()
	for _, again := range []func() error{func() error { return nil }, func() error { return server.Restart(t.Context()) }} {
		if err := again(); err != nil {
			t.Fatal(err)
		}
		answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(server.URL() + "/")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if string(body) != "hello" {
			t.Errorf("it answered %d %q", answer.StatusCode, body)
		}
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	broken, err := StartNginx(t.Context(), func(string) string { return "serve {}" })
	if err == nil {
		broken.Close()
		t.Fatal("it started with a broken configuration")
	}
	if !strings.Contains(err.Error(), `unknown directive "serve"`) {
		t.Error(err)
	}
}
