package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// signalError is the cause of a context that a signal ended.
type signalError struct{ signal os.Signal }

func (e *signalError) Error() string { return e.signal.String() }

// exitCode is the shells' convention: 128 and the number of the signal.
func (e *signalError) exitCode() int {
	if number, ok := e.signal.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return exitFailed
}

// untilSignal returns a context that Ctrl-C or SIGTERM ends, with a signalError
// as its cause. A second signal kills the process, should the first have no effect.
// A pipe that nobody reads is an error of the write and not a signal, so that what could
// not be printed does not count as printed.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := context.WithCancelCause(parent)
	received := make(chan os.Signal, 1)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-received:
			signal.Stop(received)
			cancel(&signalError{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(received)
		cancel(nil)
	}
}

// orSignal returns the signal where it is the cause of err, and err otherwise.
func orSignal(ctx context.Context, err error) error {
	var (
		cause   *signalError
		partial *partialError
	)
	switch {
	case !errors.Is(err, context.Canceled) || !errors.As(context.Cause(ctx), &cause):
		return err
	case errors.As(err, &partial):
		return after(cause, partial.count, partial.noun)
	}
	return cause
}
