package main

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

// report is what a replica says about itself, in a line of JSON on standard output.
type report struct {
	State     string `json:"state"`     // the stream's
	Held      bool   `json:"held"`      // it has the lease
	Fence     int64  `json:"fence"`     // of its last term
	Lag       int64  `json:"lag"`       // how far the stream is behind, in milliseconds
	Streamed  int64  `json:"streamed"`  // events of the stream
	Delivered int64  `json:"delivered"` // webhooks that came first
	Repeated  int64  `json:"repeated"`  // webhooks whose event was handled before
}

// reporter writes reports. It is safe for concurrent use.
type reporter struct {
	mu   sync.Mutex
	out  *json.Encoder
	last report
}

func newReporter(out io.Writer) *reporter {
	return &reporter{out: json.NewEncoder(out), last: report{State: stream.StateIdle.String()}}
}

// change changes the report, and writes it at once if that is asked for.
func (r *reporter) change(write bool, change func(*report)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.last)
	if write {
		_ = r.out.Encode(r.last) // nobody reads it any more: the replica is about to end
	}
}

func (r *reporter) onLease(l stream.LeaseState) {
	r.change(true, func(now *report) {
		now.Held = l.Held
		if l.Fence > 0 {
			now.Fence = l.Fence
		}
	})
}

func (r *reporter) onState(state stream.State) {
	r.change(true, func(now *report) { now.State = state.String() })
}

func (r *reporter) onHandled(stream.Handled) { r.change(false, func(now *report) { now.Streamed++ }) }

func (r *reporter) onDelivery(d webhook.Delivery) {
	r.change(false, func(now *report) {
		switch {
		case d.Duplicate:
			now.Repeated++
		case d.Outcome == webhook.OutcomeHandled:
			now.Delivered++
		}
	})
}

// every reports now and again, until the function that it returns is called.
func (r *reporter) every(pace time.Duration, lag func() time.Duration) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(pace)
		defer tick.Stop()
		for {
			behind := lag().Milliseconds()
			r.change(true, func(now *report) { now.Lag = behind })
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
