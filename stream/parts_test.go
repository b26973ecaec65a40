package stream

import (
	"fmt"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	const size = 3
	w := newWindow()
	for i := range 10 {
		w.add(fmt.Sprint(i), size)
		w.add(fmt.Sprint(i), size)
		for j := range 12 {
			if want := j <= i && j > i-size; w.has(fmt.Sprint(j)) != want {
				t.Fatalf("after %d, %d is remembered: %t", i, j, !want)
			}
		}
	}
	if len(w.seen) != size || len(w.ring) != size {
		t.Errorf("%d and %d entries for a window of %d", len(w.seen), len(w.ring), size)
	}
}

func TestBackoffWait(t *testing.T) {
	t.Parallel()
	b := Backoff{}.withDefaults()
	for n, ceiling := range map[int]time.Duration{0: 500 * time.Millisecond, 1: time.Second, 5: 16 * time.Second, 6: 30 * time.Second, 40: 30 * time.Second, 1 << 30: 30 * time.Second} {
		var longest time.Duration
		for range 2000 {
			wait := b.pause(n, 0).whole
			if wait < 0 {
				t.Fatalf("attempt %d waits %s", n, wait)
			}
			longest = max(longest, wait)
		}
		if longest > ceiling || longest < ceiling*9/10 {
			t.Errorf("attempt %d: the longest of many waits is %s, want close to %s", n, longest, ceiling)
		}
	}
	for after, floor := range map[time.Duration]time.Duration{10 * time.Second: 10 * time.Second, time.Minute: time.Minute, time.Hour: time.Minute} {
		if p := b.pause(0, after); p.floor != floor || p.whole < floor || p.whole > floor+b.Base {
			t.Errorf("a Retry-After of %s waits %+v", after, p)
		}
	}
}

func TestStateNames(t *testing.T) {
	t.Parallel()
	for state, want := range map[State]string{StateIdle: "idle", StateLive: "live", StateClosed: "closed", -1: "State(-1)", 99: "State(99)"} {
		if state.String() != want {
			t.Errorf("got %s, want %s", state, want)
		}
	}
}
