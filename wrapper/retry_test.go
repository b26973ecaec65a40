package wrapper

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
)

var (
	repeatableWrite = &pepay.Operation{ID: "mint", Method: "POST", Repeatable: true}
	plainWrite      = &pepay.Operation{ID: "create", Method: "POST"}
)

// buffered is a response as attempt leaves it.
func buffered(resp *http.Response) *http.Response {
	peek(resp)
	return resp
}

func TestRetryDecides(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	for _, c := range []struct {
		name     string
		op       *pepay.Operation
		method   string
		key      string
		status   int
		err      error
		attempts int
	}{
		{name: "200", op: plainWrite, status: 200, attempts: 1},
		{name: "400", op: repeatableWrite, status: 400, attempts: 1},
		{name: "401", op: repeatableWrite, status: 401, attempts: 1},
		{name: "409", op: repeatableWrite, status: 409, attempts: 1},
		{name: "429, plain write", op: plainWrite, status: 429, attempts: 3},
		{name: "503, plain write", op: plainWrite, status: 503, attempts: 3},
		{name: "500, plain write", op: plainWrite, status: 500, attempts: 1},
		{name: "502, plain write", op: plainWrite, status: 502, attempts: 1},
		{name: "504, plain write", op: plainWrite, status: 504, attempts: 1},
		{name: "500, repeatable write", op: repeatableWrite, status: 500, attempts: 3},
		{name: "502, repeatable write", op: repeatableWrite, status: 502, attempts: 3},
		{name: "504, repeatable write", op: repeatableWrite, status: 504, attempts: 3},
		{name: "500, write with a key", op: plainWrite, key: "k", status: 500, attempts: 3},
		{name: "500, read", op: plainWrite, method: "GET", status: 500, attempts: 3},
		{name: "500, undocumented write", status: 500, attempts: 1},
		{name: "501", op: repeatableWrite, status: 501, attempts: 1},
		{name: "505", op: repeatableWrite, status: 505, attempts: 1},
		{name: "reset, plain write", op: plainWrite, err: reset, attempts: 1},
		{name: "reset, repeatable write", op: repeatableWrite, err: reset, attempts: 3},
		{name: "refused, plain write", op: plainWrite, err: dial, attempts: 3},
		{name: "own timeout, plain write", op: plainWrite, err: timeoutError{time.Second, io.EOF}, attempts: 1},
		{name: "own timeout, repeatable write", op: repeatableWrite, err: timeoutError{time.Second, io.EOF}, attempts: 3},
		{name: "permanent", op: repeatableWrite, err: permanent{errors.New("no")}, attempts: 1},
		{name: "certificate", op: repeatableWrite, err: x509.UnknownAuthorityError{}, attempts: 1},
		{name: "no such host", op: repeatableWrite, err: &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, attempts: 1},
		{name: "name server down", op: plainWrite, err: &net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}, attempts: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				attempts := 0
				r := &retry{policy: DefaultRetry(), budget: newBudget(10), next: doerFunc(func(*http.Request) (*http.Response, error) {
					attempts++
					if c.err != nil {
						return nil, c.err
					}
					return buffered(respond(c.status, "{}")), nil
				})}
				method := c.method
				if method == "" {
					method = http.MethodPost
				}
				req, err := http.NewRequestWithContext(t.Context(), method, "https://api.example/x", nil)
				if err != nil {
					t.Fatal(err)
				}
				req, cl := begun(t, req, c.op)
				cl.idempotencyKey = c.key
				resp, err := r.Do(req)
				if attempts != c.attempts {
					t.Errorf("%d attempts, want %d", attempts, c.attempts)
				}
				if !errors.Is(err, c.err) {
					t.Errorf("error %v, want %v", err, c.err)
				}
				if c.err == nil && resp.StatusCode != c.status {
					t.Errorf("status %d, want %d", resp.StatusCode, c.status)
				}
			})
		})
	}
}

func TestRetryWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		header   string
		body     string
		attempts int
		min, max time.Duration // of the whole call
	}{
		{"no Retry-After: full jitter under 500 ms and 1 s", "", "", 3, 0, 1500 * time.Millisecond},
		{"seconds", "7", "", 3, 14 * time.Second, 14 * time.Second},
		{"as long as allowed", "60", "", 3, 2 * time.Minute, 2 * time.Minute},
		{"longer than allowed", "61", "", 1, 0, 0},
		{"an hour", "3600", "", 1, 0, 0},
		{"huge", "99999999999999999999", "", 1, 0, 0},
		{"zero", "0", "", 3, 0, 1500 * time.Millisecond},
		{"negative", "-1", "", 3, 0, 1500 * time.Millisecond},
		{"NaN", "NaN", "", 3, 0, 1500 * time.Millisecond},
		{"body hint", "", `{"retry_after":"15 minutes"}`, 1, 0, 0},
		{"body hint, short", "", `{"retry_after":"5 seconds"}`, 3, 10 * time.Second, 10 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				attempts := 0
				client := newTestClient(t, func(*http.Request) (*http.Response, error) {
					attempts++
					resp := respond(429, c.body)
					if c.header != "" {
						resp.Header.Set("Retry-After", c.header)
					}
					return resp, nil
				})
				_, err := client.WSTokens.Mint(t.Context(), MintParams{})
				if !errors.Is(err, ErrRateLimited) {
					t.Fatalf("got %v", err)
				}
				if attempts != c.attempts {
					t.Errorf("%d attempts, want %d", attempts, c.attempts)
				}
				if took := time.Since(start); took < c.min || took > c.max {
					t.Errorf("took %s, want %s to %s", took, c.min, c.max)
				}
				var failure *Error
				if errors.As(err, &failure) && failure.Attempts != c.attempts {
					t.Errorf("the error speaks of %d attempts", failure.Attempts)
				}
			})
		})
	}
}

func TestRetryAfterIsInTheError(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		return respond(429, "", "Retry-After", "3600"), nil
	})
	_, err := client.WSTokens.Mint(t.Context(), MintParams{})
	var failure *Error
	if !errors.As(err, &failure) || failure.RetryAfter != time.Hour {
		t.Errorf("got %#v", failure)
	}
}

// A cancelled wait ends at once, and the error tells both why the wait ended and
// what it was waiting for.
func TestCancelledWait(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		cause  error
		answer func() (*http.Response, error)
		is     []error
	}{
		{"cancelled after 429", context.Canceled, func() (*http.Response, error) { return respond(429, `{"error":"slow down"}`, "Retry-After", "30"), nil },
			[]error{context.Canceled, ErrRateLimited}},
		{"cancelled for a reason", io.ErrClosedPipe, func() (*http.Response, error) { return respond(503, ""), nil },
			[]error{context.Canceled, io.ErrClosedPipe, ErrServer}},
		{"cancelled after a reset", context.Canceled, func() (*http.Response, error) { return nil, syscall.ECONNRESET },
			[]error{context.Canceled, syscall.ECONNRESET}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newTestClient(t, func(*http.Request) (*http.Response, error) { return c.answer() },
					WithRetry(RetryPolicy{MaxRetries: 5, BaseDelay: time.Hour, MaxDelay: time.Hour}))
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Millisecond, func() { cancel(c.cause) })
				start := time.Now()
				_, err := client.WSTokens.Mint(ctx, MintParams{})
				if took := time.Since(start); took != time.Millisecond {
					t.Errorf("returned %s after the cancellation", took-time.Millisecond)
				}
				for _, want := range c.is {
					if !errors.Is(err, want) {
						t.Errorf("%v does not match %v", err, want)
					}
				}
				if strings.Contains(err.Error(), "\n") {
					t.Errorf("more than one line: %q", err)
				}
			})
		})
	}
}

// A wait that would end after the deadline is not begun.
func TestWaitBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		left     time.Duration
		answer   func() (*http.Response, error)
		attempts int
		took     time.Duration
		is       []error
	}{
		"Retry-After":      {10 * time.Second, func() (*http.Response, error) { return respond(429, "", "Retry-After", "30"), nil }, 1, 0, []error{context.DeadlineExceeded, ErrRateLimited}},
		"hint in the body": {10 * time.Second, func() (*http.Response, error) { return respond(503, `{"retry_after":"30 seconds"}`), nil }, 1, 0, []error{context.DeadlineExceeded, ErrServer}},
		"to the second":    {30 * time.Second, func() (*http.Response, error) { return respond(503, "", "Retry-After", "30"), nil }, 1, 0, []error{context.DeadlineExceeded, ErrServer}},
		"the second wait":  {50 * time.Second, func() (*http.Response, error) { return respond(503, "", "Retry-After", "30"), nil }, 2, 30 * time.Second, []error{context.DeadlineExceeded, ErrServer}},
		"both waits fit":   {61 * time.Second, func() (*http.Response, error) { return respond(503, "", "Retry-After", "30"), nil }, 3, time.Minute, []error{ErrServer}},
		"back-off":         {time.Nanosecond, func() (*http.Response, error) { return nil, syscall.ECONNRESET }, 1, 0, []error{context.DeadlineExceeded, syscall.ECONNRESET}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				attempts := 0
				client := newTestClient(t, func(*http.Request) (*http.Response, error) {
					attempts++
					return c.answer()
				}, WithRetry(RetryPolicy{MaxRetries: 2, BaseDelay: 30 * time.Second, MaxDelay: 30 * time.Second}))
				ctx, cancel := context.WithTimeout(t.Context(), c.left)
				defer cancel()
				start := time.Now()
				_, err := client.WSTokens.Mint(ctx, MintParams{})
				if took := time.Since(start); took != c.took || attempts != c.attempts {
					t.Errorf("returned after %s and %d attempts, want %s and %d", took, attempts, c.took, c.attempts)
				}
				for _, want := range c.is {
					if !errors.Is(err, want) {
						t.Errorf("%v does not match %v", err, want)
					}
				}
			})
		})
	}
}

func TestCancelledContextIsNotRetried(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"no answer":              func(req *http.Request) (*http.Response, error) { return nil, req.Context().Err() },
		"an answer to try again": func(*http.Request) (*http.Response, error) { return respond(503, ""), nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			attempts, told := 0, 0
			ctx, cancel := context.WithCancel(t.Context())
			client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
				attempts++
				cancel()
				return answer(req)
			}, WithRetryObserver(func(Retry) { told++ }))
			_, err := client.WSTokens.Mint(ctx, MintParams{})
			if err == nil || attempts != 1 || told != 0 {
				t.Errorf("%d attempts, %d retries told of, %v", attempts, told, err)
			}
			if name == "no answer" && !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
			if left := client.cfg.budget.left.Load(); left != int64(DefaultRetry().Budget) {
				t.Errorf("%d retries are left in the budget, and none was made", left)
			}
		})
	}
}

// A total outage costs at most the budget, however many calls fail.
func TestRetryBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var attempts int
		healthy := false
		client := newTestClient(t, func(*http.Request) (*http.Response, error) {
			attempts++
			if healthy {
				return respond(200, minted), nil
			}
			return respond(503, ""), nil
		})
		derived, err := client.With(WithTimeout(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		const calls = 1000
		for i := range calls {
			_, _ = []*Client{client, derived}[i%2].WSTokens.Mint(t.Context(), MintParams{})
		}
		if retries := attempts - calls; retries != DefaultRetry().Budget {
			t.Errorf("%d failing calls caused %d retries, want %d", calls, retries, DefaultRetry().Budget)
		}
		healthy = true
		for range 3 {
			if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
				t.Fatal(err)
			}
		}
		healthy, attempts = false, 0
		for range 10 {
			_, _ = client.WSTokens.Mint(t.Context(), MintParams{})
		}
		if retries := attempts - 10; retries != 3 {
			t.Errorf("3 successes paid for %d retries", retries)
		}
	})
}

func TestRetryPolicy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			policy   RetryPolicy
			attempts int
		}{{RetryPolicy{}, 1}, {RetryPolicy{MaxRetries: 4}, 5}} {
			attempts := 0
			client := newTestClient(t, func(*http.Request) (*http.Response, error) {
				attempts++
				return respond(503, ""), nil
			}, WithRetry(c.policy))
			_, _ = client.WSTokens.Mint(t.Context(), MintParams{})
			if attempts != c.attempts {
				t.Errorf("%+v: %d attempts, want %d", c.policy, attempts, c.attempts)
			}
		}
	})
	for _, policy := range []RetryPolicy{{MaxRetries: -1}, {BaseDelay: -1}, {MaxDelay: -1}, {MaxRetryAfter: -1}, {Budget: -1}} {
		if _, err := New(WithRetry(policy)); !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%+v: %v", policy, err)
		}
	}
}

func TestBackoffGrowsAndIsCapped(t *testing.T) {
	t.Parallel()
	policy := RetryPolicy{BaseDelay: time.Second, MaxDelay: 8 * time.Second}
	for n, ceiling := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 8 * time.Second} {
		longest, shortest := time.Duration(0), ceiling
		for range 2000 {
			wait := policy.backoff(n)
			longest, shortest = max(longest, wait), min(shortest, wait)
		}
		if shortest > ceiling/10 { // full jitter: replicas that failed together do not come back together
			t.Errorf("retry %d: the shortest of many waits is %s of at most %s", n, shortest, ceiling)
		}
		if longest > ceiling || longest < ceiling/2 {
			t.Errorf("retry %d: the longest of many waits is %s, want close to %s", n, longest, ceiling)
		}
	}
	for _, n := range []int{31, 32, 63, 64, 1000} {
		if wait := policy.backoff(n); wait < 0 || wait > policy.MaxDelay {
			t.Errorf("retry %d waits %s", n, wait)
		}
	}
}

func TestEveryAttemptSendsTheWholeBodyAndClosesItsAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		var closed atomic.Int64
		client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
			content, err := io.ReadAll(req.Body)
			if err != nil {
				return nil, err
			}
			sent = append(sent, string(content))
			resp := respond(503, "")
			resp.Body = closeCounter{strings.NewReader("{}"), &closed}
			return resp, nil
		})
		_, _ = client.WSTokens.Mint(t.Context(), MintParams{Scope: pepay.WSTokenScopeMerchant})
		if len(sent) != 3 || closed.Load() != 3 {
			t.Fatalf("%d attempts, %d answers closed, want 3 each", len(sent), closed.Load())
		}
		for _, content := range sent {
			if content != `{"scope":"merchant","ttl_seconds":60}` {
				t.Errorf("an attempt sent %q", content)
			}
		}
	})
}

func TestABodyThatCannotBeRewoundIsSentOnce(t *testing.T) {
	t.Parallel()
	attempts := 0
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		attempts++
		return respond(503, ""), nil
	})
	once := io.MultiReader(bytes.NewReader([]byte(`{}`))) // hides what it is
	_, err := client.API().MintWSTokenWithBodyWithResponse(t.Context(), "application/json", once)
	if !errors.Is(err, ErrServer) || attempts != 1 {
		t.Errorf("%d attempts, %v", attempts, err)
	}
}
