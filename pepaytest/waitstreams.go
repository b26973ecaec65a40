package pepaytest

import (
	"context"
	"errors"
	"fmt"
)

// WaitStreams waits until exactly n streams are open, of every kind and whoever opened
// them. What happens after it returned reaches them all, so that a test can begin; with 0 it
// waits until all are gone. A stream counts from its upgrade on, when its client may not
// have read the answer yet; one that is being opened anew does not count meanwhile.
//
// When ctx ends first, the error wraps the context's and says how many are open. Once the
// server is closed no stream will be, and waiting for one is an error at once, as is an n
// below 0. WaitStreams is safe for concurrent use.
func (s *Server) WaitStreams(ctx context.Context, n int) error {
	if n < 0 {
		return fmt.Errorf("pepaytest: WaitStreams(%d): give at least 0", n)
	}
	if err := s.streams.wait(ctx, n); err != nil {
		return fmt.Errorf("pepaytest: WaitStreams(%d): %w", n, err)
	}
	return nil
}

func (o *streams) wait(ctx context.Context, n int) error {
	for {
		open, closed, changed := o.count()
		switch {
		case open == n:
			return nil
		case closed && n > 0:
			return errors.New("the server is closed")
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d open: %w", open, ctx.Err())
		}
	}
}

// count says how many are open, and whether the server has closed. The channel is closed at
// the next change of either.
func (o *streams) count() (open int, closed bool, changed <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed == nil {
		o.changed = make(chan struct{})
	}
	return len(o.open), o.closed, o.changed
}

// noteChange is called under the lock.
func (o *streams) noteChange() {
	if o.changed != nil {
		close(o.changed)
		o.changed = nil
	}
}
