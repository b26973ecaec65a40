package wrapper

import (
	"net/http"
	"time"
)

// Retry is what a retry observer learns: an attempt has failed, and another follows.
type Retry struct {
	// Operation is the id of the operation, or the method and path of one that the
	// contract does not have.
	Operation string
	// Attempt is the number of the attempt that follows, from 2, and Of is the most
	// that the policy allows.
	Attempt, Of int
	// Delay is the time until it begins.
	Delay time.Duration
	// StatusCode is the answer to the attempt that failed, 0 if there was none.
	StatusCode int
}

// WithRetryObserver sets a function that is told of each retry before the wait for
// it, so that a program can say why a call takes long. The wait begins when it
// returns. It runs on the goroutine of the call and must be safe for concurrent use.
func WithRetryObserver(f func(Retry)) Option {
	return func(c *config) error {
		if f == nil {
			return invalid("WithRetryObserver", "the function is nil")
		}
		c.onRetry = f
		return nil
	}
}

// tell tells the observer that the attempt n, from 0, is followed by another.
func (r *retry) tell(c *call, resp *http.Response, n int, delay time.Duration) {
	if r.observe == nil {
		return
	}
	told := Retry{Operation: c.redact(c.name()), Attempt: n + 2, Of: r.policy.MaxRetries + 1, Delay: delay}
	if resp != nil {
		told.StatusCode = resp.StatusCode
	}
	r.observe(told)
}
