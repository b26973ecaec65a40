package stream

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// movable is a term whose clock the test moves.
func movable(lease Lease) (t *term, clock *instant) {
	clock = new(instant)
	*clock = now()
	return &term{
		lease: lease, life: time.Second, now: func() instant { return *clock }, renewed: *clock, over: func(error) {},
	}, clock
}

// A machine that was suspended wakes up with an event in hand. Another replica has the
// lease by then.
func TestNoEventAfterTheTerm(t *testing.T) {
	t.Parallel()
	held, clock := movable(MemoryLease())
	clock.wall = clock.wall.Add(held.life)
	r := &run{term: held, yield: func(*pepay.Event, error) bool {
		t.Error("the event was handed out")
		return false
	}}
	if err := r.deliver(t.Context(), new(pepay.Event)); !errors.Is(err, ErrLeaseLost) {
		t.Errorf("got %v, want ErrLeaseLost", err)
	}
}

// The life of a term counts from before the call that renews it: whoever keeps the lease may
// have counted from its begin.
func TestTermCountsFromBeforeTheCall(t *testing.T) {
	t.Parallel()
	held, clock := movable(nil)
	held.lease = lateRenewal{Lease: MemoryLease(), pass: func() { clock.monotonic = clock.monotonic.Add(200 * time.Millisecond) }}
	if err := held.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := held.left(); left != 800*time.Millisecond {
		t.Errorf("%s are left, want 800ms", left)
	}
}

type lateRenewal struct {
	Lease
	pass func()
}

func (l lateRenewal) Renew(context.Context, Term, time.Duration) error {
	l.pass()
	return nil
}

// Wake ends a wait of our own. What Pepay asked for is waited for.
func TestWakeKeepsTheFloor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		woken := make(chan struct{}, 1)
		time.AfterFunc(time.Second, func() { woken <- struct{}{} })
		began := time.Now()
		if err := (pause{whole: 10 * time.Second, floor: 5 * time.Second}).wait(t.Context(), woken); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited != 5*time.Second {
			t.Errorf("waited %s, want 5s", waited)
		}
	})
}
