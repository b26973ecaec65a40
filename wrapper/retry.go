package wrapper

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
)

// retry repeats a failed attempt where that is safe and worth it.
type retry struct {
	next   pepay.HttpRequestDoer
	policy RetryPolicy
	budget *budget

	observe func(Retry) // nil for none
}

// errUnanswered is the cause of a 409 that an earlier attempt of the same call may
// have led to.
var errUnanswered = errors.New("an earlier attempt with this idempotency key got no answer and may have succeeded")

func (r *retry) Do(req *http.Request) (*http.Response, error) {
	c := callOf(req)
	for n := 0; ; n++ {
		resp, err := r.next.Do(req)
		if err == nil && resp.StatusCode < 400 {
			r.budget.refund()
			return resp, nil
		}
		c.unanswered = c.unanswered || c.idempotencyKey != "" && isUnanswered(resp, err)
		again, waitErr := r.another(c, req, resp, err, n)
		switch {
		case waitErr != nil && err != nil:
			return resp, fmt.Errorf("%w: %w", waitErr, err)
		case waitErr != nil:
			return resp, waitErr
		case again == nil && err == nil && resp.StatusCode == http.StatusConflict && c.unanswered:
			return resp, errUnanswered
		case again == nil:
			return resp, err
		}
		req = again
	}
}

// another waits and returns the request of the next attempt, or nil if there is no
// next attempt. An error says why the wait ended early or was not begun.
func (r *retry) another(c *call, req *http.Request, resp *http.Response, err error, n int) (*http.Request, error) {
	ctx := req.Context()
	wait, worth := r.plan(c, resp, err, n)
	if !worth || ctx.Err() != nil {
		return nil, nil
	}
	again, rewindErr := rewind(req)
	if rewindErr != nil {
		return nil, nil // what the attempt brought is the better error
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return nil, fmt.Errorf("the next attempt would begin after the deadline: %w", context.DeadlineExceeded)
	}
	if !r.budget.take() {
		return nil, nil
	}
	r.tell(c, resp, n, wait)
	return again, sleep(ctx, wait)
}

// plan decides whether to try again, and after how long.
func (r *retry) plan(c *call, resp *http.Response, err error, n int) (time.Duration, bool) {
	if n >= r.policy.MaxRetries {
		return 0, false
	}
	if err != nil {
		return r.policy.backoff(n), canPass(err) && (c.repeatable() || nothingSent(err))
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		if !c.repeatable() {
			return 0, false
		}
	case http.StatusConflict: // with our own first attempt, which is still being worked on
		if !c.unanswered {
			return 0, false
		}
	default:
		return 0, false
	}
	after := wire.RetryAfter(resp.Header, peek(resp))
	return max(after, r.policy.backoff(n)), after <= r.policy.MaxRetryAfter
}

// isUnanswered reports whether Pepay may have received an attempt and its answer
// did not arrive: the connection broke, or a gateway answered in its place.
func isUnanswered(resp *http.Response, err error) bool {
	if err != nil {
		return !nothingSent(err) && !errors.As(err, &permanent{})
	}
	return resp.StatusCode == http.StatusBadGateway || resp.StatusCode == http.StatusGatewayTimeout
}

// permanent marks a failure that trying again does not change.
type permanent struct{ error }

func (e permanent) Unwrap() error { return e.error }

// canPass reports whether a failure of the transport may be gone the next time.
func canPass(err error) bool {
	var notFound *net.DNSError
	switch {
	case errors.As(err, &permanent{}), errors.Is(err, context.Canceled), errors.Is(err, http.ErrSchemeMismatch):
		return false
	case wire.IsCertificateError(err):
		return false
	case errors.As(err, &notFound) && notFound.IsNotFound:
		return false
	}
	return true
}

// nothingSent reports whether the connection was never made.
func nothingSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// rewind returns req with its body at the beginning again.
func rewind(req *http.Request) (*http.Request, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, nil
	}
	if req.GetBody == nil {
		return nil, errors.New("the body cannot be sent twice")
	}
	fresh, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	again := req.WithContext(req.Context())
	again.Body = fresh
	return again, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return contextError(ctx)
	case <-timer.C:
		return nil
	}
}
