package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestManyStreams(t *testing.T) {
	tables, err := manyStreamsOf(context.Background(), options{rounds: 1}, []int{1, 3}, 40)
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != 2 || fmt.Sprint(tables[0].columns, tables[1].columns) != "[open streams 1 3] [open streams 1 3]" {
		t.Fatalf("%+v", tables)
	}
	for _, table := range tables {
		checkFigures(t, table)
	}
}

func TestFlat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		last uint64
		met  bool
		got  string
	}{{20_000, true, "1.00×"}, {25_000, true, "1.25×"}, {25_200, false, "1.26×"}, {10_000, true, "0.50×"}} {
		ours := []result{{name: "ours", bPerOp: 90_000}, {bPerOp: 20_000}, {bPerOp: 21_000}, {name: "ours", bPerOp: c.last}}
		b := flat(ours, []float64{1, 100, 1000, 5000})
		if b.met != c.met || b.got != c.got || b.what != "ours, memory of a stream with 5,000 beside 100" {
			t.Errorf("%d: %+v", c.last, b)
		}
	}
}

// What cannot be measured is an error with the reason, and no figure.
func TestMeasureApartNoticesFailure(t *testing.T) {
	for name, c := range map[string]struct{ what, name, want string }{
		"nothing known":  {"nothing", "x", `there is no "nothing" to measure`},
		"no contestant":  {apartStreams, "x", `there is no "x"`},
		"no server left": {apartStreams, "gobwas/ws + encoding/json", "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			base, stop, err := startServer(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if name == "no server left" {
				stop()
			} else {
				defer stop()
			}
			r, err := measureApart(context.Background(), c.name, c.what, base, "2", "2")
			if err == nil || !strings.Contains(err.Error(), c.want) || r.bPerOp != 0 {
				t.Errorf("%+v, %v, want %q", r, err, c.want)
			}
		})
	}
}
