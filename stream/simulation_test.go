package stream

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

var seeds = flag.Uint64("seeds", 3, "how many random histories of each kind to try")

// Random histories: events arrive late, connections break, pages move while they
// are read, the list fails, the loop is left and the program starts again. Every
// event is handled once, in order, and no gap is reported, as nothing is missing.
func TestEveryEventOnceInRandomHistories(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		rules     worldRules
		opts      Options
		late      float64       // share of events that arrive late
		lateBy    time.Duration // at most
		leave     float64
		restart   float64
		recent    bool
		disorder  bool // frames are held back, so the order is not that of the list
		perSecond int
	}{
		{name: "breaks", rules: worldRules{dropAfter: 20}},
		{name: "breaks, left loops", rules: worldRules{dropAfter: 20}, leave: 0.1},
		{name: "breaks, restarts", rules: worldRules{dropAfter: 20}, leave: 0.1, restart: 1},
		{name: "breaks, restarts, opaque ids", rules: worldRules{dropAfter: 20, opaqueIDs: true}, leave: 0.1, restart: 1},
		{name: "a small window", rules: worldRules{dropAfter: 20}, opts: Options{DedupeWindow: 4}, leave: 0.05},
		{name: "a window of one", rules: worldRules{dropAfter: 20}, opts: Options{DedupeWindow: 1}, leave: 0.05, restart: 0.5},
		{name: "late events", rules: worldRules{dropAfter: 10}, late: 0.2, lateBy: 50 * time.Second, perSecond: 5},
		{name: "late events, opaque ids", rules: worldRules{dropAfter: 10, opaqueIDs: true}, late: 0.2, lateBy: 50 * time.Second, perSecond: 5},
		{name: "late events, listed by arrival", rules: worldRules{dropAfter: 10, listsByArrival: true}, late: 0.2, lateBy: 50 * time.Second, perSecond: 5},
		{name: "late events, left loops", rules: worldRules{dropAfter: 10}, late: 0.2, lateBy: 50 * time.Second, leave: 0.1, perSecond: 5},
		{name: "late events, restarts", rules: worldRules{dropAfter: 10}, late: 0.2, lateBy: 50 * time.Second, leave: 0.1, restart: 1, recent: true, perSecond: 5},
		{name: "late events, restarts, listed by arrival, opaque ids", rules: worldRules{dropAfter: 10, listsByArrival: true, opaqueIDs: true},
			late: 0.2, lateBy: 50 * time.Second, leave: 0.1, restart: 1, recent: true, perSecond: 5},
		{name: "frames held back", rules: worldRules{dropAfter: 10, holdBack: 0.3}, disorder: true},
		{name: "frames held back, left loops", rules: worldRules{dropAfter: 10, holdBack: 0.3}, disorder: true, leave: 0.1},
		{name: "frames held back, restarts", rules: worldRules{dropAfter: 10, holdBack: 0.3}, disorder: true, leave: 0.1, restart: 1, recent: true},
		{name: "frames held back, a small window", rules: worldRules{dropAfter: 10, holdBack: 0.3}, opts: Options{DedupeWindow: 16}, disorder: true, leave: 0.05},
		{name: "slow and failing lists", rules: worldRules{dropAfter: 30, latency: 30 * time.Millisecond, listFails: 0.4}, late: 0.1, lateBy: 20 * time.Second, leave: 0.02, perSecond: 20},
		{name: "a filter on the client", rules: worldRules{dropAfter: 20}, opts: Options{CustomerID: "c1"}, late: 0.1, lateBy: 50 * time.Second, leave: 0.05, perSecond: 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tries := *seeds
			if testing.Short() {
				tries = min(tries, 1)
			}
			for seed := range tries {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, seed, c.rules)
					opts := c.opts
					opts.Backoff = Backoff{Base: 50 * time.Millisecond, Max: time.Second}
					var store CursorStore = &memoryCursor{}
					if c.recent {
						store = &recentCursor{&memoryCursor{}}
					}
					opts.Cursor = store
					user := &consumer{t: t, rng: rand.New(rand.NewPCG(seed, 2)), leave: c.leave, restart: c.restart}
					opts.Observer = user.observe()
					live := make(chan struct{})
					opts.Observer.OnState = func(s State, _ error) {
						if s == StateLive && live != nil {
							close(live)
							live = nil
						}
					}
					user.open = func() *Stream { return Merchant(w.Client, opts) }
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					began := live
					go func() {
						<-began
						time.Sleep(2 * time.Second)
						rate := max(c.perSecond, 50)
						if c.perSecond > 0 {
							rate = c.perSecond
						}
						for range 120 {
							ago := time.Duration(0)
							if w.random() < c.late {
								ago = min(time.Duration(w.random()*float64(c.lateBy)), time.Since(start(w)))
							}
							w.emit(ago, c.opts.CustomerID != "" && w.random() < 0.7)
							time.Sleep(time.Duration(w.random() * 2 * float64(time.Second) / float64(rate)))
							if w.random() < 0.01 {
								time.Sleep(30 * time.Second)
							}
						}
						w.heal() // the last connection finds what is left
						time.Sleep(time.Minute)
						cancel()
					}()
					if err := user.run(ctx, nil); !errors.Is(err, context.Canceled) {
						t.Fatalf("ended with %v", err)
					}
					user.checkOnce(w.events, opts, !c.disorder)
					if gaps := user.gaps(); len(gaps) > 0 {
						t.Errorf("gaps: %v", gaps)
					}
					if t.Failed() {
						t.Fatalf("seed %d: %d dials, %d lists, %d resumes", seed, w.dials, w.lists, len(user.resumes))
					}
				})
			}
		})
	}
}

// start is when the stream of a world has certainly begun.
func start(w *world) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.events) == 0 {
		return time.Now()
	}
	return time.Unix(w.events[0].created+1, 0)
}
