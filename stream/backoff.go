package stream

import (
	"context"
	"math/rand/v2"
	"time"
)

// maxRetryAfter is the longest time that a stream waits because of a Retry-After. A
// stream that is away for an hour would be of no use.
const maxRetryAfter = time.Minute

// Backoff says how long to wait before dialling again: a time drawn evenly from
// zero to a ceiling that begins at Base and doubles up to Max. It begins anew
// after a healthy connection: one that was open for ResetAfter and brought an
// event, a ws_control frame or the answer to a ping. A Retry-After of Pepay's, up
// to 60 s of it, is the least that is waited. Zero fields mean 500 ms, 30 s and
// 30 s.
type Backoff struct{ Base, Max, ResetAfter time.Duration }

func (b Backoff) withDefaults() Backoff {
	if b.Base == 0 {
		b.Base = 500 * time.Millisecond
	}
	if b.Max == 0 {
		b.Max = 30 * time.Second
	}
	if b.ResetAfter == 0 {
		b.ResetAfter = 30 * time.Second
	}
	return b
}

// pause is a wait before a dial. Wake ends what is left of it after the floor.
type pause struct{ whole, floor time.Duration }

// pause draws the wait before attempt n, counted from zero. Beyond the floor there
// is always some jitter, so that many streams do not come back at once.
func (b Backoff) pause(n int, retryAfter time.Duration) pause {
	ceiling := b.Max
	if n < 32 && b.Base < b.Max>>n {
		ceiling = b.Base << n
	}
	p := pause{whole: rand.N(ceiling + 1), floor: min(retryAfter, maxRetryAfter)}
	if p.floor > 0 {
		p.whole = max(p.whole, p.floor+rand.N(b.Base+1))
	}
	return p
}

// wait waits, until ctx ends or, after the floor, until woken.
func (p pause) wait(ctx context.Context, woken <-chan struct{}) error {
	select {
	case <-woken: // before the wait began
	default:
	}
	if p.floor > 0 {
		if err := sleep(ctx, p.floor, nil); err != nil {
			return err
		}
	}
	return sleep(ctx, p.whole-p.floor, woken)
}

// sleep waits for d, or until it is woken or ctx ends.
func sleep(ctx context.Context, d time.Duration, woken <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-woken:
	case <-timer.C:
	}
	return nil
}

// Wake ends a back-off wait at once, for a program that learns that the network is
// back. It does not shorten a wait that Pepay asked for, and has no effect on a
// stream that is not waiting. It is safe for concurrent use.
func (s *Stream) Wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}
