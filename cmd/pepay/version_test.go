package main

import (
	"encoding/json"
	"maps"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/wrapper"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, nil, "version")
	r.wantDone(t)
	info, _ := debug.ReadBuildInfo()
	if want := "pepay version " + wrapper.Version + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH + sourceOf(info).String() + "\n"; r.stdout != want {
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
	var got map[string]any
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || strings.Count(r.stdout, "\n") != 1 {
		t.Fatalf("not one JSON object in one line: %v: %s", err, r.stdout)
	}
	want := map[string]any{"version": wrapper.Version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH}
	info, _ := debug.ReadBuildInfo()
	if from := sourceOf(info); from.Commit != "" {
		want["commit"], want["date"] = from.Commit, from.Date
		if from.Modified {
			want["modified"] = true
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSourceOf(t *testing.T) {
	t.Parallel()
	const commit = "95ee2a7d0c7bb4a18b4c2bd3a1fd6a0f4f6de001"
	built := func(version string, settings ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		for i := 0; i < len(settings); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return info
	}
	for name, tt := range map[string]struct {
		info *debug.BuildInfo
		want source
		text string
	}{
		"clone": {
			built("v0.1.1-0.20261126085102-95ee2a7d0c7b", "vcs", "git", "vcs.revision", commit, "vcs.time", "2026-11-26T08:51:02Z", "vcs.modified", "false"),
			source{Commit: commit, Date: "2026-11-26T08:51:02Z"},
			", commit " + commit + " of 2026-11-26T08:51:02Z",
		},
		"clone with changes": {
			built("(devel)", "vcs.revision", commit, "vcs.time", "2026-11-26T08:51:02Z", "vcs.modified", "true"),
			source{Commit: commit, Date: "2026-11-26T08:51:02Z", Modified: true},
			", commit " + commit + " of 2026-11-26T08:51:02Z, with changes that are not committed",
		},
		"clone of another tool, without a time": {built("", "vcs.revision", commit), source{Commit: commit}, ", commit " + commit},
		"installed from a branch, before the first tag": {
			built("v0.0.0-20261126085102-95ee2a7d0c7b"),
			source{Commit: "95ee2a7d0c7b", Date: "2026-11-26T08:51:02Z"},
			", commit 95ee2a7d0c7b of 2026-11-26T08:51:02Z",
		},
		"installed from a branch, after a tag": {
			built("v0.1.1-0.20261126085102-95ee2a7d0c7b"),
			source{Commit: "95ee2a7d0c7b", Date: "2026-11-26T08:51:02Z"},
			", commit 95ee2a7d0c7b of 2026-11-26T08:51:02Z",
		},
		"time that is none":        {built("v0.0.0-20269926085102-95ee2a7d0c7b"), source{}, ""},
		"installed from a release": {built("v0.1.0"), source{}, ""},
		"built without -buildvcs":  {built("(devel)"), source{}, ""},
		"no build info":            {nil, source{}, ""},
	} {
		got := sourceOf(tt.info)
		if got != tt.want || got.String() != tt.text {
			t.Errorf("%s: got %+v %q, want %+v %q", name, got, got, tt.want, tt.text)
		}
	}
}
