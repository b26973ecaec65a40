package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

const (
	// Long enough for a busy machine to answer a ping, short enough not to hold up
	// the run.
	idleTimeout = 250 * time.Millisecond
	// The simulator counts a token's life in whole seconds: between one and two.
	tokenTTL = 2 * time.Second
	// An event is late by at most so many others.
	maxLate = 30
	// The violations of a stream that are kept; the first ones tell.
	maxKept = 3
)

// follower ranges over one stream and checks what comes. Its observer's fields
// need no lock: observers are never called at the same time, nor after the end.
type follower struct {
	role      role
	open      func() *stream.Stream // as a program does that has just been started
	transport *http.Transport
	arm       func(first bool) error // before each dial
	live      chan struct{}          // closed when the stream is, for the first time
	done      chan struct{}          // closed when it has ended
	progress  chan<- struct{}

	stops    []int         // numbers of the events at which the program is stopped
	stopped  chan struct{} // closed at the first of them
	restart  <-chan struct{}
	position atomic.Int64 // the last number up to which nothing is missing
	ledger
	err error

	alive      bool // the observer's, from here on
	dialled    bool // by this program
	unarmed    error
	ends       map[string]int
	resumes    int
	replayed   int
	backfilled int
	duplicates int
	gaps       []string
}

func newFollower(r role, at Address, cursor string, arm func(first bool) error, progress chan<- struct{}) (*follower, error) {
	f := &follower{
		role: r, transport: &http.Transport{}, arm: arm, live: make(chan struct{}), done: make(chan struct{}), progress: progress,
		stopped: make(chan struct{}), ends: map[string]int{},
	}
	client, err := wrapper.New(wrapper.WithBaseURL(at.URL), wrapper.WithHTTPClient(&http.Client{Transport: f.transport}),
		wrapper.WithAPIKey(at.APIKey), wrapper.WithCommerceAPIKey(at.CommerceAPIKey), // a stream picks the one that is its own
		wrapper.WithRetry(wrapper.RetryPolicy{MaxRetries: 2, BaseDelay: time.Millisecond, MaxDelay: 20 * time.Millisecond, Budget: 1_000_000}))
	if err != nil {
		return nil, err
	}
	o := stream.Options{
		IdleTimeout: idleTimeout,
		// Every connection that brings an event is healthy.
		Backoff:  stream.Backoff{Base: time.Millisecond, Max: 20 * time.Millisecond, ResetAfter: time.Millisecond},
		Observer: stream.Observer{OnState: f.onState, OnResume: f.onResume},
	}
	if r.token {
		o.Source = wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: r.scope, TTL: tokenTTL}))
	}
	f.open = func() *stream.Stream {
		o.Cursor = stream.FileCursor(cursor)
		return r.open(client, o)
	}
	return f, nil
}

// run follows, from one stop of the program to the next and to the end.
func (f *follower) run(ctx context.Context) {
	defer f.tell()
	defer close(f.done)
	for i := 0; f.err == nil; i++ {
		f.follow(ctx, f.open())
		if f.err != nil {
			return
		}
		if i == 0 {
			close(f.stopped)
			f.tell()
			select {
			case <-f.restart:
			case <-ctx.Done():
				f.err = ctx.Err()
			}
		}
	}
}

// follow ranges until the stream ends or the program is stopped, with an event in
// hand that comes again.
func (f *follower) follow(ctx context.Context, s *stream.Stream) {
	f.dialled = false
	for ev, err := range s.Events(ctx) {
		if err != nil {
			f.err = err
			return
		}
		if n, ok := f.number(ev); ok && len(f.stops) > 0 && n >= int64(f.stops[0]) {
			f.stops = f.stops[1:]
			return
		}
		f.handle(ev)
	}
}

// number is which event of the run this is.
func (f *follower) number(ev *pepay.Event) (n int64, ok bool) {
	kind, id, _ := ev.Resource()
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil && kind == f.role.kind && ev.Type == f.role.eventType
}

// handle enters the event, and holds that it is intact.
func (f *follower) handle(ev *pepay.Event) {
	n, ok := f.number(ev)
	if !ok {
		kind, id, _ := ev.Resource()
		f.violated("%s is a %s about %s %s", ev.ID, ev.Type, kind, id)
		return
	}
	f.enter(n, ev.ID)
	f.position.Store(f.complete())
	f.tell()
}

// tell wakes the goroutine that emits.
func (f *follower) tell() {
	select {
	case f.progress <- struct{}{}:
	default:
	}
}

func (f *follower) onState(state stream.State, err error) {
	switch state {
	case stream.StateConnecting:
		f.unarmed = errors.Join(f.unarmed, f.arm(!f.dialled))
		f.dialled = true
	case stream.StateLive:
		if !f.alive {
			close(f.live)
			f.alive = true
		}
	case stream.StateWaiting:
		f.ends[recognize(err)]++
	}
}

func (f *follower) onResume(r stream.Resume) {
	f.resumes++
	f.replayed += r.Replayed
	f.backfilled += r.Backfilled
	f.duplicates += r.Duplicates
	if r.Gap && len(f.gaps) < maxKept {
		f.gaps = append(f.gaps, r.Reason)
	}
}

// verify lists what was promised and not kept. The follower must have ended, by
// cancelling it.
func (f *follower) verify(events int, report Report) []string {
	broken := slices.Clone(f.violations)
	if !errors.Is(f.err, context.Canceled) {
		broken = append(broken, fmt.Sprintf("ended by itself: %v", f.err))
	}
	if f.unarmed != nil {
		broken = append(broken, f.unarmed.Error())
	}
	if len(f.stops) > 0 {
		broken = append(broken, fmt.Sprintf("was not stopped at event %d", f.stops[0]))
	}
	broken = append(broken, f.ledger.verify(events, report)...)
	for _, reason := range f.gaps {
		broken = append(broken, "reported a gap: "+reason)
	}
	return broken
}
