package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// instant is a moment by two clocks. The monotonic one may stand still while the
// machine is suspended, the other one may be set.
type instant struct{ monotonic, wall time.Time }

func now() instant {
	t := time.Now()
	return instant{t, t.Round(0)}
}

// since is how long ago a moment was, by the clock that ran further.
func (i instant) since(earlier instant) time.Duration {
	return max(i.monotonic.Sub(earlier.monotonic), i.wall.Sub(earlier.wall))
}

// errLeaseExpired ends a term that could not be renewed in time.
var errLeaseExpired = fmt.Errorf("%w: it could not be renewed in time", ErrLeaseLost)

// term is a lease while it is held.
type term struct {
	Term
	lease Lease
	life  time.Duration
	now   func() instant
	// over cancels what runs in the term. A function hides it from fmt.
	over context.CancelCauseFunc
	warn func(ctx context.Context, message string, err error) // logs
	// saved is the cursor that the lease certainly has. It belongs to the range.
	saved string

	mu      sync.Mutex
	renewed instant // just before the last call that succeeded
	ended   error   // why the term is over
}

// left is how long the lease certainly lives, by this process's clocks.
func (t *term) left() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended != nil {
		return 0
	}
	return t.life - t.now().since(t.renewed)
}

// check returns why the term is over, and ends it when its time has run out.
func (t *term) check() error {
	if t.left() <= 0 {
		return t.end(errLeaseExpired)
	}
	return nil
}

// end ends the term, once, and returns why it is over.
func (t *term) end(why error) error {
	t.mu.Lock()
	if t.ended == nil {
		t.ended = why
	}
	why = t.ended
	t.mu.Unlock()
	t.over(why)
	return why
}

// call calls the lease, for at most a third of its life, so that there is time to try
// again on another connection.
func (t *term) call(ctx context.Context, f func(context.Context) error) error {
	if err := t.check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, min(t.left(), t.life/3))
	defer cancel()
	err := f(ctx)
	if errors.Is(err, ErrLeaseLost) {
		return t.end(err)
	}
	return err
}

// renew lets the lease live longer, from before the call on.
func (t *term) renew(ctx context.Context) error {
	called := t.now()
	if err := t.call(ctx, func(ctx context.Context) error { return t.lease.Renew(ctx, t.Term, t.life) }); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.renewed = called
	return nil
}

// keep renews the lease until ctx ends or the term is over.
func (t *term) keep(ctx context.Context) {
	wait := t.untilRenewal()
	for sleep(ctx, min(wait, t.left()), nil) == nil {
		if t.check() != nil {
			return
		}
		err := t.renew(ctx)
		wait = t.untilRenewal()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, ErrLeaseLost) {
				return
			}
			t.warn(ctx, "pepay: the lease could not be renewed", err)
			wait = t.life / 12
		}
	}
}

// untilRenewal is what is left of a third of the life: the last call may have taken
// most of it.
func (t *term) untilRenewal() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, t.life/3-t.now().since(t.renewed))
}

// save keeps the cursor, also when ctx has ended. A failure that may pass is tried
// again until the term is over or ctx ends. When it has not passed after a life, the
// term ends: the stream must not stop where nobody sees it, and the lease may be
// renewed for ever.
func (t *term) save(ctx context.Context, id string) error {
	began := t.now()
	for n := 0; ; n++ {
		err := t.call(context.WithoutCancel(ctx), func(ctx context.Context) error { return t.lease.Save(ctx, t.Term, id) })
		switch {
		case err == nil:
			t.saved = id
			return nil
		case errors.Is(err, ErrLeaseLost):
			return err
		case t.now().since(began) >= t.life:
			return t.end(fmt.Errorf("%w: the cursor could not be saved: %w", ErrLeaseLost, err))
		case n == 0:
			t.warn(ctx, "pepay: the cursor could not be saved in the lease", err)
		}
		if sleep(ctx, min(t.life/12<<min(n, 2), t.left()), nil) != nil {
			return err
		}
	}
}

// recentLease is what a Lease may have to be told of handled events to which the
// cursor does not move.
type recentLease interface {
	AddRecent(ctx context.Context, t Term, eventID string) error
}

// addRecent remembers a late event. Without that it may come again.
func (r *run) addRecent(ctx context.Context, id string) {
	var err error
	if r.term != nil {
		if lease, ok := r.term.lease.(recentLease); ok {
			err = r.term.call(ctx, func(ctx context.Context) error { return lease.AddRecent(ctx, r.term.Term, id) })
		}
	} else if store, ok := r.opts.Cursor.(recentAdder); ok {
		err = store.AddRecent(ctx, id)
	}
	if err != nil {
		r.log(ctx, slog.LevelWarn, "pepay: a recent event id could not be saved", slog.String("error", r.errorText(err)))
	}
}
