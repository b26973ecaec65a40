package stream

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"time"
)

// A stream that stands by asks for the lease at random within these bounds, so that
// those of a group do not ask at the same time.
const (
	minStandby = 250 * time.Millisecond
	maxStandby = 500 * time.Millisecond
)

// errTurnOver means that the term ended before the stream did.
var errTurnOver = errors.New("stream: the term is over")

// takeTurns follows Pepay while the stream has the lease, and stands by while it has
// not.
func (r *run) takeTurns(ctx context.Context) error {
	for {
		t, err := r.standBy(ctx)
		if err != nil {
			return err
		}
		if err := r.lead(ctx, t); !errors.Is(err, errTurnOver) {
			return err
		}
	}
}

// standBy asks for the lease until it gets it.
func (r *run) standBy(ctx context.Context) (*term, error) {
	holder, life := r.holder(), r.opts.LeaseLife
	failing := false
	for ctx.Err() == nil {
		t := &term{lease: r.opts.Lease, life: life, now: now, renewed: now()}
		asking, cancel := context.WithTimeout(ctx, life)
		var err error
		t.Term, err = t.lease.Acquire(asking, holder, life)
		cancel()
		switch {
		case err == nil:
			return t, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, ErrLeaseHeld):
			failing, err = false, nil
		case !failing:
			failing = true
			r.log(ctx, slog.LevelWarn, "pepay: the lease cannot be asked for", slog.String("error", r.errorText(err)))
			r.leaseState(LeaseState{Holder: holder, Err: err})
		}
		r.setState(StateStandby, err)
		if err := sleep(ctx, minStandby+mathrand.N(maxStandby-minStandby), r.woken); err != nil {
			return nil, err
		}
		r.panicAgain()
	}
	return nil, ctx.Err()
}

// lead follows Pepay for one term, and gives the lease back if the stream ends first.
func (r *run) lead(outer context.Context, t *term) (err error) {
	ctx, over := context.WithCancelCause(outer)
	t.over = over
	t.warn = func(ctx context.Context, message string, err error) {
		r.log(ctx, slog.LevelWarn, message, slog.String("error", r.errorText(err)))
	}
	keeping, stop := context.WithCancel(ctx)
	kept := make(chan struct{})
	defer func() { // also when the loop's body panics
		stop()
		<-kept
		r.lastTerm = endedTerm{t.Fence, t.saved}
		if err == nil || !errors.Is(err, errTurnOver) {
			r.release(outer, t)
		}
		over(nil)
	}()
	go func() {
		defer close(kept)
		r.guard(ctx, func() { t.keep(keeping) })
	}()

	r.log(ctx, slog.LevelInfo, "pepay: stream has the lease", slog.Int64("fence", t.Fence))
	r.leaseState(LeaseState{Held: true, Holder: t.Holder, Fence: t.Fence})
	turn := &run{Stream: r.Stream, yield: r.yield, term: t}
	if err = turn.takePosition(ctx); err == nil {
		err = turn.connections(ctx)
	}
	if outer.Err() != nil || errors.Is(err, errLeft) || ctx.Err() == nil {
		return err
	}
	why := context.Cause(ctx)
	r.log(ctx, slog.LevelWarn, "pepay: stream lost the lease", slog.Int64("fence", t.Fence), slog.String("error", r.errorText(why)))
	r.setState(StateStandby, why)
	r.leaseState(LeaseState{Holder: t.Holder, Fence: t.Fence, Err: why})
	return errTurnOver
}

// release lets another stream take over at once. Should it fail, that one waits for
// the end of the lease's life.
func (r *run) release(ctx context.Context, t *term) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.life/3)
	defer cancel()
	if err := t.lease.Release(ctx, t.Term); err != nil && !errors.Is(err, ErrLeaseLost) {
		r.log(ctx, slog.LevelWarn, "pepay: the lease could not be given back", slog.String("error", r.errorText(err)))
	}
	r.guard(ctx, func() { r.leaseState(LeaseState{Holder: t.Holder, Fence: t.Fence}) })
}

// holder is the stream's name among those that share the lease.
func (s *Stream) holder() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holderName == "" {
		host, err := os.Hostname()
		if err != nil || !printable(host) {
			host = "host"
		}
		const longest = 100
		s.holderName = fmt.Sprintf("%s/%d/%s", host[:min(len(host), longest)], os.Getpid(), rand.Text()[:10])
	}
	return s.holderName
}

func (s *Stream) leaseState(state LeaseState) {
	if s.opts.Observer.OnLease == nil {
		return
	}
	state.Err = s.secrets.redactError(state.Err)
	s.observing.Lock()
	defer s.observing.Unlock()
	s.opts.Observer.OnLease(state)
}
