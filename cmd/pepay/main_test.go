package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
)

// The command as it is shipped, and with the race detector where the tests have it; the tests run
// nothing else. To start the detector takes five times as long as a short command.
var plainBinary, raceBinary string

// canary is the API key of every test; no output may hold it.
const canary = "pk_canary_5b1f0c7de9"

func TestMain(m *testing.M) {
	manyAtATime()
	leakcheck.Main(built{m})
}

// manyAtATime has more tests run at a time than there are processors, unless -parallel
// says how many: they wait for processes longer than they compute.
func manyAtATime() {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	}
}

// built runs the tests with the binary in place.
type built struct{ m *testing.M }

func (b built) Run() int {
	dir, err := os.MkdirTemp("", "pepay")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	plainBinary, err = build(dir, "pepay")
	if raceBinary = plainBinary; err == nil && raceEnabled {
		raceBinary, err = build(dir, "pepay-race", "-race")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// go test caches by the content of the test's own binary. This call links the command
	// into it, so that a change of the command runs the tests again.
	if code := run(context.Background(), []string{"pepay", "version"}, strings.NewReader(""), io.Discard, os.Stderr); code != exitDone {
		return code
	}
	return b.m.Run()
}

func build(dir, name string, args ...string) (string, error) {
	binary := filepath.Join(dir, name)
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	args = append([]string{"build", "-buildvcs=false", "-o", binary}, args...)
	if out, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
}

// command prepares a run in an environment of its own: nothing of the
// developer's keys, and the canary where a key belongs unless env says otherwise.
func command(env []string, args ...string) *exec.Cmd {
	return commandOf(raceBinary, env, args...)
}

func commandOf(binary string, env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "SystemRoot", "TZ"} {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	// The race detector would make every process wait a second before it ends.
	cmd.Env = append(append(cmd.Env, "GORACE=atexit_sleep_ms=0", "PEPAY_API_KEY="+canary), env...)
	return cmd
}

type result struct {
	code           int
	stdout, stderr string
}

// concurrent are the commands that do several things at a time. The others only do so where a person
// answers, looks on or interrupts them: command is for that.
var concurrent = []string{"listen", "demo", "doctor", "mock"}

// pepayWith runs a command to its end.
func pepayWith(t *testing.T, stdin io.Reader, env []string, args ...string) result {
	t.Helper()
	binary := plainBinary
	if len(args) > 0 && slices.Contains(concurrent, args[0]) {
		binary = raceBinary
	}
	cmd := commandOf(binary, env, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	return finished(t, cmd.Run(), &stdout, &stderr)
}

func pepayRun(t *testing.T, env []string, args ...string) result {
	t.Helper()
	return pepayWith(t, nil, env, args...)
}

func finished(t *testing.T, err error, stdout, stderr fmt.Stringer) result {
	t.Helper()
	r := result{stdout: stdout.String(), stderr: stderr.String()}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		r.code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{canary, "\x1b", "panic:", "DATA RACE"} {
		if strings.Contains(r.stdout, forbidden) || strings.Contains(r.stderr, forbidden) {
			t.Errorf("output contains %q\nstdout: %s\nstderr: %s", forbidden, r.stdout, r.stderr)
		}
	}
	return r
}

// wantError checks a failure: the code, nothing on stdout, one line on stderr.
func (r result) wantError(t *testing.T, code int, text string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	if r.stdout != "" {
		t.Errorf("stdout: %s", r.stdout)
	}
	if !strings.HasPrefix(r.stderr, "pepay: ") || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, text) {
		t.Errorf("stderr is not one line 'pepay: … %s …': %s", text, r.stderr)
	}
}

func (r result) wantDone(t *testing.T) {
	t.Helper()
	if r.code != exitDone {
		t.Fatalf("exit code %d\nstdout: %s\nstderr: %s", r.code, r.stdout, r.stderr)
	}
}
