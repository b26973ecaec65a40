package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	var out, messages bytes.Buffer
	err := run(t.Context(), []string{"-streams", "4", "-events", "3000", "-fault-every", "100", "-timeout", "60s"}, &out, &messages)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, messages.String(), out.String())
	}
	for _, want := range []string{"every event handled once", "commerce", "ws_token", truncatedFrame} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	t.Logf("\n%s", out.String())
}

func TestRunRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-streams", "0"}, {"-events", "0"}, {"-fault-every", "1"}, {"-timeout", "0s"}, {"now"}, {"-nonsense"}} {
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

// A check that cannot fail proves nothing.
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
	ids := sha256.New()
	for n := range 3 {
		addID(ids, event(n+1).ID)
	}
	report := Report{IDs: hex.EncodeToString(ids.Sum(nil))}
	for _, c := range []struct {
		name   string
		events []*pepay.Event
		err    error
		gaps   []string
		want   string // "" for nothing
	}{
		{"all", []*pepay.Event{event(1), event(2), event(3)}, context.Canceled, nil, ""},
		{"one lost", []*pepay.Event{event(1), event(3)}, context.Canceled, nil, "1 are missing"},
		{"the last lost", []*pepay.Event{event(1), event(2)}, context.Canceled, nil, "handled 2 events of 3"},
		{"twice", []*pepay.Event{event(1), event(2), event(2), event(3)}, context.Canceled, nil, "event 2 came after event 2"},
		{"swapped", []*pepay.Event{event(2), event(1), event(3)}, context.Canceled, nil, "event 1 came after event 2"},
		{"garbled", []*pepay.Event{event(1), changed, event(3)}, context.Canceled, nil, "about invoice x"},
		{"another", []*pepay.Event{event(1), foreign, event(3)}, context.Canceled, nil, "the ids are not"},
		{"ended", []*pepay.Event{event(1), event(2), event(3)}, errors.New("no more"), nil, "ended by itself: no more"},
		{"gap", []*pepay.Event{event(1), event(2), event(3)}, context.Canceled, []string{"no idea"}, "reported a gap: no idea"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &follower{role: roleOf(0), ids: sha256.New(), err: c.err, gaps: c.gaps}
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

func TestPlanComesFromTheSeed(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64) []string {
		server := pepaytest.NewServer(t)
		p := newPlan(server.Faults(), roleOf(1), rand.New(rand.NewPCG(seed, 1)), 100)
		var names []string
		for range 200 {
			names = append(names, p.arm())
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
