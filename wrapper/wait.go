package wrapper

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

const (
	defaultWaitInterval    = 2 * time.Second
	defaultWaitMaxInterval = 15 * time.Second
)

// ErrWontHappen ends a wait: the status that was reached is final and not one of
// those that were waited for.
var ErrWontHappen = errors.New("pepay: the status waited for will not come")

// Wait says how often a method that waits for a status asks for it. The zero value
// is the usual choice. How long it waits in all is up to the context.
//
// A wait returns the last state it saw, also with an error, and nil if it saw none:
//
//   - When the context ends, the error matches the context's. A pause that would
//     last beyond the deadline is not begun, so the wait may end up to Interval
//     before it.
//   - A final status that was not waited for is [ErrWontHappen].
//   - After 429 and 503, once the client's own retries are used up, the wait goes on
//     when the Retry-After of the answer has passed. Any other error ends it.
type Wait struct {
	// Interval is the longest pause before the second question. It doubles with each
	// question, up to MaxInterval, and half of each pause is random. Zero is 2 s.
	Interval time.Duration
	// MaxInterval is the longest pause between two questions, unless Pepay asks for
	// a longer one. Zero is 15 s, or Interval if that is longer.
	MaxInterval time.Duration
}

func (w Wait) withDefaults() (Wait, error) {
	switch {
	case w.Interval < 0:
		return w, invalid("Wait.Interval", "must not be negative")
	case w.MaxInterval < 0:
		return w, invalid("Wait.MaxInterval", "must not be negative")
	case w.MaxInterval > 0 && w.Interval > w.MaxInterval:
		return w, invalid("Wait.MaxInterval", "is shorter than Wait.Interval")
	}
	if w.MaxInterval == 0 {
		w.MaxInterval = max(defaultWaitMaxInterval, w.Interval)
	}
	if w.Interval == 0 {
		w.Interval = min(defaultWaitInterval, w.MaxInterval)
	}
	return w, nil
}

// pause draws the time until the question after number n, counted from zero.
func (w Wait) pause(n int) time.Duration {
	longest := w.MaxInterval
	if n < 32 && w.Interval < w.MaxInterval>>n {
		longest = w.Interval << n
	}
	return longest - rand.N(longest/2+1)
}

// waitFor asks until the status is one of wanted, or of final where wanted is empty.
// status reads it from an answer.
func waitFor[T any, S ~string](ctx context.Context, w Wait, ask func(context.Context) (*T, error), status func(*T) S, wanted, final []S) (*T, error) {
	w, err := w.withDefaults()
	if err != nil {
		return nil, err
	}
	if slices.Contains(wanted, "") {
		return nil, invalid("statuses", "an element is empty")
	}
	if len(wanted) == 0 {
		wanted = final
	}
	var last *T
	for n := 0; ; n++ {
		state, err := ask(ctx)
		var after time.Duration
		switch {
		case err == nil:
			last = state
			if got := status(state); slices.Contains(wanted, got) {
				return state, nil
			} else if slices.Contains(final, got) {
				return state, wontHappen(got, wanted)
			}
		case ctx == nil || ctx.Err() != nil || !isBusy(err):
			return last, ended(ctx, err)
		default:
			after = retryAfter(err)
		}
		if pauseErr := w.rest(ctx, n, after); pauseErr != nil {
			return last, joined(pauseErr, err)
		}
	}
}

// rest pauses after question n, at least for what Pepay asks for. Before a deadline
// it pauses shorter, so that the last question is asked shortly before it.
func (w Wait) rest(ctx context.Context, n int, after time.Duration) error {
	pause := w.pause(n)
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		if pause = min(pause, left/2); left < w.Interval || left <= after {
			if ctx.Err() != nil {
				return contextError(ctx)
			}
			return fmt.Errorf("the next question would be too late: %w", context.DeadlineExceeded)
		}
	}
	return sleep(ctx, max(pause, after))
}

// isBusy reports whether Pepay asked for patience.
func isBusy(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.StatusCode == http.StatusTooManyRequests || e.StatusCode == http.StatusServiceUnavailable)
}

func retryAfter(err error) time.Duration {
	var e *Error
	errors.As(err, &e)
	return e.RetryAfter
}

// ended is the error of a wait whose last question failed.
func ended(ctx context.Context, err error) error {
	if ctx == nil || ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	return joined(contextError(ctx), err)
}

// joined adds to why a wait ended what the last question brought, if that failed.
func joined(why, err error) error {
	if err == nil {
		return why
	}
	return fmt.Errorf("%w: %w", why, err)
}

func wontHappen[S ~string](got S, wanted []S) error {
	return fmt.Errorf("%w: it is %s, which is final, not %s", ErrWontHappen,
		wire.OneLine(string(got), maxCode), strings.Join(texts(wanted), " or "))
}
