package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// The test binary is its own simulator, as the program is.
func TestMain(m *testing.M) {
	if slices.Equal(os.Args[1:], []string{serveFlag}) {
		exit(serve(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: takes 20 s")
	}
	var out, messages bytes.Buffer
	err := run(t.Context(), []string{"-streams", "4", "-events", "4000", "-backlog", "2000", "-fault-every", "50", "-timeout", "120s"}, &out, &messages)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, messages.String(), out.String())
	}
	for _, want := range []string{"every event handled once", "commerce", "ws_token", truncatedFrame, lateEvent, "the quiet stream"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	t.Logf("\n%s", out.String())
}

func TestRunRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-streams", "0"}, {"-events", "0"}, {"-fault-every", "1"}, {"-backlog", "1"}, {"-backlog", "100000"}, {"-timeout", "0s"}, {"now"}, {"-nonsense"}} {
		var out, messages bytes.Buffer
		if err := run(t.Context(), args, &out, &messages); err == nil || errors.Is(err, errViolated) {
			t.Errorf("%v: got %v, want an error about the arguments", args, err)
		}
	}
}

func TestRunThatTakesTooLongHasFailed(t *testing.T) {
	var out, messages bytes.Buffer
	err := run(t.Context(), []string{"-streams", "1", "-timeout", "2s"}, &out, &messages)
	if !errors.Is(err, errViolated) || !strings.Contains(out.String(), "stopped early") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// A run that is stopped asks for its report while events still happen.
func TestFinishWhileEventsHappen(t *testing.T) {
	t.Parallel()
	var w world
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.Open(Settings{Streams: 1, Events: 1, FaultEvery: 50}, new([]Address)); err != nil {
		t.Fatal(err)
	}
	emitted := make(chan error)
	go func() { emitted <- w.Emit(50, new(int)) }()
	for range 50 {
		var reports []Report
		if err := w.Finish(0, &reports); err != nil || len(reports) != 1 {
			t.Errorf("got %v, %v, want one report", reports, err)
		}
	}
	if err := <-emitted; err != nil {
		t.Error(err)
	}
}

// The checks of a follower notice every kind of mistake.
func TestFollowerNotices(t *testing.T) {
	t.Parallel()
	event := func(n int) *pepay.Event {
		return &pepay.Event{
			ID: fmt.Sprintf("evt_%d", n), Type: roleOf(0).eventType,
			Data: pepay.EventData{Object: json.RawMessage(fmt.Sprintf(roleOf(0).object, n))},
		}
	}
	changed := event(2)
	changed.Data.Object = json.RawMessage(`{"object":"invoice","id":"x"}`)
	foreign := event(2)
	foreign.ID = "evt_other"
	var ids digest
	for n := range 3 {
		ids.add(event(n + 1).ID)
	}
	for _, c := range []struct {
		name   string
		events []*pepay.Event
		err    error
		gaps   []string
		late   int    // events that were sent late
		stops  []int  // that were not reached
		want   string // "" for nothing
	}{
		{name: "all", events: []*pepay.Event{event(1), event(2), event(3)}},
		{name: "one lost", events: []*pepay.Event{event(1), event(3)}, want: "1 events never came, event 2 among them"},
		{name: "the last lost", events: []*pepay.Event{event(1), event(2)}, want: "handled 2 events of 3"},
		{name: "twice", events: []*pepay.Event{event(1), event(2), event(2), event(3)}, want: "event 2 came twice"},
		{name: "late and twice", events: []*pepay.Event{event(2), event(1), event(1), event(3)}, late: 1, want: "event 1 came twice"},
		{name: "swapped", events: []*pepay.Event{event(2), event(1), event(3)}, want: "1 events came behind others"},
		{name: "late", events: []*pepay.Event{event(2), event(3), event(1)}, late: 1},
		{name: "garbled", events: []*pepay.Event{event(1), changed, event(3)}, want: "about invoice x"},
		{name: "another", events: []*pepay.Event{event(1), foreign, event(3)}, want: "the ids are not"},
		{name: "ended", events: []*pepay.Event{event(1), event(2), event(3)}, err: errors.New("no more"), want: "ended by itself: no more"},
		{name: "gap", events: []*pepay.Event{event(1), event(2), event(3)}, gaps: []string{"no idea"}, want: "reported a gap: no idea"},
		{name: "not stopped", events: []*pepay.Event{event(1), event(2), event(3)}, stops: []int{2}, want: "not stopped at event 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &follower{role: roleOf(0), err: c.err, gaps: c.gaps, stops: c.stops}
			if f.err == nil {
				f.err = context.Canceled
			}
			report := Report{IDs: ids.String(), Faults: map[string]int{lateEvent: c.late}}
			for _, ev := range c.events {
				f.handle(ev)
			}
			broken := strings.Join(f.verify(3, report), "; ")
			if c.want == "" && broken != "" || !strings.Contains(broken, c.want) {
				t.Errorf("got %q, want %q", broken, c.want)
			}
		})
	}
}

// The quiet stream must not pass when it has hardly dialled.
func TestQuietNotices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		dials int
		err   error
		want  string // "" for nothing
	}{
		{"one a minute", 100, context.Canceled, ""},
		{"waits that grow", 12, context.Canceled, "dialled 12 times"},
		{"ended", 100, errors.New("no more"), "ended by itself: no more"},
	} {
		q := &quiet{dials: c.dials, err: c.err, took: 100 * quietCut}
		if broken := strings.Join(q.verify(), "; "); c.want == "" && broken != "" || !strings.Contains(broken, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, broken, c.want)
		}
	}
}

func TestPlanComesFromTheSeed(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64) []string {
		server := pepaytest.NewServer(t)
		p := newPlan(server.Faults(), roleOf(1), rand.New(rand.NewPCG(seed, 1)), 100)
		var names []string
		for n := range 200 {
			names = append(names, p.arm(n == 0))
			p.names, p.rules = nil, nil // as if it had been met
		}
		return names
	}
	names := draw(1)
	if !slices.Equal(names, draw(1)) || slices.Equal(names, draw(2)) {
		t.Error("the seed does not decide")
	}
	seen := map[string]bool{}
	for i, name := range names {
		seen[name] = true
		if i > 0 && slices.Contains(atDial(roleOf(1)), name) && slices.Contains(atDial(roleOf(1)), names[i-1]) {
			t.Errorf("%s follows %s: that may end a stream for good", name, names[i-1])
		}
	}
	for _, name := range slices.Concat(atDial(roleOf(1)), onStream(), []string{closeOnExpiry}) {
		if !seen[name] {
			t.Errorf("%s never comes, only %v", name, slices.Sorted(maps.Keys(seen)))
		}
	}
}
