package wrapper

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// RetryPolicy says when and how often a failed attempt is repeated. MaxRetries
// 0 means never; the other fields, when zero, take the value of [DefaultRetry].
type RetryPolicy struct {
	// MaxRetries is the number of attempts after the first.
	MaxRetries int
	// BaseDelay is the most that is waited before the first retry; it doubles with
	// each. The wait is drawn evenly from zero up to it (full jitter).
	BaseDelay time.Duration
	// MaxDelay bounds that growth.
	MaxDelay time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited for. A longer one is
	// returned in the error at once.
	MaxRetryAfter time.Duration
	// Budget is the number of retries a client may have spent and not earned back:
	// a retry takes one, a success gives one back. It keeps a total outage from
	// multiplying traffic.
	Budget int
}

// DefaultRetry is two retries with a base of 500 ms, a cap of 8 s, a Retry-After
// of up to 60 s, and a budget of 100.
//
// 429 and 503 are retried, and so is a request of which nothing was sent. 500, 502,
// 504 and broken connections are retried where repeating the operation is safe:
// GET, HEAD, a request with an Idempotency-Key, or an operation that is declared
// repeatable. 409 is retried after an attempt with the same Idempotency-Key that
// got no answer. A wait that would end after the context's deadline is not begun.
func DefaultRetry() RetryPolicy {
	return RetryPolicy{
		MaxRetries:    2,
		BaseDelay:     500 * time.Millisecond,
		MaxDelay:      8 * time.Second,
		MaxRetryAfter: time.Minute,
		Budget:        100,
	}
}

func (p RetryPolicy) withDefaults() (RetryPolicy, error) {
	if p.MaxRetries < 0 || p.BaseDelay < 0 || p.MaxDelay < 0 || p.MaxRetryAfter < 0 || p.Budget < 0 {
		return p, invalid("WithRetry", "no field may be negative")
	}
	d := DefaultRetry()
	for _, field := range []struct{ value, fallback *time.Duration }{
		{&p.BaseDelay, &d.BaseDelay},
		{&p.MaxDelay, &d.MaxDelay},
		{&p.MaxRetryAfter, &d.MaxRetryAfter},
	} {
		if *field.value == 0 {
			*field.value = *field.fallback
		}
	}
	if p.Budget == 0 {
		p.Budget = d.Budget
	}
	return p, nil
}

// backoff draws the wait before retry n, counted from zero.
func (p RetryPolicy) backoff(n int) time.Duration {
	ceiling := p.MaxDelay
	if n < 32 && p.BaseDelay < p.MaxDelay>>n {
		ceiling = p.BaseDelay << n
	}
	return time.Duration(rand.Int64N(int64(ceiling) + 1))
}

// budget is a bucket of retries, shared by a client and those derived from it.
type budget struct {
	left atomic.Int64
	size int64
}

func newBudget(size int) *budget {
	b := &budget{size: int64(size)}
	b.left.Store(b.size)
	return b
}

func (b *budget) take() bool {
	if b.left.Add(-1) >= 0 {
		return true
	}
	b.left.Add(1)
	return false
}

func (b *budget) refund() {
	if left := b.left.Load(); left < b.size {
		b.left.CompareAndSwap(left, left+1)
	}
}
