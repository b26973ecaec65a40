package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
)

// listener prints or forwards the events of a stream.
type listener struct {
	events  *stream.Stream
	handle  func(context.Context, *pepay.Event) error
	limit   int // of events; 0 means none
	handled int
	status  *statusLines
}

// run handles events until the end. Where one could not be printed or delivered,
// the loop is left, and the cursor stays before it.
func (l *listener) run(ctx context.Context) error {
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	for ev, err := range l.events.Events(ctx) {
		if err != nil {
			return err
		}
		if err := l.handle(ctx, ev); err != nil {
			return err
		}
		if l.handled++; l.handled == l.limit {
			enough() // leaving the loop instead would not keep the cursor of this event
		}
	}
	return nil
}

// outcome tells an end that was wanted from one that was not. ctx is the one that
// a signal ends.
func (l *listener) outcome(ctx context.Context, err error) error {
	var signal *signalError
	ended := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	switch {
	case !ended:
		return err
	case l.limit > 0 && l.handled >= l.limit:
		return nil
	case errors.As(context.Cause(ctx), &signal):
		if l.status.opened {
			return nil
		}
		return err
	case l.limit > 0:
		return &tooLateError{fmt.Sprintf("--timeout passed after %d of %d events", l.handled, l.limit)}
	case !l.status.live:
		return &tooLateError{"--timeout passed while the stream was not live"}
	}
	return nil
}

// tooLateError is the end of --timeout.
type tooLateError struct{ text string }

func (e *tooLateError) Error() string { return e.text }
func (*tooLateError) Timeout() bool   { return true }
func (*tooLateError) Temporary() bool { return false }
