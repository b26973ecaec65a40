package stream

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
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
			wait := b.wait(n, 0)
			if wait < 0 {
				t.Fatalf("attempt %d waits %s", n, wait)
			}
			longest = max(longest, wait)
		}
		if longest > ceiling || longest < ceiling*9/10 {
			t.Errorf("attempt %d: the longest of many waits is %s, want close to %s", n, longest, ceiling)
		}
	}
	if wait := b.wait(0, time.Hour); wait != time.Hour {
		t.Errorf("a Retry-After of an hour waits %s", wait)
	}
}

func TestFileCursor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "cursor")
	cursor := FileCursor(path)
	if id, err := cursor.Load(t.Context()); id != "" || err != nil {
		t.Errorf("no file: %q, %v", id, err)
	}
	for _, want := range []string{"evt_1", "evt_2"} {
		if err := cursor.Save(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if id, err := FileCursor(path).Load(t.Context()); id != want || err != nil {
			t.Errorf("got %q, %v, want %s", id, err, want)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%d files are left, %v", len(entries), err)
	}
	if err := os.WriteFile(path, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cursor.Load(t.Context()); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty file: %v", err)
	}
	if err := FileCursor(filepath.Join(dir, "no", "such", "dir")).Save(t.Context(), "x"); err == nil {
		t.Error("saved into a directory that is not there")
	}
	if _, err := FileCursor(dir).Load(t.Context()); err == nil {
		t.Error("loaded a directory")
	}
}

// peer is a connection that answers pings, or does not.
type peer struct {
	answers atomic.Bool
	pings   atomic.Int64
	closed  chan struct{}
}

func (p *peer) Ping(ctx context.Context) error {
	p.pings.Add(1)
	if p.answers.Load() {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.closed:
		return errors.New("closed")
	}
}

func (p *peer) CloseNow() error { close(p.closed); return nil }

func TestWatchdog(t *testing.T) {
	t.Parallel()
	const limit = time.Minute
	t.Run("silence", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p := &peer{closed: make(chan struct{})}
			dog := watch(t.Context(), p, limit)
			defer dog.stop()
			start := time.Now()
			dog.begin()
			<-p.closed
			if took := time.Since(start); took > limit+time.Second || took < limit/2 || !dog.expired.Load() {
				t.Errorf("closed after %s", took)
			}
		})
	})
	t.Run("pongs", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p := &peer{closed: make(chan struct{})}
			p.answers.Store(true)
			dog := watch(t.Context(), p, limit)
			dog.begin()
			time.Sleep(time.Hour)
			if n := p.pings.Load(); n < 110 || n > 130 {
				t.Errorf("%d pings in an hour", n)
			}
			p.answers.Store(false)
			start := time.Now()
			<-p.closed
			if took := time.Since(start); took > limit+time.Second {
				t.Errorf("noticed after %s", took)
			}
			dog.stop()
		})
	})
	t.Run("slow consumer", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p := &peer{closed: make(chan struct{})}
			dog := watch(t.Context(), p, limit)
			dog.begin()
			dog.end()
			time.Sleep(time.Hour) // handling one event
			if p.pings.Load() != 0 || dog.expired.Load() {
				t.Error("time spent outside of the wait counted")
			}
			dog.stop()
		})
	})
	t.Run("frames", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p := &peer{closed: make(chan struct{})}
			dog := watch(t.Context(), p, limit)
			for range 1000 {
				dog.begin()
				time.Sleep(limit / 3)
				dog.end()
			}
			if p.pings.Load() != 0 {
				t.Errorf("%d pings on a busy stream", p.pings.Load())
			}
			dog.stop()
		})
	})
	t.Run("stopped in a ping", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p := &peer{closed: make(chan struct{})}
			dog := watch(t.Context(), p, limit)
			dog.begin()
			time.Sleep(limit*3/4 - time.Second)
			_ = p.CloseNow()
			dog.end()
			dog.stop()
		})
	})
}

func TestStateNames(t *testing.T) {
	t.Parallel()
	for state, want := range map[State]string{StateIdle: "idle", StateLive: "live", StateClosed: "closed", -1: "State(-1)", 99: "State(99)"} {
		if state.String() != want {
			t.Errorf("got %s, want %s", state, want)
		}
	}
}
