package main

import (
	"context"
	"errors"
	"testing"
	"time"
)

var sink []byte

func TestCompare(t *testing.T) {
	var turns []string
	note := func(name string) {
		if len(turns) == 0 || turns[len(turns)-1] != name {
			turns = append(turns, name)
		}
	}
	work := func(name string, allocations int) contestant {
		return contestant{name, func(context.Context) error {
			note(name)
			for range allocations {
				sink = make([]byte, 1024)
			}
			for started := time.Now(); time.Since(started) < time.Duration(allocations)*10*time.Microsecond; {
				continue
			}
			return nil
		}}
	}
	contestants := []contestant{work("one", 1), work("two", 4)}
	results, err := compare(context.Background(), elapsedTime, contestants, options{rounds: 3, benchtime: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	floor, other := results[0], results[1]
	if floor.name != "one" || floor.ratio != 1 || floor.least != 1 || floor.most != 1 {
		t.Errorf("the floor is not its own measure: %+v", floor)
	}
	// Other programs share the machine, so only the rough proportion can hold.
	if other.ratio < 1.5 || other.least > other.ratio || other.ratio > other.most {
		t.Errorf("four times the work came out as %+v", other)
	}
	if floor.allocsPerOp != 1 || other.allocsPerOp != 4 || other.bPerOp < 4096 || other.bPerOp > 5000 {
		t.Errorf("1 and 4 allocations of 1 KB came out as %+v and %+v", floor, other)
	}
	// After calibration, in that order, both have a turn in each round; one that
	// ends a round and begins the next shows once.
	if len(turns) < 5 || turns[0] != "one" || turns[1] != "two" {
		t.Errorf("took turns like %v", turns)
	}
}

func TestCompareReportsFailures(t *testing.T) {
	t.Parallel()
	failure := errors.New("out of luck")
	contestants := []contestant{
		{"floor", func(context.Context) error { return nil }},
		{"broken", func(context.Context) error { return failure }},
	}
	_, err := compare(context.Background(), elapsedTime, contestants, options{rounds: 1, benchtime: time.Millisecond})
	if !errors.Is(err, failure) || err.Error() != "broken: out of luck" {
		t.Errorf("got %v, want the failure with the contestant's name", err)
	}
}

func TestMeters(t *testing.T) {
	t.Parallel()
	for name, meter := range map[string]meter{"processor time": processorTime, "elapsed time": elapsedTime} {
		busy := func() error {
			for started := time.Now(); time.Since(started) < 100*time.Microsecond; {
				continue
			}
			return nil
		}
		ns, err := meter(100, busy)
		// A call keeps one processor busy at most for its time, and half of it even
		// where there is a crowd.
		if err != nil || ns < 20e3 || ns > 10e6 {
			t.Errorf("%s: got %.0f ns and %v for 100 µs of work", name, ns, err)
		}
		failure := errors.New("out of luck")
		if _, err := meter(1, func() error { return failure }); !errors.Is(err, failure) {
			t.Errorf("%s: got %v, want the call's error", name, err)
		}
	}
}

func TestSummarizeTakesTheRatioWithinARound(t *testing.T) {
	t.Parallel()
	floor := []sample{{100, 1, 10}, {1000, 1, 10}, {100, 1, 10}}
	slow := []sample{{200, 5, 50}, {2000, 6, 60}, {300, 7, 70}}
	got := summarize("slow", slow, floor)
	want := result{name: "slow", nsPerOp: 300, nsFastest: 200, ratio: 2, least: 2, most: 3, allocsPerOp: 6, bPerOp: 60}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
