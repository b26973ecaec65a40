package stream

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	// listPatience is how long frames are held back while the Events API fails. Then
	// the connection is ended: Pepay may end one on which nothing is read.
	listPatience = 25 * time.Second
	// maxListOutage is how long it may fail in all before a resume does without it.
	maxListOutage = 2 * time.Minute
	minListTry    = 5 * time.Second
)

// listError ends a connection because the Events API fails in a way that can pass.
type listError struct{ cause error }

func (e *listError) Error() string {
	return "stream: the Events API could not be asked: " + e.cause.Error()
}
func (e *listError) Unwrap() error { return e.cause }

// listRefusedError is a list that cannot be had. The stream goes on with a gap.
type listRefusedError struct {
	reason string
	cause  error
}

func (e *listRefusedError) Error() string { return e.reason + ": " + e.cause.Error() }
func (e *listRefusedError) Unwrap() error { return e.cause }

func (r *run) listKey() wrapper.CallOption { return wrapper.WithPreferredCredential(r.kind.scheme) }

// asking is where in a resume the Events API is asked.
type asking int

const (
	askingFirst asking = iota // no call has worked yet
	askingOn                  // an earlier call of the same walk has worked
	askingAgain               // for a page that was read before, while events are handed out
)

// listEvents returns a page of the list.
func (r *run) listEvents(ctx context.Context, where asking, p wrapper.EventParams) (list *pepay.EventList, err error) {
	err = r.ask(ctx, where, func(ctx context.Context) error {
		list, err = r.client.Events.List(ctx, p, r.listKey())
		return err
	})
	return list, err
}

// getEvent returns one event, or nil when the Events API does not know it.
func (r *run) getEvent(ctx context.Context, id string) (ev *pepay.Event, err error) {
	err = r.ask(ctx, askingFirst, func(ctx context.Context) error {
		ev, err = r.client.Events.Get(ctx, id, r.listKey())
		if errors.Is(err, wrapper.ErrNotFound) || errors.Is(err, wrapper.ErrGone) {
			ev, err = nil, nil
		}
		return err
	})
	return ev, err
}

// ask calls the Events API again while it fails in a way that can pass. Its error is
// a *listError, or a *listRefusedError where waiting is of no use, or was for too long.
func (r *run) ask(ctx context.Context, where asking, call func(context.Context) error) error {
	start, patience := time.Now(), min(listPatience, max(maxListOutage-r.listOutage, minListTry))
	refusals := 0
	for n := 0; ; n++ {
		err := callWithin(ctx, patience-time.Since(start), call)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, wrapper.ErrNoCredential) {
			return &listRefusedError{"no credential for the Events API", err}
		}
		if canPass(err) || where != askingFirst {
			refusals = 0
		} else if refusals++; refusals > 1 { // once may be an ingress during a deployment
			return &listRefusedError{refusal(err), err}
		}
		spent, asked := time.Since(start), retryAfterOf(err)
		switch {
		case where != askingAgain && r.listOutage+spent >= maxListOutage:
			r.listOutage += spent
			return &listRefusedError{"the Events API could not be asked", err}
		case asked >= patience-spent: // Pepay may ask for more time than there is
			r.listOutage += spent + min(asked, maxRetryAfter) // which is waited before the next dial
			return &listError{err}
		}
		wait := pause{whole: max(asked, min(listBackoff(n), patience-spent)), floor: asked}
		if err := wait.wait(ctx, r.woken); err != nil {
			return err
		}
	}
}

func callWithin(ctx context.Context, d time.Duration, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return call(ctx)
}

// listBackoff draws the wait after failure n, counted from zero.
func listBackoff(n int) time.Duration {
	ceiling := 500 * time.Millisecond << min(n, 3)
	return ceiling/2 + rand.N(ceiling/2)
}

func refusal(err error) string {
	if errors.Is(err, wrapper.ErrUnauthorized) || errors.Is(err, wrapper.ErrForbidden) {
		return "no credential for the Events API"
	}
	return "the Events API could not be asked"
}

// canPass reports whether the same call may work later.
func canPass(err error) bool {
	var answered *wrapper.Error
	if !errors.As(err, &answered) {
		return !errors.Is(err, wrapper.ErrInvalidArgument)
	}
	switch status := answered.StatusCode; status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	default:
		return status < 300 || status >= 500 // none, or a success that broke off
	}
}
