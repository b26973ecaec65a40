package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go/stream"
)

// lease has the method that a stream looks for, too.
type lease interface {
	stream.Lease
	AddRecent(ctx context.Context, t stream.Term, eventID string) error
}

// The ids that were handled last are in two lists of the row. Together they are what a
// lease in memory has in one, whatever the order of calls.
func TestRecentIsThatOfALeaseInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: makes 1,600 calls")
	}
	t.Parallel()
	pool := migrated(t)
	const seed = 1
	random := rand.New(rand.NewPCG(seed, seed))
	ours, memory := lease(New(pool, "a")), stream.MemoryLease().(lease)
	begin := func() (a, b stream.Term) {
		t.Helper()
		var errs [2]error
		a, errs[0] = ours.Acquire(t.Context(), "x", minute)
		b, errs[1] = memory.Acquire(t.Context(), "x", minute)
		if err := errors.Join(errs[:]...); err != nil {
			t.Fatal(err)
		}
		if len(a.Recent) == 0 {
			a.Recent = b.Recent
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("the store has %v, a lease in memory %v", a, b)
		}
		return a, b
	}
	a, b := begin()
	ids := 0
	for n := range 1600 {
		id := ids
		if ids > 0 && random.IntN(8) == 0 {
			id = max(0, ids-1-random.IntN(900))
		} else {
			ids++
		}
		call := lease.Save
		if random.IntN(8) == 0 || n < 40 && n%2 == 0 {
			call = lease.AddRecent
		}
		text := fmt.Sprint("evt_", id)
		if err := errors.Join(call(ours, t.Context(), a, text), call(memory, t.Context(), b, text)); err != nil {
			t.Fatal(err)
		}
		if n%97 == 0 || n < 40 {
			a, b = begin()
		}
	}
	if a, _ = begin(); len(a.Recent) != 1024 {
		t.Errorf("%d recent ids", len(a.Recent))
	}
	if small := text(t, pool, "SELECT cardinality(recent_older) <= 1024 AND cardinality(recent) <= 32 FROM pepay_lease"); small != "true" {
		t.Error("the row keeps more ids than it has to")
	}
}

// Replicas that stand by ask several times a second. They must neither write nor lock.
func TestAcquireInVainWritesNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, pool *pgxpool.Pool) {
		s := New(pool, "a")
		if _, err := s.Acquire(t.Context(), "x", minute); err != nil {
			t.Fatal(err)
		}
		const row = "SELECT concat(ctid, ' ', xmin, ' ', xmax) FROM pepay_lease"
		before := text(t, pool, row)
		for range 3 {
			if _, err := s.Acquire(t.Context(), "y", minute); !errors.Is(err, stream.ErrLeaseHeld) {
				t.Fatal(err)
			}
		}
		if after := text(t, pool, row); after != before {
			t.Errorf("the row was %s and is %s", before, after)
		}
	})
}

// A failover to a server that has not seen the last terms repeats fences. Then the holder
// tells the terms apart.
func TestFenceThatComesAgain(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	s := New(pool, "a")
	old, err := s.Acquire(t.Context(), "x", minute)
	if err != nil {
		t.Fatal(err)
	}
	run(t, pool, "DELETE FROM pepay_lease")
	current, err := s.Acquire(t.Context(), "y", minute)
	if err != nil || current.Fence != old.Fence {
		t.Fatalf("%+v, %v", current, err)
	}
	for name, err := range map[string]error{
		"Renew": s.Renew(t.Context(), old, minute), "Save": s.Save(t.Context(), old, "evt_1"), "AddRecent": s.AddRecent(t.Context(), old, "evt_1"),
	} {
		if !errors.Is(err, stream.ErrLeaseLost) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Release(t.Context(), old); err != nil {
		t.Error(err)
	}
	if err := s.Renew(t.Context(), current, minute); err != nil {
		t.Errorf("the term that runs: %v", err)
	}
}

// The end of the context ends a call that waits, here for the row.
func TestCallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, pool *pgxpool.Pool) {
		s := New(pool, "a")
		term, err := s.Acquire(t.Context(), "x", minute)
		if err != nil {
			t.Fatal(err)
		}
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(context.Background()) }()
		if _, err := tx.Exec(t.Context(), "SELECT FROM pepay_lease FOR UPDATE"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := s.Save(ctx, term, "evt_1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}
