package stream_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

var quick = stream.Backoff{Base: time.Millisecond, Max: 5 * time.Millisecond}

func newClient(t *testing.T, server *pepaytest.Server, opts ...wrapper.Option) *wrapper.Client {
	t.Helper()
	client, err := wrapper.New(append([]wrapper.Option{
		wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()),
		wrapper.WithAPIKey(server.APIKey()), wrapper.WithCommerceAPIKey(server.CommerceAPIKey()),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// emit sends n invoice events and returns their ids.
func emit(t *testing.T, server *pepaytest.Server, n int) (ids []string) {
	t.Helper()
	for range n {
		ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, server.Emit(ev).ID)
	}
	return ids
}

// follower ranges over a stream in the background and says what came.
type follower struct {
	live    chan struct{} // closed when the stream is live for the first time
	done    chan struct{}
	cancel  context.CancelFunc
	mu      sync.Mutex
	ids     []string
	resumes []stream.Resume
	states  []stream.State
	err     error
}

// patient is a context for what waits for events. It ends long after they should have
// come, so that a test in which one is missing fails and does not wait for ever.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// follow starts a stream. It ends with the test, or after want events.
func follow(t *testing.T, open func(stream.Options) *stream.Stream, o stream.Options, want int) *follower {
	t.Helper()
	f := &follower{live: make(chan struct{}), done: make(chan struct{})}
	o.Observer.OnState = func(s stream.State, _ error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if s == stream.StateLive && !slices.Contains(f.states, s) {
			close(f.live)
		}
		f.states = append(f.states, s)
	}
	o.Observer.OnResume = func(r stream.Resume) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.resumes = append(f.resumes, r)
	}
	ctx, cancel := context.WithCancel(patient(t))
	f.cancel = cancel
	s := open(o)
	go func() {
		defer close(f.done)
		defer cancel()
		for ev, err := range s.Events(ctx) {
			f.mu.Lock()
			if err != nil {
				f.err = err
				f.mu.Unlock()
				return
			}
			f.ids = append(f.ids, ev.ID)
			enough := len(f.ids) >= want && want > 0
			f.mu.Unlock()
			if enough {
				return
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-f.done })
	return f
}

func (f *follower) wait(t *testing.T, signal chan struct{}) {
	t.Helper()
	select {
	case <-signal:
	case <-f.done:
		if signal != f.done {
			t.Fatalf("ended early: %v", f.err)
		}
	}
}

func (f *follower) gaps() (reasons []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.resumes {
		if r.Gap {
			reasons = append(reasons, r.Reason)
		}
	}
	return reasons
}
