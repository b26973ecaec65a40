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

// startDemo runs 'pepay demo --open' and gives the address of its page, which it has a
// stand-in for the browser's opener told.
func startDemo(t *testing.T) (page string) {
	t.Helper()
	dir := t.TempDir()
	opener := map[string]string{"linux": "xdg-open", "darwin": "open"}[runtime.GOOS]
	if opener == "" {
		t.Skip("the test has no way to stand in for what opens a browser here")
	}
	opened := filepath.Join(dir, "opened")
	if err := os.WriteFile(filepath.Join(dir, opener), []byte("#!/bin/sh\necho \"$1\" > '"+opened+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command.build(t), "demo", "--open")
	cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-drained
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo did not end cleanly: %v", err)
		}
	})
	lines := bufio.NewScanner(stderr)
	for page == "" && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "Watch it in a browser: ") {
			page = regexp.MustCompile(`http://\S+`).FindString(lines.Text())
		}
	}
	go func() { defer close(drained); _, _ = io.Copy(io.Discard, stderr) }()
	if page == "" {
		t.Fatal("no address")
	}
	waitFor(t, "the page is opened", func() bool {
		got, _ := os.ReadFile(opened)
		return strings.TrimSpace(string(got)) == page
	})
	return page
}

// The demo's page shows an invoice that is created, underpaid and paid, and an order that
// is placed and shipped, over and over.
func TestDemo(t *testing.T) {
	t.Parallel()
	tb := newTab(t)
	tb.open(startDemo(t))
	tb.untilLive()
	tb.until(`!document.querySelector('#sign-out') && document.querySelector('#simulator').innerText === 'Simulator: nothing here is real money.'`)
	tb.until(`['unpaid', 'underpaid', 'paid', 'placed', 'shipped'].every(s => [...document.querySelectorAll('.pill')].some(p => p.innerText === s))`)
	tb.wantNoErrors()
}
