package stream

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Stream is one of Pepay's event streams. Its methods are safe for concurrent
// use; one goroutine at a time ranges over Events.
type Stream struct {
	client *wrapper.Client
	kind   kind
	opts   Options
	// session gives the token of a payment session, nil for other streams. A function
	// hides it from fmt.
	session func() pepay.Secret

	mu      sync.Mutex
	running bool
	state   State
	cursor  string

	holderName string

	woken   chan struct{} // has room for one Wake
	secrets redactor      // what was sent
	callbackPanic

	observing sync.Mutex // orders the observer's calls
	progress             // belongs to the range that runs
	lastTerm  endedTerm  // likewise
	lag       lag
}

// Merchant follows a merchant account: invoices and their payments. The key has
// scope merchant. Options are checked when the stream is ranged over.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/ws-merchant-events.
func Merchant(c *wrapper.Client, o Options) *Stream { return newStream(c, merchantKind, o) }

// Commerce follows commerce orders, with linked invoices and payments. The key
// has scope commerce. Expired invoices come only with "invoice.*" among the
// types.
//
// See https://docs-alpha.pepay.io/sdk/commerce/websockets.
func Commerce(c *wrapper.Client, o Options) *Stream { return newStream(c, commerceKind, o) }

// Payment follows one payment session, with the token that allocating a payment
// address returned. It has no filters, and no list to check a resume against, so
// that every resume may hide a gap.
//
// See https://docs-alpha.pepay.io/sdk/payors/websockets.
func Payment(c *wrapper.Client, token pepay.Secret, o Options) *Stream {
	s := newStream(c, paymentKind, o)
	s.session = func() pepay.Secret { return token }
	s.secrets.add(token.Reveal())
	return s
}

func newStream(c *wrapper.Client, k kind, o Options) *Stream {
	o.withDefaults()
	return &Stream{client: c, kind: k, opts: o, progress: progress{handled: newWindow(o.DedupeWindow)}, woken: make(chan struct{}, 1)}
}

// State is what the stream is doing.
func (s *Stream) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Cursor is the id of the newest event that was handled, "" before the first. An
// event that arrives late, created before the one at the cursor, does not move it.
func (s *Stream) Cursor() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursor
}

// Events goes through events as they happen. It reads on the goroutine that
// ranges over it, so a slow loop slows the stream down and loses nothing. An
// event counts as handled when the loop asks for the next one: leaving the loop
// leaves the event in hand unhandled, and it comes again.
//
// An error is yielded once, last, and is fatal: the context's own error after a
// cancellation, wrapper.ErrInvalidArgument for options that cannot work,
// [ErrUnauthorized], [ErrFrameTooLarge], [ErrGap], a [*ServerError], or an answer
// that does not change. Before the first upgrade succeeds, an answer such as 404
// ends the stream at once. Later it may come from something in between, such as a
// proxy during a deployment, and 40 of them without a healthy connection in between
// end the stream. Leaving the loop or cancelling ctx closes the connection.
//
// While one Events runs, another yields [ErrRunning]. After it has ended, Events
// goes on where it was, also when no event was handled yet: what came in between is
// resumed as after a lost connection.
func (s *Stream) Events(ctx context.Context) iter.Seq2[*pepay.Event, error] {
	return func(yield func(*pepay.Event, error) bool) {
		if !s.start() {
			yield(nil, ErrRunning)
			return
		}
		err := s.rangeOnce(ctx, yield)
		if !errors.Is(err, errLeft) {
			yield(nil, err)
		}
	}
}

// errLeft means that the consumer left the loop.
var errLeft = errors.New("stream: left")

// rangeOnce runs until the end and leaves the stream ready for another range, also
// when the loop's body or a callback panics.
func (s *Stream) rangeOnce(ctx context.Context, yield func(*pepay.Event, error) bool) (err error) {
	err = errLeft
	panicking := true
	if file, ok := s.opts.Cursor.(*fileCursor); ok {
		file.hold()
	}
	defer func() {
		if file, ok := s.opts.Cursor.(*fileCursor); ok {
			file.release()
		}
		s.lag.give() // the loop's body may have panicked
		s.mu.Lock()
		s.running = false
		s.mu.Unlock()
		if errors.Is(err, errLeft) {
			s.guard(ctx, func() { s.setState(StateClosed, nil) })
		} else {
			s.guard(ctx, func() { s.setState(StateClosed, err) })
		}
		if !panicking {
			s.panicAgain()
		}
	}()
	r := &run{Stream: s, yield: yield}
	err = s.secrets.redactError(r.loop(ctx))
	panicking = false
	return err
}

func (s *Stream) start() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		return false
	}
	s.running = true
	return true
}

func (s *Stream) setCursor(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursor = id
}

func (s *Stream) setState(state State, err error) {
	s.observing.Lock()
	defer s.observing.Unlock()
	s.mu.Lock()
	changed := s.state != state
	s.state = state
	s.mu.Unlock()
	if changed && s.opts.Observer.OnState != nil {
		s.opts.Observer.OnState(state, s.secrets.redactError(err))
	}
}

// waiting tells the observer.
func (s *Stream) waiting(w Wait) {
	if s.opts.Observer.OnWait == nil {
		return
	}
	w.Err = s.secrets.redactError(w.Err)
	s.observing.Lock()
	defer s.observing.Unlock()
	s.opts.Observer.OnWait(w)
}

// resumed tells the observer.
func (s *Stream) resumed(r Resume) {
	if s.opts.Observer.OnResume == nil {
		return
	}
	r.Reason = s.secrets.redact(r.Reason)
	s.observing.Lock()
	defer s.observing.Unlock()
	s.opts.Observer.OnResume(r)
}
