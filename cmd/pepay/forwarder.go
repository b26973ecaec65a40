package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// maxForwardWait bounds the doubling of --retry-backoff.
const maxForwardWait = 30 * time.Second

// forwarder delivers events to an address as signed webhooks, one at a time.
type forwarder struct {
	target  *url.URL
	secret  pepay.Secret
	header  http.Header // what --forward-header adds
	client  *http.Client
	retries int
	backoff time.Duration
	story   io.Writer // of the → and ← lines
}

// deliver returns nil when the event was accepted, ctx's error when that ended, and
// a refusedError when every attempt failed.
func (f *forwarder) deliver(ctx context.Context, ev *pepay.Event) error {
	d := newDelivery(ev, f.header)
	if err := f.say("→", terminal.Paint(f.story, terminal.Bold, terminal.Printable(ev.Type)), terminal.Printable(ev.ID)); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		began := time.Now()
		a := f.attempt(ctx, d)
		took := fmt.Sprintf("%dms", time.Since(began).Milliseconds())
		switch {
		case a.accepted(): // also where ctx ended meanwhile
			return f.say("←", terminal.Paint(f.story, terminal.Green, a.short()), took)
		case ctx.Err() != nil:
			return ctx.Err()
		case attempt > f.retries:
			if err := f.say("←", terminal.Paint(f.story, terminal.Red, a.short()), took); err != nil {
				return err
			}
			return &refusedError{eventID: ev.ID, attempts: attempt, last: a}
		}
		wait := f.wait(attempt)
		if err := f.say("←", terminal.Paint(f.story, terminal.Red, a.short()), took+",", fmt.Sprintf("attempt %d of %d in %s", attempt+1, f.retries+1, wait.Round(time.Millisecond))); err != nil {
			return err
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

func (f *forwarder) say(words ...any) error {
	_, err := fmt.Fprintln(f.story, words...)
	return err
}

// wait is how long to wait after a failed attempt, counted from 1: at least half of
// what the doubling says, the rest is chance.
func (f *forwarder) wait(attempt int) time.Duration {
	longest := f.backoff
	for range attempt - 1 {
		if longest >= maxForwardWait {
			break
		}
		longest *= 2
	}
	longest = min(longest, max(maxForwardWait, f.backoff))
	return longest/2 + rand.N(longest/2+1)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// refusedError is an event that the address did not accept. It holds no error of a
// connection: whether one of those was a matter of time is no matter here.
type refusedError struct {
	eventID  string
	attempts int
	last     answer
}

func (e *refusedError) Error() string {
	attempts := "1 attempt"
	if e.attempts > 1 {
		attempts = fmt.Sprintf("%d attempts", e.attempts)
	}
	return fmt.Sprintf("event %s was not accepted after %s: %s", e.eventID, attempts, e.last.long())
}
