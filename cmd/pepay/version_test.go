package main

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/wrapper"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, nil, "version")
	r.wantDone(t)
	if want := "pepay version " + wrapper.Version + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH + "\n"; r.stdout != want {
		t.Errorf("got %q, want %q", r.stdout, want)
	}
	if short := pepayRun(t, nil, "--version"); !strings.HasPrefix(r.stdout, strings.TrimSpace(short.stdout)) {
		t.Errorf("--version says something else: %q", short.stdout)
	}
}

func TestVersionJSON(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, nil, "version", "--json")
	r.wantDone(t)
	var got map[string]string
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || strings.Count(r.stdout, "\n") != 1 {
		t.Fatalf("not one JSON object in one line: %v: %s", err, r.stdout)
	}
	if got["version"] != wrapper.Version || got["go"] != runtime.Version() || got["os"] != runtime.GOOS || got["arch"] != runtime.GOARCH || len(got) != 4 {
		t.Errorf("%v", got)
	}
}
