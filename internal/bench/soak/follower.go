package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
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
	// The violations of a stream that are kept; the first ones tell.
	maxKept = 3
)

// follower ranges over one stream and checks what comes. Its observer's fields
// need no lock: observers are never called at the same time, nor after the end.
type follower struct {
	role      role
	stream    *stream.Stream
	transport *http.Transport
	arm       func() error  // before each dial
	live      chan struct{} // closed when the stream is, for the first time
	done      chan struct{} // closed when it has ended
	progress  chan<- struct{}

	position   atomic.Int64 // number of the last event
	handled    int
	ids        hash.Hash
	err        error
	violations []string

	alive      bool // the observer's, from here on
	unarmed    error
	ends       map[string]int
	resumes    int
	replayed   int
	backfilled int
	duplicates int
	gaps       []string
}

func newFollower(r role, at Address, arm func() error, progress chan<- struct{}) (*follower, error) {
	f := &follower{
		role: r, transport: &http.Transport{}, arm: arm, live: make(chan struct{}), done: make(chan struct{}), progress: progress,
		ids: sha256.New(), ends: map[string]int{},
	}
	client, err := wrapper.New(wrapper.WithBaseURL(at.URL), wrapper.WithHTTPClient(&http.Client{Transport: f.transport}),
		wrapper.WithAPIKey(at.APIKey), wrapper.WithCommerceAPIKey(at.CommerceAPIKey)) // a stream picks the one that is its own
	if err != nil {
		return nil, err
	}
	o := stream.Options{
		IdleTimeout: idleTimeout,
		Backoff:     stream.Backoff{Base: time.Millisecond, Max: 20 * time.Millisecond},
		Observer:    stream.Observer{OnState: f.onState, OnResume: f.onResume},
	}
	if r.token {
		o.Source = wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: r.scope, TTL: tokenTTL}))
	}
	f.stream = r.open(client, o)
	return f, nil
}

func (f *follower) run(ctx context.Context) {
	defer f.tell()
	defer close(f.done)
	for ev, err := range f.stream.Events(ctx) {
		if err != nil {
			f.err = err
			return
		}
		f.handle(ev)
	}
}

// handle holds that the events come one after the other and intact.
func (f *follower) handle(ev *pepay.Event) {
	kind, id, _ := ev.Resource()
	n, err := strconv.ParseInt(id, 10, 64)
	last := f.position.Load()
	switch {
	case err != nil || kind != f.role.kind || ev.Type != f.role.eventType:
		f.violated("%s is a %s about %s %s", ev.ID, ev.Type, kind, id)
		return
	case n <= last:
		f.violated("event %d came after event %d", n, last)
	case n > last+1:
		f.violated("event %d came after event %d, %d are missing", n, last, n-last-1)
	}
	f.position.Store(n)
	f.handled++
	addID(f.ids, ev.ID)
	f.tell()
}

// tell wakes who feeds the streams.
func (f *follower) tell() {
	select {
	case f.progress <- struct{}{}:
	default:
	}
}

func (f *follower) violated(format string, args ...any) {
	if len(f.violations) < maxKept {
		f.violations = append(f.violations, fmt.Sprintf(format, args...))
	}
}

func (f *follower) onState(state stream.State, err error) {
	switch state {
	case stream.StateConnecting:
		f.unarmed = errors.Join(f.unarmed, f.arm())
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
	if f.handled != events {
		broken = append(broken, fmt.Sprintf("handled %d events of %d", f.handled, events))
	}
	if hex.EncodeToString(f.ids.Sum(nil)) != report.IDs {
		broken = append(broken, "the ids are not those that were emitted, in order")
	}
	for _, reason := range f.gaps {
		broken = append(broken, "reported a gap: "+reason)
	}
	return broken
}
