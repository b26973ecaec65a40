package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// tools are the commands that do the work, each run in the top directory of the
// repository. Tests have them built beforehand.
type tools struct {
	oasdiff []string
	steps   []namedCommand // the first generates
}

// The names of the steps that the report has advice for.
const (
	generation  = "generation"
	compilation = "build"
)

type namedCommand struct {
	name    string
	command []string
}

func repositoryTools() tools {
	return tools{
		oasdiff: []string{"go", "tool", "-modfile=internal/oasdiff/go.mod", "oasdiff"},
		steps: []namedCommand{
			{generation, []string{"go", "generate", "./..."}},
			{compilation, []string{"go", "build", "./..."}},
			{"list of the public surface", []string{"go", "-C", "internal/tools", "run", "./apitext", "-root", "../.."}},
			// The test cache does not see that a document outside of the module changed.
			{"contract tests", []string{"go", "-C", "internal/contract", "test", "-count=1", "./..."}},
		},
	}
}

// run returns what the command printed, errors included.
func (t tools) run(ctx context.Context, dir string, command ...string) (string, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func firstLine(out string, err error) string {
	line, _, _ := strings.Cut(out, "\n")
	if line == "" {
		return err.Error()
	}
	return line
}

// output runs a command and returns its standard output. An error has the first line
// of standard error.
func (t tools) output(ctx context.Context, dir string, command ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s", firstLine(strings.TrimSpace(complaints.String()), err))
	}
	return out, nil
}
