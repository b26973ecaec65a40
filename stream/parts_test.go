package stream

import (
	"strconv"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	for _, promised := range []int{1, 3, 64, 100, 1024, 3000} {
		w := newWindow(promised)
		spare := min(max(promised, minSpare), maxSpare)
		for i := range 2*promised + 3*spare {
			for range 2 {
				w.add(strconv.Itoa(i), int64(i))
			}
			first := max(0, i-promised-spare+1)
			if !w.has(strconv.Itoa(i)) || !w.has(strconv.Itoa(first)) || w.has(strconv.Itoa(first-1)) {
				t.Fatalf("a window of %d does not remember just %d to %d", promised, first, i)
			}
			want := int64(0)
			if w.forgot != (first > 0) {
				t.Fatalf("after %d, forgot is %t", i, w.forgot)
			}
			if first > 0 {
				want = int64(i - promised + 1)
			}
			if oldest := w.oldest(); oldest.created != want || oldest.id != strconv.FormatInt(want, 10) {
				t.Fatalf("the oldest of %d is %v, want %d", i, oldest, want)
			}
		}
		if len(w.seen) != promised+spare || len(w.ring) != promised+spare {
			t.Errorf("%d and %d entries for a window of %d", len(w.seen), len(w.ring), promised)
		}
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
