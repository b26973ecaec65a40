package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Pages are 100 events, so these are less than one, one, and a few.
func TestMissedEvents(t *testing.T) {
	tables, err := missedEventsOf(context.Background(), options{rounds: 1}, []int{5, 100, 350})
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != 2 || fmt.Sprint(tables[0].columns, tables[1].columns) != "[missed events 5 100 350] [missed events 5 100 350]" {
		t.Fatalf("%+v", tables)
	}
	for _, table := range tables {
		checkFigures(t, table)
	}
	if got := tables[0].chart.lines[1]; got.role != ours || got.name != "pepay-go stream" {
		t.Errorf("%+v", got)
	}
}

// An event that is lost, doubled or in the wrong place fails the measurement.
func TestEveryOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, ids string
		want      error
	}{
		{"all of them", "8 9 10", errDelivered},
		{"one is lost", "8 10", nil},
		{"the first is lost", "9 10", nil},
		{"one is doubled", "8 8 9 10", nil},
		{"the cursor comes again", "7 8 9 10", nil},
		{"the order is another", "8 10 9", nil},
		{"no number", "8 x", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			deliver, err := outage{cursor: "evt_1-7", events: 3}.everyOne()
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range strings.Fields(c.ids) {
				if err = deliver("evt_1-" + id); err != nil {
					break
				}
			}
			if c.want != nil && !errors.Is(err, c.want) || c.want == nil && (err == nil || !strings.HasPrefix(err.Error(), "got the event")) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := (outage{cursor: "opaque"}).everyOne(); err == nil {
		t.Error("took a cursor without a number")
	}
}

func TestResumeApartNoticesFailure(t *testing.T) {
	base, stop, err := startServer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	stop()
	naive := resumers()[0].name
	if r, err := measureApart(context.Background(), naive, apartResume, base, "key", "evt_1-7", "3"); err == nil ||
		!strings.Contains(err.Error(), "not everything was delivered") || r.bPerOp != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestHeapPeak(t *testing.T) {
	before := heapPeak()
	if peak := before(); peak > 10<<20 {
		t.Errorf("nothing came out as %d bytes", peak)
	}
	stop := heapPeak()
	sink = make([]byte, 50<<20)
	if peak := stop(); peak < 50<<20 || peak > 60<<20 {
		t.Errorf("50 MB came out as %d bytes", peak)
	}
	sink = nil
}
