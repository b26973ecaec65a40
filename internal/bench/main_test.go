package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// The test binary is its own server and helper, as the program is.
func TestMain(m *testing.M) {
	if yes, err := helped(context.Background(), os.Args[1:], os.Stdin, os.Stdout); yes {
		exit(err)
	}
	os.Exit(m.Run())
}

func TestRunRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-row", "nonsense"}, {"-rounds", "0"}, {"-benchtime", "-1s"}, {"mint"}, {"-nonsense"},
	} {
		var out, messages bytes.Buffer
		if err := run(context.Background(), args, &out, &messages); err == nil || errors.Is(err, errMissed) {
			t.Errorf("%v: got %v, want an error about the arguments", args, err)
		}
		if out.Len() > 0 {
			t.Errorf("%v: printed %q", args, out.String())
		}
	}
}

func TestRunPrintsTheRow(t *testing.T) {
	var out, messages bytes.Buffer
	err := run(context.Background(), []string{"-row", "mint", "-rounds", "2", "-benchtime", "1ms"}, &out, &messages)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"in-memory", "loopback", "pepay-go wrapper", "openai-go", "≤ 1.30×", "≤ 38", "≤ 1.10×"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "size of a program") {
		t.Error("printed another row as well")
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := run(ctx, []string{"-row", "mint"}, &bytes.Buffer{}, &bytes.Buffer{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
}
