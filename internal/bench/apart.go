package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// apartFlag makes this program measure one contestant of a curve and print the figures.
// Memory is measured in a process of its own: what ran before in the same process leaves
// stacks and garbage behind that would count.
const apartFlag = "-apart"

// apart has what can be measured so, by name.
func apart() map[string]func(ctx context.Context, args []string) (result, error) {
	return map[string]func(context.Context, []string) (result, error){
		apartStreams: streamsApart,
		apartResume:  resumeApart,
	}
}

// helped does what another process of this program asks for. It is false if that is
// nothing.
func helped(ctx context.Context, args []string, in io.Reader, out io.Writer) (bool, error) {
	switch {
	case slices.Equal(args, []string{serveFlag}):
		return true, serve(in, out)
	case len(args) > 1 && args[0] == apartFlag:
		measure, ok := apart()[args[1]]
		if !ok {
			return true, fmt.Errorf("there is no %q to measure", args[1])
		}
		r, err := measure(ctx, args[2:])
		if err == nil {
			_, err = fmt.Fprintln(out, r.nsPerOp, r.bPerOp)
		}
		return true, err
	default:
		return false, nil
	}
}

// measureApart measures in another process.
func measureApart(ctx context.Context, name, what string, args ...string) (r result, err error) {
	program, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, program, slices.Concat([]string{apartFlag, what, name}, args)...)
	var failure strings.Builder
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, errors.Join(err, errors.New(strings.TrimSpace(failure.String()))))
	}
	r.name = name
	if _, err := fmt.Sscan(string(out), &r.nsPerOp, &r.bPerOp); err != nil {
		return r, fmt.Errorf("%s: it printed %q: %w", name, out, err)
	}
	return r, nil
}

// medianOf measures several times. Each figure is the median of its own.
func medianOf(times int, measure func() (result, error)) (r result, err error) {
	var took []float64
	var bytes []uint64
	for range times {
		if r, err = measure(); err != nil {
			return r, err
		}
		took, bytes = append(took, r.nsPerOp), append(bytes, r.bPerOp)
	}
	r.nsPerOp, r.bPerOp = median(took), median(bytes)
	return r, nil
}
