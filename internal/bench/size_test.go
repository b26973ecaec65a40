package main

import (
	"context"
	"testing"
)

// The peers' programs take long to link, so only the row itself builds them.
func TestProgramBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds programs")
	}
	t.Parallel()
	dir := t.TempDir()
	floor, err := sizePrograms()[0].build(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if floor.bytes < 1e6 || len(floor.modules) != 0 {
		t.Errorf("a program of the standard library came out as %+v", floor)
	}
	ours, err := sizePrograms()[1].build(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if ours.bytes <= floor.bytes {
		t.Errorf("%d bytes with the client, %d without", ours.bytes, floor.bytes)
	}
}
