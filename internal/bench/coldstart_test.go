package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// Only the floor is built: the row itself builds the others.
func TestStart(t *testing.T) {
	t.Parallel()
	base, stop, err := startServer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	dir := t.TempDir()
	binary := filepath.Join(dir, "floor")
	floor := starters()[0]
	if err := floor.build(context.Background(), binary); err != nil {
		t.Fatal(err)
	}
	var used usage
	if err := floor.start(context.Background(), binary, dir, base, &used); err != nil || used.mean() <= 0 {
		t.Errorf("%v after %.1f ms", err, used.mean())
	}
	err = floor.start(context.Background(), binary, dir, base+"/elsewhere", &used)
	if err == nil || !strings.Contains(err.Error(), "panic") || used.runs != 1 {
		t.Errorf("a program that fails: %v", err)
	}
	echo := starter{name: "another token", args: []string{"x"}}
	if err := echo.start(context.Background(), "/bin/echo", dir, base, &used); err == nil {
		t.Error("another token passes")
	}
}
