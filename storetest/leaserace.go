package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pepaylabs/pepay-go/stream"
)

func leaseRaceRules() []rule[stream.Lease] {
	return []rule[stream.Lease]{
		{"one of many contenders gets the lease", contenders},
		{"one of many contenders gets a lease that ran out", contendersForOld},
		{"concurrent terms of one holder have fences of their own", ownFences},
		{"a Save under way does not move the cursor of the holder's next term", savesUnderWay(false)},
		{"a Save under way does not move the cursor of another holder", savesUnderWay(true)},
	}
}

const contending = 16

// contenders: exactly one wins, in each of several rounds.
func contenders(t *testing.T, s leases) {
	var last stream.Term
	for range 8 {
		term := contend(t, s)
		if term.Fence != last.Fence+1 && last.Fence != 0 {
			t.Errorf("the fence is %d after %d, want one more", term.Fence, last.Fence)
		}
		release(t, s.two, term)
		last = term
	}
}

func contendersForOld(t *testing.T, s leases) {
	old := acquire(t, s.one, "old", short)
	runOut(t)
	follows(t, contend(t, s), old)
}

// contend lets many holders ask at the same time, and returns the term of the only
// one that got the lease.
func contend(t *testing.T, s leases) stream.Term {
	t.Helper()
	terms, errs := make([]stream.Term, contending), make([]error, contending)
	together(contending, func(i int) {
		terms[i], errs[i] = s.handle(i).Acquire(t.Context(), fmt.Sprintf("holder %d", i), long)
	})
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			t.Fatalf("two holders got the lease: %+v and %+v", terms[winner], terms[i])
		case err == nil:
			winner = i
		case !errors.Is(err, stream.ErrLeaseHeld):
			t.Fatalf("Acquire: %v, want ErrLeaseHeld", err)
		}
	}
	if winner < 0 {
		t.Fatal("nobody got the lease")
	}
	return terms[winner]
}

// ownFences: of terms of one holder, too, only the newest runs.
func ownFences(t *testing.T, s leases) {
	first := acquire(t, s.one, "a", long)
	fences, errs := make([]int64, contending), make([]error, contending)
	together(contending, func(i int) {
		var term stream.Term
		term, errs[i] = s.handle(i).Acquire(t.Context(), "a", long)
		fences[i] = term.Fence
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatalf("Acquire by the holder itself: %v", err)
	}
	slices.Sort(fences)
	for i, fence := range fences {
		if want := first.Fence + 1 + int64(i); fence != want {
			t.Fatalf("%d terms after fence %d have the fences %d", contending, first.Fence, fences)
		}
	}
}

// savesUnderWay: a Save takes effect before the next term begins, and is in its
// cursor, or never.
func savesUnderWay(released bool) func(*testing.T, leases) {
	return func(t *testing.T, s leases) {
		for range 8 {
			saveThroughTakeOver(t, s.open(), released)
		}
	}
}

func saveThroughTakeOver(t *testing.T, s leases, released bool) {
	t.Helper()
	const (
		savers    = 4
		most      = maxRecent / savers // ids of each, so that all are recent
		beforeEnd = 3                  // saved by each of them before the take-over
		afterEnd  = 10                 // tried after it
	)
	old := acquire(t, s.one, "a", long)
	var (
		saved [savers][]string
		errs  [savers]error
		over  atomic.Bool
		busy  sync.WaitGroup // until every saver is at work
		done  sync.WaitGroup
	)
	busy.Add(savers)
	for i := range savers {
		done.Go(func() {
			working := sync.OnceFunc(busy.Done)
			defer working()
			for n, after := 0, 0; n < most && after < afterEnd; n++ {
				if over.Load() {
					after++
				}
				id := fmt.Sprintf("evt_%d-%d", i, n)
				if errs[i] = s.one.Save(t.Context(), old, id); errs[i] != nil {
					return
				}
				saved[i] = append(saved[i], id)
				if n == beforeEnd {
					working()
				}
			}
		})
	}
	busy.Wait()
	holder := "a"
	if released {
		release(t, s.two, old)
		holder = "b"
	}
	term := acquire(t, s.two, holder, long)
	over.Store(true)
	done.Wait()
	for i := range savers {
		if errs[i] != nil && !errors.Is(errs[i], stream.ErrLeaseLost) {
			t.Fatalf("Save: %v", errs[i])
		}
		for _, id := range saved[i] {
			if !slices.Contains(term.Recent, id) {
				t.Fatalf("Save of %s by the term before succeeded and is not in the next term", id)
			}
		}
	}
	last := acquire(t, s.one, holder, long)
	if last.Cursor != term.Cursor || !slices.Equal(last.Recent, term.Recent) {
		t.Fatalf("the term before moved the cursor from %q to %q, with %d and then %d recent ids", term.Cursor, last.Cursor, len(term.Recent), len(last.Recent))
	}
}

// together runs n functions at the same time.
func together(n int, f func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}
