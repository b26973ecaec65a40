package wrapper

import (
	"context"
	"fmt"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// timeout is context.WithTimeout for one attempt. What that costs, a timer above
// all, is spent when somebody first waits for the context: an HTTP transport does,
// a test's or a cache's does not.
//
// It also ends when an HTTP transport has taken a connection for the attempt too
// often: net/http sends a request again by itself, on connection after connection,
// while an HTTP/2 server says goodbye to each (https://github.com/golang/go/issues/52459).
type timeout struct {
	context.Context // the caller's
	at              time.Time
	connections     atomic.Int32

	mu    sync.Mutex
	inner context.Context        // the one with a timer, once it is needed
	trace *httptrace.ClientTrace // counts connections, once an HTTP transport asks for it
	stop  context.CancelFunc
	ended bool
}

// maxConnections is how many connections an attempt may take. One is the rule, and a
// few are what is left of connections that the other side has closed.
const maxConnections = 20

// errResent is the end of an attempt that took too many of them.
var errResent = fmt.Errorf("the server ended %d connections without an answer", maxConnections)

// resent reports whether the attempt was ended for its connections.
func (t *timeout) resent() bool { return t.connections.Load() > maxConnections }

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
	if key == traceKey {
		return t.counting()
	}
	t.mu.Lock()
	inner := t.inner
	t.mu.Unlock()
	if inner != nil {
		return inner.Value(key)
	}
	return t.Context.Value(key)
}

// counting is the trace that counts connections, and calls the caller's, if any.
func (t *timeout) counting() any {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.trace == nil {
		// Not httptrace.WithClientTrace: it composes traces by reflection, which adds
		// more to a program than the rest of this file.
		t.trace = new(httptrace.ClientTrace)
		if outer := httptrace.ContextClientTrace(t.Context); outer != nil {
			*t.trace = *outer
		}
		told := t.trace.GotConn
		t.trace.GotConn = func(info httptrace.GotConnInfo) {
			if told != nil {
				told(info)
			}
			if t.connections.Add(1) > maxConnections {
				t.end()
			}
		}
	}
	return t.trace
}

// traceKey is the key under which a context has a trace.
var traceKey = func() any {
	var asked keyAsked
	httptrace.ContextClientTrace(&asked)
	return asked.key
}()

// keyAsked is a context that remembers which key it was asked for.
type keyAsked struct {
	context.Context
	key any
}

func (k *keyAsked) Value(key any) any { k.key = key; return nil }
