package e2e_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// What 'pepay demo --open' shows: an invoice that is created, underpaid and paid, and an
// order that is placed and shipped, over and over.
func TestDemo(t *testing.T) {
	t.Parallel()
	tb := newTab(t)
	dir := t.TempDir()
	opener := map[string]string{"linux": "xdg-open", "darwin": "open"}[runtime.GOOS]
	if opener == "" {
		t.Skip("the test has no way to stand in for what opens a browser here")
	}
	opened := filepath.Join(dir, "opened")
	if err := os.WriteFile(filepath.Join(dir, opener), []byte("#!/bin/sh\necho \"$1\" > '"+opened+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "pepay")
	output(t, "go", "-C", "../..", "build", "-o", program, "./cmd/pepay")
	cmd := exec.Command(program, "demo", "--open")
	cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo did not end cleanly: %v", err)
		}
	}()
	var page string
	lines := bufio.NewScanner(stderr)
	for page == "" && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "Watch it in a browser: ") {
			page = regexp.MustCompile(`http://\S+`).FindString(lines.Text())
		}
	}
	if page == "" {
		t.Fatal("no address")
	}
	drained := make(chan struct{})
	go func() { defer close(drained); _, _ = io.Copy(io.Discard, stderr) }()
	defer func() { _ = cmd.Process.Signal(os.Interrupt); <-drained }()
	waitFor(t, "the page is opened", func() bool {
		got, _ := os.ReadFile(opened)
		return strings.TrimSpace(string(got)) == page
	})

	tb.open(page)
	tb.untilLive()
	tb.until(`!document.querySelector('#sign-out') && document.querySelector('#simulator').innerText === 'Simulator: nothing here is real money.'`)
	tb.until(`['unpaid', 'underpaid', 'paid', 'placed', 'shipped'].every(s => [...document.querySelectorAll('.pill')].some(p => p.innerText === s))`)
	tb.wantNoErrors()
}
