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
	pending string // id of the event that is being handled
	refused *int   // events that were not accepted and passed over; nil without --forward-to
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
		l.pending = ev.ID
		if err := l.handle(ctx, ev); err != nil {
			return err
		}
		l.pending = ""
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
		return l.notAccepted()
	case errors.As(context.Cause(ctx), &signal):
		if l.status.opened {
			return nil
		}
		return err
	case l.limit > 0:
		return &tooLateError{fmt.Sprintf("--timeout passed after %d of %d events", l.handled, l.limit)}
	case !l.status.live:
		return &tooLateError{"--timeout passed while the stream was not live"}
	case l.pending != "":
		return &tooLateError{fmt.Sprintf("--timeout passed before event %s was accepted", l.pending)}
	}
	return l.notAccepted()
}

// notAccepted is an error where events were passed over.
func (l *listener) notAccepted() error {
	if l.refused == nil || *l.refused == 0 {
		return nil
	}
	return fmt.Errorf("%s not accepted", countEvents(*l.refused))
}

// tooLateError is the end of --timeout.
type tooLateError struct{ text string }

func (e *tooLateError) Error() string { return e.text }
func (*tooLateError) Timeout() bool   { return true }
func (*tooLateError) Temporary() bool { return false }
