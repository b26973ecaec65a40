package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestSizedTail(t *testing.T) {
	t.Parallel()
	for size := range 3000 {
		event := frameHead + "10000000" + sizedTail(size)
		if !json.Valid([]byte(event)) {
			t.Fatalf("%d: %s", size, event)
		}
		if len(event) != size && (len(event) != frameLength || size > frameLength+150) {
			t.Fatalf("asked for %d bytes, got %d", size, len(event))
		}
	}
	for _, size := range eventSizes() {
		if got := len(frameHead + "10000000" + sizedTail(size)); got != size {
			t.Errorf("asked for %d bytes, got %d", size, got)
		}
	}
}

// Every contestant receives every event of every size, as large as it has to be.
func TestEventSizes(t *testing.T) {
	base, stop, err := startServer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, size := range eventSizes() {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			customer := sizedCustomer + strconv.Itoa(size)
			f, err := dialFrames(ctx, strings.TrimPrefix(base, "http://"), nil, customer)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.conn.Close() }()
			if frame, err := f.next(); err != nil || len(frame) != size || !json.Valid(frame) {
				t.Fatalf("a frame of %d bytes, %v", len(frame), err)
			}
			receivers, err := openReceivers(ctx, sizedReceivers(), base, customer)
			defer closeAll(receivers)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range receivers {
				for range 2 {
					if err := r.receive(5); err != nil {
						t.Errorf("%s: %v", r.name, err)
					}
				}
			}
		})
	}
}

func TestEventSize(t *testing.T) {
	tables, err := eventSizeOf(context.Background(), options{rounds: 2, benchtime: time.Millisecond}, []int{frameLength, 4 << 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != 3 {
		t.Fatalf("%d tables", len(tables))
	}
	for i, table := range tables {
		if fmt.Sprint(table.columns) != "[KB per event 0.4 4]" || len(table.lines) != 3 || len(table.bars) != 1 {
			t.Errorf("%+v", table)
		}
		if drawn := table.chart != nil; drawn != (i < 2) {
			t.Errorf("%s: has a chart: %v", table.title, drawn)
		}
		checkFigures(t, table)
	}
	// An event takes its bytes at least.
	for _, l := range tables[1].chart.lines {
		if l.values[1] < 3.5 || l.values[1] > 40 {
			t.Errorf("%s allocates %.1f KB for 4 KB", l.name, l.values[1])
		}
	}
}

// checkFigures fails for what is not measured, and for a chart that cannot be read.
func checkFigures(t *testing.T, table table) {
	t.Helper()
	for _, l := range table.lines {
		for _, cell := range l[1:] {
			if v, err := strconv.ParseFloat(strings.ReplaceAll(cell, ",", ""), 64); err != nil || v <= 0 {
				t.Errorf("%s: %q", l[0], cell)
			}
		}
	}
	if table.chart != nil {
		checkChart(t, table.chart, parseSVG(t, table.chart.svg(false)))
	}
}
