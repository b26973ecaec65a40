package stream

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// fixedToken is a source with one token.
type fixedToken struct{}

func (fixedToken) Token(context.Context) (*pepay.WSToken, error) {
	return &pepay.WSToken{Token: "a-token-of-a-test"}, nil
}

// Events that Pepay skips on an open connection are found and handed out by a
// resume. Nothing else makes an audit end a connection.
func TestAudit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		opts     Options
		skip     func(n int) bool
		every    time.Duration // between events
		events   int
		handling time.Duration // of an event
		missing  bool          // events do not say what the filter asks for
		refuse   func(*http.Request) int
		dials    int
		lists    int // at most, in an hour
	}{
		{name: "nothing skipped", opts: Options{Audit: 5 * time.Minute}, every: 30 * time.Second, events: 100, dials: 1, lists: 13},
		{name: "quiet", opts: Options{Audit: time.Minute}, every: 10 * time.Minute, events: 5, dials: 1, lists: 62},
		{name: "one skipped", opts: Options{Audit: 5 * time.Minute}, skip: func(n int) bool { return n == 20 }, every: 30 * time.Second, events: 100, dials: 2, lists: 14},
		{name: "several skipped", opts: Options{Audit: 5 * time.Minute}, skip: func(n int) bool { return n%10 < 3 }, every: 10 * time.Second, events: 300, dials: 13, lists: 25},
		{name: "the first one skipped", opts: Options{Audit: 5 * time.Minute}, skip: func(n int) bool { return n == 0 }, every: 30 * time.Second, events: 100, dials: 2, lists: 14},
		{name: "all skipped", opts: Options{Audit: 5 * time.Minute}, skip: func(int) bool { return true }, every: 30 * time.Second, events: 100, dials: 13, lists: 25},
		{name: "more than the window", opts: Options{Audit: 10 * time.Minute, DedupeWindow: 10}, every: time.Second, events: 3000, dials: 1, lists: 18},
		{name: "more than the window in a minute", opts: Options{Audit: time.Minute, DedupeWindow: 10}, every: 100 * time.Millisecond, events: 5000, dials: 1, lists: 130},
		{name: "slow handling", opts: Options{Audit: time.Minute}, every: 10 * time.Second, events: 20, handling: 100 * time.Second, dials: 1, lists: 62},
		{name: "never idle", opts: Options{Audit: time.Minute}, every: time.Second, events: 3000, handling: 900 * time.Millisecond, dials: 1, lists: 130},
		{name: "never idle, one skipped", opts: Options{Audit: time.Minute}, skip: func(n int) bool { return n == 100 }, every: time.Second, events: 3000, handling: 800 * time.Millisecond, dials: 2, lists: 140},
		{name: "events without the field of a filter", opts: Options{Audit: 5 * time.Minute, CustomerID: "c1"}, missing: true, skip: func(n int) bool { return n%2 == 0 }, every: 30 * time.Second, events: 100, dials: 1, lists: 13},
		{name: "a list that fails", opts: Options{Audit: 5 * time.Minute}, refuse: func(*http.Request) int { return 400 }, every: 30 * time.Second, events: 100, dials: 1, lists: 13},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 1, worldRules{silent: c.missing})
				w.skipped = c.skip
				w.refuse = c.refuse
				user := &consumer{t: t, rng: rand.New(rand.NewPCG(1, 2))}
				c.opts.Backoff = Backoff{Base: 100 * time.Millisecond, Max: time.Second}
				c.opts.Observer = user.observe()
				user.open = func() *Stream { return Merchant(w.Client, c.opts) }
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				go func() {
					time.Sleep(5 * time.Second)
					for range c.events {
						w.emit(0, false)
						time.Sleep(c.every)
					}
				}()
				err := user.run(ctx, func() bool { time.Sleep(c.handling); return false })
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("ended with %v", err)
				}
				if !c.missing {
					user.checkOnce(w.events, c.opts, c.skip == nil)
				}
				if gaps := user.gaps(); len(gaps) > 0 {
					t.Errorf("gaps: %v", gaps)
				}
				if w.dials > c.dials || c.dials == 1 && w.dials != 1 || c.dials == 2 && w.dials != 2 || w.lists > c.lists {
					t.Errorf("%d dials and %d requests, want %d and at most %d", w.dials, w.lists, c.dials, c.lists)
				}
				if wanted := c.refuse == nil; wanted && w.lists < c.lists/2 && c.opts.Audit > 0 && c.handling == 0 && c.opts.DedupeWindow == 0 {
					t.Errorf("only %d requests", w.lists)
				}
			})
		})
	}
}

// A stream that waits for a moment, between two events of a backlog, has not read
// everything that was sent.
func TestAuditWaitsUntilAllIsRead(t *testing.T) {
	t.Parallel()
	to := time.Unix(1_700_000_000, 0)
	for _, c := range []struct {
		name    string
		at      time.Time     // of the newest handled event
		waits   time.Duration // for a frame, again and again
		busy    time.Duration // in between
		drained bool
	}{
		{"waiting for long", to.Add(-time.Hour), time.Hour, 0, true},
		{"moments between old events", to.Add(-time.Hour), 100 * time.Millisecond, 300 * time.Millisecond, false},
		{"moments between new events", to.Add(time.Second), 100 * time.Millisecond, 300 * time.Millisecond, true},
		{"busy", to.Add(time.Second), 0, time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStream(nil, merchantKind, Options{})
				s.created = c.at
				a := &audit{run: &run{Stream: s}}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				go func() {
					for ctx.Err() == nil {
						if c.waits > 0 {
							a.begin()
							_ = sleep(ctx, c.waits, nil)
							a.end()
						}
						_ = sleep(ctx, c.busy, nil)
					}
				}()
				called := false
				if got := a.whenDrained(ctx, to, func() { called = true }); got != c.drained || called != got {
					t.Errorf("drained: %t, called: %t", got, called)
				}
			})
		})
	}
}
