package wstoken

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	// A failure is remembered between these, growing with each in a row.
	minPause = 250 * time.Millisecond
	maxPause = 5 * time.Second

	// maxRetryAfter is the longest that a Retry-After is obeyed.
	maxRetryAfter = 24 * time.Hour
)

// failure is why the last renewal failed, and how long it is remembered.
type failure struct {
	err   error
	row   int     // failures in a row
	until instant // by whichever clock reaches it first: the wall clock may be set back
	asked bool    // Pepay asked to wait
}

func (f *failure) add(err error, now instant) {
	pause := pauseAfter(f.row)
	asked := min(retryAfterOf(err), maxRetryAfter)
	wait := int64(max(pause, asked))
	*f = failure{err: err, row: f.row + 1, until: instant{now.wall + wait, now.mono + wait}, asked: asked > 0}
}

// remembered reports whether callers get this failure, instead of a new attempt. After
// a refusal they get a new attempt, unless there is a valid token to hand out.
func (f *failure) remembered(now instant, atHand bool) bool {
	if f.err == nil || now.wall >= f.until.wall || now.mono >= f.until.mono {
		return false
	}
	return atHand || f.asked || !permanent(f.err)
}

// pauseAfter draws how long a failure is remembered, n others having come
// before it.
func pauseAfter(n int) time.Duration {
	ceiling := maxPause
	if n < 4 {
		ceiling = 2 * minPause << n
	}
	return ceiling/2 + rand.N(ceiling/2+1)
}

// retryAfterOf is how long an error of a source asks to wait, 0 where it does not
// say.
func retryAfterOf(err error) time.Duration {
	var (
		answer *wrapper.Error
		other  interface{ RetryAfter() time.Duration }
	)
	switch {
	case errors.As(err, &answer) && answer.RetryAfter > 0:
		return answer.RetryAfter
	case errors.As(err, &other):
		return max(0, other.RetryAfter())
	}
	return 0
}

// permanent reports a refusal, which waiting does not change.
func permanent(err error) bool {
	for _, refusal := range []error{
		wrapper.ErrInvalidRequest, wrapper.ErrUnauthorized, wrapper.ErrForbidden,
		wrapper.ErrNoCredential, wrapper.ErrInvalidArgument,
	} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}
