package webhook

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// deduping has checks of one line for each call of a Deduper.
type deduping struct {
	*testing.T
	Deduper
}

func (d deduping) claims(id, holder string, want Claim) {
	d.Helper()
	if got, err := d.Claim(context.Background(), id, holder); got != want || err != nil {
		d.Errorf("%s claims %s: got %d, %v, want %d", holder, id, got, err, want)
	}
}

func (d deduping) commits(id, holder string, want error) {
	d.Helper()
	if err := d.Commit(context.Background(), id, holder); !errors.Is(err, want) {
		d.Errorf("%s commits %s: %v, want %v", holder, id, err, want)
	}
}

func (d deduping) releases(id, holder string) {
	d.Helper()
	if err := d.Release(context.Background(), id, holder); err != nil {
		d.Errorf("%s releases %s: %v", holder, id, err)
	}
}

func TestMemoryDeduper(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		run  func(d deduping)
	}{
		{"handled once", func(d deduping) {
			d.claims("a", "x", Claimed)
			d.claims("a", "y", InProgress)
			d.commits("a", "x", nil)
			d.claims("a", "y", Done)
			d.claims("a", "x", Done)
		}},
		{"the same holder claims again", func(d deduping) {
			d.claims("a", "x", Claimed)
			d.claims("a", "x", Claimed)
			d.claims("a", "y", InProgress)
			d.commits("a", "x", nil)
		}},
		{"claiming again begins the lease anew", func(d deduping) {
			d.claims("a", "x", Claimed)
			time.Sleep(memoryLease - time.Second)
			d.claims("a", "x", Claimed)
			time.Sleep(memoryLease - time.Second)
			d.claims("a", "y", InProgress)
		}},
		{"the same holder commits again", func(d deduping) {
			d.claims("a", "x", Claimed)
			d.commits("a", "x", nil)
			d.commits("a", "x", nil)
		}},
		{"released", func(d deduping) {
			d.claims("a", "x", Claimed)
			d.releases("a", "x")
			d.claims("a", "y", Claimed)
		}},
		{"released by others", func(d deduping) {
			d.claims("a", "x", Claimed)
			d.releases("a", "y")
			d.releases("b", "y")
			d.claims("a", "y", InProgress)
			d.commits("a", "x", nil)
			d.releases("a", "x") // too late
			d.claims("a", "y", Done)
		}},
		{"the holder crashed", func(d deduping) {
			d.claims("a", "x", Claimed)
			time.Sleep(memoryLease)
			d.claims("a", "y", Claimed)
		}},
		{"the lease ended and another took over", func(d deduping) {
			d.claims("a", "x", Claimed)
			time.Sleep(memoryLease)
			d.claims("a", "y", Claimed)
			d.commits("a", "x", ErrClaimLost)
			d.releases("a", "x")
			d.claims("a", "z", InProgress)
			d.commits("a", "y", nil)
			d.commits("a", "x", ErrClaimLost)
		}},
		{"the lease ended and nobody took over", func(d deduping) {
			d.claims("a", "x", Claimed)
			time.Sleep(memoryLease)
			d.claims("b", "y", Claimed) // forgets the claim
			d.commits("a", "x", nil)
			d.claims("a", "y", Done)
		}},
		{"nobody claimed", func(d deduping) {
			d.commits("a", "x", nil)
			d.claims("a", "y", Done)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { c.run(deduping{t, NewMemoryDeduper()}) })
		})
	}
}

// The event that was handled first is forgotten first, whenever it was claimed.
func TestMemoryDeduperForgetsInTheOrderOfHandling(t *testing.T) {
	t.Parallel()
	d := deduping{t, NewMemoryDeduper()}
	d.claims("slow", "x", Claimed)
	d.claims("running", "x", Claimed)
	for i := range memoryEvents {
		id := fmt.Sprint(i)
		d.claims(id, "x", Claimed)
		d.commits(id, "x", nil)
	}
	d.commits("slow", "x", nil)
	for i := range memoryEvents - 1 {
		id := fmt.Sprint("later ", i)
		d.claims(id, "x", Claimed)
		d.commits(id, "x", nil)
	}
	d.claims("slow", "y", Done)
	d.claims("running", "y", InProgress)
	d.claims("later 0", "y", Done)
	d.claims(fmt.Sprint(memoryEvents-1), "y", Claimed) // handled right before the slow one
	d.commits("one more", "x", nil)
	d.claims("slow", "y", Claimed)

	memory := d.Deduper.(*memoryDeduper)
	if len(memory.handled) != memoryEvents || len(memory.order) != memoryEvents {
		t.Errorf("%d events are remembered, %d in order", len(memory.handled), len(memory.order))
	}
}

// A claim whose holder crashed is not kept for ever.
// One after the other, when there is no room: not in the order in which a whole round of
// events has been forgotten.
func TestMemoryDeduperForgetsTheOldestFirst(t *testing.T) {
	t.Parallel()
	d := deduping{t, NewMemoryDeduper()}
	for i := range memoryEvents {
		d.commits(fmt.Sprint(i), "x", nil)
	}
	for i := range 5 {
		d.commits(fmt.Sprint("new ", i), "x", nil)
		d.claims(fmt.Sprint(i), "y", Claimed) // forgotten
		d.releases(fmt.Sprint(i), "y")
		d.claims(fmt.Sprint(i+1), "y", Done)
		d.claims(fmt.Sprint(memoryEvents-1), "y", Done)
	}
}

func TestMemoryDeduperForgetsClaimsThatEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := deduping{t, NewMemoryDeduper()}
		for i := range 1000 {
			d.claims(fmt.Sprint(i), "x", Claimed)
			time.Sleep(time.Second)
		}
		memory := d.Deduper.(*memoryDeduper)
		if want := int(memoryLease / time.Second); len(memory.running) > want || memory.leases.Len() != len(memory.running) {
			t.Errorf("%d claims, %d leases; want at most %d", len(memory.running), memory.leases.Len(), want)
		}
	})
}

// An event costs the same whether 10 others are being handled or 100,000. Time
// would depend on the machine: steps and allocations do not.
func TestMemoryDeduperCostsTheSameWithManyClaims(t *testing.T) {
	cost := func(running int) (allocs float64) {
		d := NewMemoryDeduper().(*memoryDeduper)
		for i := range running {
			_, _ = d.Claim(t.Context(), fmt.Sprint("running ", i), "x")
		}
		for i := range memoryEvents {
			_ = d.Commit(t.Context(), fmt.Sprint("handled ", i), "x")
		}
		ids := make([]string, 2001)
		for i := range ids {
			ids[i] = fmt.Sprint("event ", i)
		}
		next := 0
		allocs = testing.AllocsPerRun(len(ids)-1, func() {
			before := d.steps
			_, _ = d.Claim(t.Context(), ids[next], "x")
			_ = d.Commit(t.Context(), ids[next], "x")
			if steps := d.steps - before; steps > 1 {
				t.Fatalf("with %d running, an event looked at %d claims", running, steps)
			}
			next++
		})
		if len(d.running) != running || len(d.handled) != memoryEvents {
			t.Fatalf("%d claims, %d handled", len(d.running), len(d.handled))
		}
		return allocs
	}
	few, many := cost(10), cost(100_000)
	if few != many || few > 2 {
		t.Errorf("%v allocations with 10 events running, %v with 100,000", few, many)
	}
}
