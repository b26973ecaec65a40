package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// mutant is one breakage. File and pkg are relative to the root of the repository.
type mutant struct {
	name string
	file string
	// Old occurs once in the file. It is replaced by new.
	old, new string
	// Tests is a pattern for `go test -run` of tests in pkg, one of which has to fail.
	pkg, tests string
}

type verdict string

const (
	caught verdict = "caught"
	missed verdict = "NOT CAUGHT"
	hung   verdict = "timed out" // noticed, but no assertion says what is wrong
	broken verdict = "DOES NOT COMPILE"
	stale  verdict = "STALE"
)

// lab runs tests of the tree in root on changed files.
type lab struct {
	root    string
	timeout time.Duration // of one package's tests, most of which take a second
}

// try runs the mutant's tests on the broken code. The text is what they printed.
func (l lab) try(ctx context.Context, m mutant) (verdict, string, error) {
	source := filepath.Join(l.root, filepath.FromSlash(m.file))
	content, err := os.ReadFile(source)
	if err != nil {
		return "", "", err
	}
	if n := strings.Count(string(content), m.old); n != 1 {
		return "", "", fmt.Errorf("the text to replace is %d times in %s, want once: the list does not fit the code", n, m.file)
	}
	dir, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return "", "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	changed, overlay := filepath.Join(dir, filepath.Base(source)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {source: changed}})
	if err != nil {
		return "", "", err
	}
	if err := errors.Join(
		os.WriteFile(changed, []byte(strings.Replace(string(content), m.old, m.new, 1)), 0o600),
		os.WriteFile(overlay, replace, 0o600),
	); err != nil {
		return "", "", err
	}
	return l.test(ctx, m.pkg, m.tests, overlay)
}

// test runs tests, on changed files if there is an overlay.
func (l lab) test(ctx context.Context, pkg, tests, overlay string) (verdict, string, error) {
	args := []string{"test", "-vet=off", "-ldflags=-s -w", "-count=1", "-failfast", "-timeout=" + l.timeout.String(), "-run=" + tests}
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, ".")...)
	cmd.Dir = filepath.Join(l.root, filepath.FromSlash(pkg))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // go ends the tests too
	cmd.Env = append(os.Environ(), "GOWORK=off")
	output, err := cmd.CombinedOutput()
	text := string(output)
	var exit *exec.ExitError
	switch {
	case err == nil && strings.Contains(text, "[no tests to run]"), err == nil && strings.Contains(text, "[no test files]"):
		return "", text, fmt.Errorf("no test of %s matches %s", pkg, tests)
	case err == nil:
		return missed, text, nil
	case !errors.As(err, &exit):
		return "", text, err
	case strings.Contains(text, "panic: test timed out after "):
		return hung, text, nil
	case strings.Contains(text, "[build failed]"), strings.Contains(text, "[setup failed]"):
		return broken, text, nil
	case !strings.Contains(text, "\nFAIL"), strings.Contains(text, "FAIL\t"+pkg+" [") && !strings.Contains(text, "--- FAIL"):
		return broken, text, nil // go test itself failed
	}
	return caught, text, nil
}
