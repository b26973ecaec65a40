package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
)

// listener prints the events of a stream.
type listener struct {
	events  *stream.Stream
	print   func(*pepay.Event) error
	limit   int // of events; 0 means none
	printed int
	status  *statusLines
}

// run prints events until the end. An event that could not be printed is not
// handled: the loop is left, and the cursor stays before it.
func (l *listener) run(ctx context.Context) error {
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	for ev, err := range l.events.Events(ctx) {
		if err != nil {
			return err
		}
		if err := l.print(ev); err != nil {
			return err
		}
		if l.printed++; l.printed == l.limit {
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
	case l.limit > 0 && l.printed >= l.limit:
		return nil
	case errors.As(context.Cause(ctx), &signal):
		if l.status.opened {
			return nil
		}
		return err
	case l.limit > 0:
		return &tooLateError{fmt.Sprintf("--timeout passed after %d of %d events", l.printed, l.limit)}
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
