package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// verify opens everything that goreleaser wrote, so that what is published was looked at.
func verify(ctx context.Context, out io.Writer, root string) error {
	dist := filepath.Join(root, "dist")
	meta, err := readMetadata(dist)
	if err != nil {
		return err
	}
	version, err := readVersion(filepath.Join(root, "wrapper", "version.go"))
	if err != nil {
		return err
	}
	var problems []string
	sums := map[string]string{}
	for _, p := range platforms() {
		name := p.archive(meta.Version)
		content, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		sums[name] = hex.EncodeToString(sum[:])
		members, err := readArchive(filepath.Join(dist, name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, problem := range archiveProblems(p, meta, members) {
			problems = append(problems, name+": "+problem)
		}
		if p == (platform{runtime.GOOS, runtime.GOARCH}) {
			if err := runBinary(ctx, members[p.binary()].content, version, meta.Commit); err != nil {
				problems = append(problems, name+": "+err.Error())
			}
		}
		fmt.Fprintf(out, "release: %s  %s, %.1f MB\n", sums[name][:12], name, float64(len(content))/1e6)
	}
	problems = append(problems, checksumProblems(dist, sums)...)
	problems = append(problems, caskProblems(dist, sums)...)
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "\nrelease: "))
	}
	fmt.Fprintf(out, "release: %d archives, their checksums and the cask are as they should be, for commit %s\n", len(sums), meta.Commit)
	return nil
}

func archiveProblems(p platform, meta metadata, members map[string]member) []string {
	var found []string
	report := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	want := []string{"CHANGELOG.md", "LICENSE", "README.md", "completions/pepay.bash", "completions/pepay.fish", "completions/pepay.zsh", p.binary()}
	if got := slices.Sorted(maps.Keys(members)); !slices.Equal(got, want) {
		report("has %v, want %v", got, want)
	}
	binary := members[p.binary()]
	if p.os != "windows" && binary.mode&0o111 != 0o111 {
		report("%s has mode %v, so that nobody can run it", p.binary(), binary.mode)
	}
	info, err := buildinfo.Read(bytes.NewReader(binary.content))
	if err != nil {
		report("%s: %v", p.binary(), err)
		return found
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	for key, want := range map[string]string{
		"GOOS": p.os, "GOARCH": p.arch, "CGO_ENABLED": "0", "-trimpath": "true", "vcs.revision": meta.Commit,
	} {
		if settings[key] != want {
			report("%s was built with %s=%s, want %s", p.binary(), key, settings[key], want)
		}
	}
	if settings["vcs.modified"] != "false" && !strings.HasSuffix(meta.Version, "-snapshot") {
		report("%s was built from files that are not committed", p.binary())
	}
	return found
}

func runBinary(ctx context.Context, binary []byte, version, commit string) error {
	dir, err := os.MkdirTemp("", "release-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "pepay")
	if err := os.WriteFile(file, binary, 0o755); err != nil {
		return err
	}
	output, err := exec.CommandContext(ctx, file, "version", "--json").Output()
	if err != nil {
		return fmt.Errorf("pepay version --json: %w", err)
	}
	var says struct{ Version, Commit, Date string }
	if err := json.Unmarshal(output, &says); err != nil {
		return fmt.Errorf("pepay version --json: %w: %s", err, output)
	}
	if says.Version != version || says.Commit != commit || says.Date == "" {
		return fmt.Errorf("pepay version --json says %s, want version %s and commit %s", bytes.TrimSpace(output), version, commit)
	}
	return nil
}

func checksumProblems(dist string, want map[string]string) []string {
	text, err := os.ReadFile(filepath.Join(dist, "checksums.txt"))
	if err != nil {
		return []string{err.Error()}
	}
	got := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if sum, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			got[name] = sum
		}
	}
	if !maps.Equal(got, want) {
		return []string{fmt.Sprintf("checksums.txt says %v, want %v", got, want)}
	}
	return nil
}

// caskProblems holds the cask to the archives of macOS: their names and sums.
func caskProblems(dist string, sums map[string]string) []string {
	text, err := os.ReadFile(filepath.Join(dist, "homebrew", "Casks", "pepay.rb"))
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	for name, sum := range sums {
		if strings.Contains(name, "_darwin_") && !strings.Contains(string(text), sum) {
			found = append(found, "pepay.rb does not have the checksum of "+name)
		}
	}
	return found
}
