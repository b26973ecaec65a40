package e2e_test

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// output runs a program in this directory.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

const node20 = "Node 20 or newer: apt-get install nodejs, or nodejs.org"

func TestStreamClient(t *testing.T) {
	t.Parallel()
	out := output(t, need(t, node20, "node"), "--test", "js/")
	if !strings.Contains(out, "# fail 0") && !strings.Contains(out, "fail 0") {
		t.Errorf("%s", out)
	}
}

// The types that the files document hold, under tsc --checkJs --strict.
func TestTypes(t *testing.T) {
	t.Parallel()
	node := need(t, node20, "node")
	output(t, node, module(t, "typescript/bin/tsc"), "-p", "tsconfig.json")
}

// What the README shows: sign in and ask for a token with curl, open the stream with Node.
func TestCurlAndNode(t *testing.T) {
	t.Parallel()
	curl, node := need(t, "curl: apt-get install curl", "curl"), need(t, node20, "node")
	s := newSite(t, time.Minute)
	jar := t.TempDir() + "/session"
	curlIn(t, curl, password, "-sf", "-c", jar, "--data-urlencode", "password@-", s.url+"/sign-in")
	token := output(t, curl, "-sf", "-b", jar, "-X", "POST", s.url+"/ws-token?scope=merchant")
	s.emitInvoiceAndOrder("1") // before anybody listens

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	args := []string{"../../examples/dashboard/follow.mjs"}
	if strings.HasPrefix(output(t, node, "--version"), "v20.") {
		args = append([]string{"--experimental-websocket"}, args...)
	}
	cmd := exec.CommandContext(ctx, node, args...)
	cmd.Stdin = strings.NewReader(token)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the stream is open", func() bool { return s.openStreams() == 1 })
	want := s.emitInvoiceAndOrder("2")[:3] // the order is for the commerce stream
	var got bytes.Buffer
	for strings.Count(got.String(), "\n") < len(want) {
		if _, err := io.CopyN(&got, stdout, 1); err != nil {
			t.Fatalf("%v: %s%s", err, got.String(), stderr.String())
		}
	}
	cancel()
	_ = cmd.Wait()
	for i, line := range strings.Split(strings.TrimSpace(got.String()), "\n") {
		if !strings.HasPrefix(line, want[i]+" ") {
			t.Errorf("line %d: %s", i, line)
		}
	}
	if strings.Contains(got.String()+stderr.String(), "eyJ") {
		t.Error("the token is in the output")
	}
}

func curlIn(t *testing.T, curl, stdin string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), curl, args...)
	cmd.Stdin = strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("curl: %v\n%s", err, out)
	}
}
