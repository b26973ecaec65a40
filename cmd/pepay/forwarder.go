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

const (
	// maxForwardWait bounds the doubling of --retry-backoff.
	maxForwardWait = 30 * time.Second
	// maxReceiverWait does so while nothing answers at the address: a development server
	// that is back should not have to wait long.
	maxReceiverWait = 5 * time.Second
)

// forwarder delivers events to an address as signed webhooks, one at a time.
type forwarder struct {
	target  *url.URL
	secret  pepay.Secret
	header  http.Header // what --forward-header adds
	client  *http.Client
	retries int
	backoff time.Duration
	log     io.Writer // of the → and ← lines

	timeoutFlag string // that sets the client's timeout

	waits bool           // for an address where nothing answers; else that is a failed attempt
	holds bool           // at an event that is not accepted, until it is or a person skips it
	keys  *terminal.Keys // of that person, nil where there is none
}

// deliver returns nil when the event was accepted, ctx's error when that ended, and
// a refusedError when it is given up.
func (f *forwarder) deliver(ctx context.Context, ev *pepay.Event) error {
	d := newDelivery(ev, f.header)
	if err := f.say("→", terminal.Paint(f.log, terminal.Bold, terminal.Printable(ev.Type)), terminal.Printable(ev.ID)); err != nil {
		return err
	}
	for failed, unanswered := 0, 0; ; {
		began := time.Now()
		a := f.attempt(ctx, d)
		took := fmt.Sprintf("%dms", time.Since(began).Milliseconds())
		if a.accepted() { // also where ctx ended meanwhile
			return f.say("←", terminal.Paint(f.log, terminal.Green, a.short()), took)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		outcome := "← " + a.short() + " " + took
		if f.waits && !a.reached {
			unanswered++
			if err := f.waitForReceiver(ctx, outcome, unanswered); err != nil {
				return err
			}
			continue
		}
		failed, unanswered = failed+1, 0
		switch {
		case failed <= f.retries:
			wait := f.wait(failed)
			if err := f.say("←", terminal.Paint(f.log, terminal.Red, a.short()), took+",", fmt.Sprintf("attempt %d of %d in %s", failed+1, f.retries+1, wait.Round(time.Millisecond))); err != nil {
				return err
			}
			if err := pause(ctx, wait); err != nil {
				return err
			}
		case f.holds:
			skipped, err := f.hold(ctx, outcome, failed)
			if err != nil {
				return err
			}
			if skipped {
				return &refusedError{eventID: ev.ID, attempts: failed, last: a, skipped: true}
			}
		default:
			if err := f.say("←", terminal.Paint(f.log, terminal.Red, a.short()), took); err != nil {
				return err
			}
			return &refusedError{eventID: ev.ID, attempts: failed, last: a}
		}
	}
}

// waitForReceiver waits before the next attempt at an address where nothing answered.
// On a terminal it counts down; elsewhere it says so at attempts that double.
func (f *forwarder) waitForReceiver(ctx context.Context, outcome string, unanswered int) error {
	wait := f.waitUpTo(unanswered, maxReceiverWait)
	text := func(left time.Duration) string {
		return fmt.Sprintf("%s, waiting for %s: attempt %d in %s", outcome, f.target.Host, unanswered+1, left)
	}
	quiet := unanswered&(unanswered-1) != 0
	_, err := countdown(ctx, f.log, wait, text, quiet, nil)
	return err
}

// hold waits before the next attempt to deliver an event that was not accepted often
// enough. It returns true when a person skips the event.
func (f *forwarder) hold(ctx context.Context, outcome string, failed int) (skipped bool, err error) {
	keys, stop := f.keys.Listen()
	defer stop()
	skip := ""
	if keys != nil {
		skip = "; press s to skip the event"
	}
	text := func(left time.Duration) string {
		return fmt.Sprintf("%s, holding here: attempt %d in %s%s", outcome, failed+1, left, skip)
	}
	return countdown(ctx, f.log, f.wait(failed), text, false, keys)
}

func (f *forwarder) say(words ...any) error {
	_, err := fmt.Fprintln(f.log, words...)
	return err
}

// wait is how long to wait after a failed attempt, counted from 1.
func (f *forwarder) wait(attempt int) time.Duration { return f.waitUpTo(attempt, maxForwardWait) }

// waitUpTo doubles --retry-backoff with each attempt. It is at least half of that, the
// rest is chance.
func (f *forwarder) waitUpTo(attempt int, most time.Duration) time.Duration {
	longest := f.backoff
	for range attempt - 1 {
		if longest >= most {
			break
		}
		longest *= 2
	}
	longest = min(longest, max(most, f.backoff))
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

// refusedError is an event that the address did not accept. It does not unwrap to the
// error of a connection: a timeout there is not the timeout of the command.
type refusedError struct {
	eventID  string
	attempts int
	last     answer
	skipped  bool
}

func (e *refusedError) Error() string {
	attempts := "1 attempt"
	if e.attempts > 1 {
		attempts = fmt.Sprintf("%d attempts", e.attempts)
	}
	if e.skipped {
		return fmt.Sprintf("event %s was skipped after %s: %s", e.eventID, attempts, e.last.long())
	}
	return fmt.Sprintf("event %s was not accepted after %s: %s", e.eventID, attempts, e.last.long())
}
