package wrapper

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// RetryPolicy says when and how often a failed attempt is repeated. MaxRetries
// 0 means never; the other fields, when zero, take the value of [DefaultRetry].
type RetryPolicy struct {
	// MaxRetries is the number of attempts after the first.
	MaxRetries int
	// BaseDelay is the most that is waited before the first retry; it doubles with
	// each. The wait is drawn evenly from zero up to it (full jitter).
	BaseDelay time.Duration
	// MaxDelay bounds that growth.
	MaxDelay time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited for. A longer one is
	// returned in the error at once.
	MaxRetryAfter time.Duration
	// Budget is the number of retries a client may have spent and not earned back:
	// a retry takes one, a success gives one back. It keeps a total outage from
	// multiplying traffic.
	Budget int
}

// DefaultRetry is two retries with a base of 500 ms, a cap of 8 s, a Retry-After
// of up to 60 s, and a budget of 100.
//
// Retried are 429 and 503 and, where repeating the operation is safe (GET, HEAD,
// with an Idempotency-Key, or declared so), 500, 502, 504 and broken
// connections. A request of which nothing was sent is always safe to repeat.
func DefaultRetry() RetryPolicy {
	return RetryPolicy{
		MaxRetries:    2,
		BaseDelay:     500 * time.Millisecond,
		MaxDelay:      8 * time.Second,
		MaxRetryAfter: time.Minute,
		Budget:        100,
	}
}

func (p RetryPolicy) withDefaults() (RetryPolicy, error) {
	if p.MaxRetries < 0 || p.BaseDelay < 0 || p.MaxDelay < 0 || p.MaxRetryAfter < 0 || p.Budget < 0 {
		return p, invalid("WithRetry", "no field may be negative")
	}
	d := DefaultRetry()
	for _, field := range []struct{ value, fallback *time.Duration }{
		{&p.BaseDelay, &d.BaseDelay},
		{&p.MaxDelay, &d.MaxDelay},
		{&p.MaxRetryAfter, &d.MaxRetryAfter},
	} {
		if *field.value == 0 {
			*field.value = *field.fallback
		}
	}
	if p.Budget == 0 {
		p.Budget = d.Budget
	}
	return p, nil
}

// backoff draws the wait before retry n, counted from zero.
func (p RetryPolicy) backoff(n int) time.Duration {
	ceiling := p.MaxDelay
	if n < 32 && p.BaseDelay < p.MaxDelay>>n {
		ceiling = p.BaseDelay << n
	}
	return time.Duration(rand.Int64N(int64(ceiling) + 1))
}

// budget is a bucket of retries, shared by a client and those derived from it.
type budget struct {
	left atomic.Int64
	size int64
}

func newBudget(size int) *budget {
	b := &budget{size: int64(size)}
	b.left.Store(b.size)
	return b
}

func (b *budget) take() bool {
	if b.left.Add(-1) >= 0 {
		return true
	}
	b.left.Add(1)
	return false
}

func (b *budget) refund() {
	if left := b.left.Load(); left < b.size {
		b.left.CompareAndSwap(left, left+1)
	}
}

// retry repeats a failed attempt where that is safe and worth it.
type retry struct {
	next   pepay.HttpRequestDoer
	policy RetryPolicy
	budget *budget
}

func (r *retry) Do(req *http.Request) (*http.Response, error) {
	c := callOf(req)
	for n := 0; ; n++ {
		resp, err := r.next.Do(req)
		if err == nil && resp.StatusCode < 400 {
			r.budget.refund()
			return resp, nil
		}
		wait, worth := r.judge(c, req, resp, err, n)
		if !worth {
			return resp, err
		}
		again, rewindErr := rewind(req)
		if rewindErr != nil || !r.budget.take() {
			return resp, err
		}
		if waitErr := sleep(req.Context(), wait); waitErr != nil {
			return resp, errors.Join(waitErr, err)
		}
		req = again
	}
}

// judge decides whether to try again, and after how long.
func (r *retry) judge(c *call, req *http.Request, resp *http.Response, err error, n int) (time.Duration, bool) {
	if n >= r.policy.MaxRetries || req.Context().Err() != nil {
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
	default:
		return 0, false
	}
	after := retryAfter(resp, bodyOf(resp))
	return max(after, r.policy.backoff(n)), after <= r.policy.MaxRetryAfter
}

func (c *call) repeatable() bool {
	if c.idempotencyKey != "" || c.method == http.MethodGet || c.method == http.MethodHead {
		return true
	}
	return c.op != nil && c.op.Repeatable
}

// permanent marks a failure that trying again does not change.
type permanent struct{ error }

func (e permanent) Unwrap() error { return e.error }

func canPass(err error) bool {
	var (
		marked    permanent
		tlsErr    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		notFound  *net.DNSError
	)
	switch {
	case errors.As(err, &marked), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &tlsErr), errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &invalid):
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
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
