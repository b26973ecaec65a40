package workflows

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Values that a person or a workflow gives to make are text: neither make nor the
// shell runs them, and they reach the command unchanged.
func TestMakeTakesValuesAsText(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("needs make")
	}
	if testing.Short() {
		t.Skip("-short: starts make a hundred times")
	}
	for target, variables := range map[string][]string{
		"spec-sync": {"URL", "FILE", "REPORT"},
		"breaking":  {"BASE"},
		"fuzz":      {"FUZZTIME", "FUZZ", "ARGS"},
		"bench":     {"ARGS"}, "soak": {"ARGS"}, "scale": {"ARGS"}, "mutants": {"ARGS"}, "run": {"ARGS"}, "test": {"ARGS"},
	} {
		for _, variable := range variables {
			for kind, payload := range map[string]string{
				"shell":        `x"; touch MARK; : "`,
				"substitution": "x$(touch MARK)`touch MARK`",
				"make":         `x$(shell touch MARK)`,
				"quote":        `x'; touch MARK; '`,
				"separator":    `x; touch MARK & touch MARK | touch MARK`,
			} {
				for _, from := range []string{"environment", "command line"} {
					t.Run(strings.Join([]string{target, variable, kind, from}, " "), func(t *testing.T) {
						t.Parallel()
						dir := t.TempDir()
						mark := filepath.Join(dir, "mark")
						value := strings.ReplaceAll(payload, "MARK", mark)
						got := makeWithFakeGo(t, dir, target, variable, value, from)
						if _, err := os.Stat(mark); err == nil {
							t.Errorf("%s was run", value)
						}
						// ARGS is several words. The scripts behind breaking and fuzz ask git and go first.
						if variable != "ARGS" && variable != "BASE" && target != "fuzz" && !strings.Contains(got, value) {
							t.Errorf("the command got %q", got)
						}
					})
				}
			}
		}
	}
}

// make test runs with the race detector, unless a person asks for -short.
func TestRaceDetectorIsLeftOutWithShort(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("needs make")
	}
	for args, race := range map[string]bool{"": true, "-run Short": true, "-short": false, "-v -short -run X": false, "-short -race": true} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			got := makeWithFakeGo(t, t.TempDir(), "test-of/internal/tools", "ARGS", args, "environment")
			if !strings.Contains(got, "-vet=all") || strings.Contains(got, "-race\n") != race {
				t.Errorf("go got %q", got)
			}
		})
	}
}

// makeWithFakeGo runs make with a go command that prints its arguments.
func makeWithFakeGo(t *testing.T, dir, target, variable, value, from string) string {
	t.Helper()
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "make", "-C", root, target)
	cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "MAKEFLAGS=")
	if from == "environment" {
		cmd.Env = append(cmd.Env, variable+"="+value)
	} else {
		cmd.Args = append(cmd.Args, variable+"="+value)
	}
	out, _ := cmd.CombinedOutput() // a revision that is none is an error
	return string(out)
}
