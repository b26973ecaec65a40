package stream

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// Only the term that runs may renew, save or release: neither the one that another holder
// has ended, nor an earlier one of the same holder.
func TestMemoryLeaseOfATermThatIsOver(t *testing.T) {
	t.Parallel()
	const life = time.Second
	for name, end := range map[string]func(*testing.T, Lease, Term){
		"begun again by the same holder": func(t *testing.T, l Lease, _ Term) { acquire(t, l, "a") },
		"taken over": func(t *testing.T, l Lease, _ Term) {
			time.Sleep(life)
			acquire(t, l, "b")
		},
		"released": func(t *testing.T, l Lease, of Term) {
			if err := l.Release(t.Context(), of); err != nil {
				t.Fatal(err)
			}
		},
		"released, and begun again by the same holder": func(t *testing.T, l Lease, of Term) {
			if err := l.Release(t.Context(), of); err != nil {
				t.Fatal(err)
			}
			acquire(t, l, "a")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := MemoryLease()
				old := acquire(t, l, "a")
				if err := l.Save(t.Context(), old, "evt_1"); err != nil {
					t.Fatal(err)
				}
				other := old // a fence may come twice when a store lost what it knew
				other.Holder = "b"
				if err := l.Renew(t.Context(), other, life); !errors.Is(err, ErrLeaseLost) {
					t.Errorf("Renew with the fence of another holder: %v", err)
				}
				end(t, l, old)
				for what, err := range map[string]error{
					"Renew":     l.Renew(t.Context(), old, life),
					"Save":      l.Save(t.Context(), old, "evt_2"),
					"AddRecent": l.(recentLease).AddRecent(t.Context(), old, "evt_0"),
				} {
					if !errors.Is(err, ErrLeaseLost) {
						t.Errorf("%s: %v, want %v", what, err, ErrLeaseLost)
					}
				}
				if err := l.Release(t.Context(), old); err != nil {
					t.Errorf("Release: %v", err)
				}
				if holder := l.(*memoryLease).holder; name != "released" {
					if _, err := l.Acquire(t.Context(), "c", life); !errors.Is(err, ErrLeaseHeld) {
						t.Errorf("the release of an old term ended that of %q: %v", holder, err)
					}
					time.Sleep(life)
				}
				if next := acquire(t, l, "c"); next.Cursor != "evt_1" || !slices.Equal(next.Recent, []string{"evt_1"}) || next.Fence <= old.Fence {
					t.Errorf("the next term has %+v", next)
				}
			})
		})
	}
}

// A lease that has run out is still the holder's until another one takes it.
func TestMemoryLeaseRenewedLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := MemoryLease()
		term := acquire(t, l, "a")
		time.Sleep(time.Minute)
		if err := l.Renew(t.Context(), term, 10*time.Second); err != nil {
			t.Fatal(err)
		}
		time.Sleep(9 * time.Second)
		if _, err := l.Acquire(t.Context(), "b", time.Second); !errors.Is(err, ErrLeaseHeld) {
			t.Errorf("it was not renewed for 10 s: %v", err)
		}
	})
}

// An event that is saved again moves the cursor no more, and the ids are bounded.
func TestMemoryLeaseRemembers(t *testing.T) {
	t.Parallel()
	l := MemoryLease()
	term := acquire(t, l, "a")
	for i := range maxTermRecent + 10 {
		if err := l.Save(t.Context(), term, strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	last := strconv.Itoa(maxTermRecent + 9)
	if err := l.Save(t.Context(), term, strconv.Itoa(maxTermRecent)); err != nil {
		t.Fatal(err)
	}
	if err := l.(recentLease).AddRecent(t.Context(), term, "late"); err != nil {
		t.Fatal(err)
	}
	next := acquire(t, l, "a")
	if n := len(next.Recent); next.Cursor != last || n != maxTermRecent || next.Recent[n-1] != last || next.Recent[n-2] != "late" {
		t.Errorf("cursor %s, %d ids, the last of them %v", next.Cursor, n, next.Recent[n-2:])
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Acquire(ended, "a", time.Second); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}

func acquire(t *testing.T, l Lease, holder string) Term {
	t.Helper()
	term, err := l.Acquire(t.Context(), holder, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return term
}
