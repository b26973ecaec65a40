package stream

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// callbackPanic is a panic of a callback that ran on another goroutine than the
// one that ranges, on a timer's for instance. There it would end the process,
// whatever recover surrounds the loop. It is kept until the loop can panic with it.
type callbackPanic struct {
	panicMu  sync.Mutex
	panicked bool
	value    any
	closer   interface{ CloseNow() error } // the connection, to wake the reader
}

// guard runs f, which calls the user's code away from the loop. Should f panic, the
// connection is closed, and the loop panics with the first such value.
func (s *Stream) guard(ctx context.Context, f func()) {
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		s.logPanic(ctx, value, debug.Stack())
		s.panicMu.Lock()
		defer s.panicMu.Unlock()
		if !s.panicked {
			s.panicked, s.value = true, value
		}
		if s.closer != nil {
			_ = s.closer.CloseNow()
		}
		s.Wake()
	}()
	f()
}

// logPanic keeps the stack, which the second panic does not have. The logger may be
// what panicked.
func (s *Stream) logPanic(ctx context.Context, value any, stack []byte) {
	if s.opts.Logger == nil {
		return
	}
	defer func() { _ = recover() }()
	s.opts.Logger.LogAttrs(ctx, slog.LevelError, "pepay: a callback of the stream panicked",
		slog.String("stream", s.kind.name), slog.String("panic", s.secrets.redact(fmt.Sprint(value))), slog.String("stack", string(stack)))
}

// closeOnPanic names the connection that a panic closes, until it is undone.
func (s *Stream) closeOnPanic(conn interface{ CloseNow() error }) (undo func()) {
	s.panicMu.Lock()
	defer s.panicMu.Unlock()
	s.closer = conn
	if s.panicked {
		_ = conn.CloseNow() // it came between two connections
	}
	return func() {
		s.panicMu.Lock()
		defer s.panicMu.Unlock()
		s.closer = nil
	}
}

// panicAgain panics with what a callback panicked with, if one did. It runs on the
// goroutine that ranges.
func (s *Stream) panicAgain() {
	s.panicMu.Lock()
	panicked, value := s.panicked, s.value
	s.panicked, s.value = false, nil
	s.panicMu.Unlock()
	if panicked {
		panic(value)
	}
}
