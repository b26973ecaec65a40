package wrapper

import (
	"context"
	"sync"
	"time"
)

// timeout is context.WithTimeout for one attempt. What that costs, a timer above
// all, is spent when somebody first waits for the context: an HTTP transport does,
// a test's or a cache's does not.
type timeout struct {
	context.Context // the caller's
	at              time.Time

	mu    sync.Mutex
	inner context.Context // the one with a timer, once it is needed
	stop  context.CancelFunc
	ended bool
}

func withTimeout(ctx context.Context, d time.Duration) *timeout {
	at := time.Now().Add(d)
	if outer, ok := ctx.Deadline(); ok && outer.Before(at) {
		at = outer
	}
	return &timeout{Context: ctx, at: at}
}

// end is to be called when the attempt is over.
func (t *timeout) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if t.stop != nil {
		t.stop()
	}
}

// started returns the context with a timer.
func (t *timeout) started() context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inner == nil {
		t.inner, t.stop = context.WithDeadline(t.Context, t.at)
		if t.ended {
			t.stop()
		}
	}
	return t.inner
}

func (t *timeout) Deadline() (time.Time, bool) { return t.at, true }
func (t *timeout) Done() <-chan struct{}       { return t.started().Done() }

func (t *timeout) Err() error {
	t.mu.Lock()
	inner, ended := t.inner, t.ended
	t.mu.Unlock()
	switch {
	case inner != nil:
		return inner.Err()
	case t.Context.Err() != nil:
		return t.Context.Err()
	case !time.Now().Before(t.at):
		return context.DeadlineExceeded
	case ended:
		return context.Canceled
	}
	return nil
}

// Value asks the context with a timer if there is one, so that package context
// recognises it and derives from it without a goroutine.
func (t *timeout) Value(key any) any {
	t.mu.Lock()
	inner := t.inner
	t.mu.Unlock()
	if inner != nil {
		return inner.Value(key)
	}
	return t.Context.Value(key)
}
