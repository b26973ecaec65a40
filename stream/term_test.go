package stream

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slowLease takes its time to answer.
type slowLease struct {
	Lease
	acquire, renew time.Duration
}

func (l slowLease) Acquire(ctx context.Context, holder string, life time.Duration) (Term, error) {
	term, err := l.Lease.Acquire(ctx, holder, life)
	return term, errors.Join(err, sleep(ctx, l.acquire, nil))
}

func (l slowLease) Renew(ctx context.Context, term Term, life time.Duration) error {
	return errors.Join(l.Lease.Renew(ctx, term, life), sleep(ctx, l.renew, nil))
}

// What a call took is gone from the life, so the next renewal comes earlier.
func TestLeaseThatAnswersSlowly(t *testing.T) {
	t.Parallel()
	const life = defaultLeaseLife
	for name, lease := range map[string]slowLease{
		"Acquire": {acquire: life * 5 / 6},
		"Renew":   {renew: life/3 - time.Millisecond},
		"both":    {acquire: life / 2, renew: life / 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 1, worldRules{})
				lease.Lease = MemoryLease()
				a := join(t, w, lease, Options{})
				pass(life)
				ids := emitted(w, 2)
				pass(time.Minute)
				a.want(t, ids)
				if len(a.leases) != 1 || w.dials != 1 {
					t.Errorf("%+v, %d dials", a.leases, w.dials)
				}
			})
		})
	}
}

// readOnlyLease renews and does not save.
type readOnlyLease struct {
	Lease
	fails atomic.Pointer[error]
}

func (l *readOnlyLease) Save(ctx context.Context, t Term, id string) error {
	if err := l.fails.Load(); err != nil {
		return *err
	}
	return l.Lease.Save(ctx, t, id)
}

// A cursor that cannot be saved ends the term, although the lease could be renewed for
// ever. When it can be saved again, the stream goes on and has lost and repeated
// nothing.
func TestLeaseThatDoesNotSave(t *testing.T) {
	t.Parallel()
	const life = defaultLeaseLife
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, worldRules{})
		memory := MemoryLease()
		lease := &readOnlyLease{Lease: memory}
		a := join(t, w, lease, Options{})
		pass(time.Second)
		failure := errors.New("the disk is full")
		lease.fails.Store(&failure)
		ids := emitted(w, 2)
		failed := time.Now()
		pass(3 * life)
		if len(a.leases) < 2 {
			t.Fatalf("the stream hangs in silence: %+v", a.leases)
		}
		if lost := a.leases[1]; lost.Held || !errors.Is(lost.Err, ErrLeaseLost) || !errors.Is(lost.Err, failure) {
			t.Errorf("the term ended with %+v", lost)
		}
		if took := a.at[1].Sub(failed); took < life*2/3 || took > 2*life {
			t.Errorf("the term ended after %v", took)
		}
		lease.fails.Store(nil)
		pass(time.Minute)
		a.want(t, ids)
		a.die()
		pass(life)
		b := join(t, w, memory, Options{})
		pass(time.Minute)
		b.want(t, nil)
	})
}
