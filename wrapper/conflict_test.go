package wrapper

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A 409 caused by an earlier attempt of the same call is retried; any other is
// returned at once.
func TestConflictWithAnEarlierAttempt(t *testing.T) {
	t.Parallel()
	broken := func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }
	status := func(code int, headers ...string) func() (*http.Response, error) {
		return func() (*http.Response, error) { return respond(code, `{"error":"in progress"}`, headers...), nil }
	}
	for _, c := range []struct {
		name     string
		key      string
		answers  []func() (*http.Response, error)
		attempts int
		want     error
		may      bool // the error says that the first attempt may have succeeded
	}{
		{"broken, conflict, success", "k", []func() (*http.Response, error){broken, status(409), status(200)}, 3, nil, false},
		{"broken, conflict for a while", "k", []func() (*http.Response, error){broken, status(409), status(409), status(200)}, 4, nil, false},
		{"broken, conflict for ever", "k", []func() (*http.Response, error){broken, status(409), status(409), status(409)}, 4, ErrConflict, true},
		{"a gateway's 504, conflict, success", "k", []func() (*http.Response, error){status(504), status(409), status(200)}, 3, nil, false},
		{"a gateway's 502, conflict for ever", "k", []func() (*http.Response, error){status(502), status(409), status(409), status(409)}, 4, ErrConflict, true},
		{"conflict that asks to wait longer than allowed", "k", []func() (*http.Response, error){broken, status(409, "Retry-After", "3600")}, 2, ErrConflict, true},
		{"conflict at once", "k", []func() (*http.Response, error){status(409)}, 1, ErrConflict, false},
		{"conflict after an answer", "k", []func() (*http.Response, error){status(503), status(409)}, 2, ErrConflict, false},
		{"conflict after nothing was sent", "k", []func() (*http.Response, error){
			func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED} }, status(409)}, 2, ErrConflict, false},
		{"without a key", "", []func() (*http.Response, error){status(503), status(409)}, 2, ErrConflict, false},
		{"broken, then refused", "k", []func() (*http.Response, error){broken, status(400)}, 2, ErrInvalidRequest, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				attempts := 0
				client := newTestClient(t, func(*http.Request) (*http.Response, error) {
					attempts++
					return c.answers[attempts-1]()
				}, WithRetry(RetryPolicy{MaxRetries: 3}))
				var opts []CallOption
				if c.key != "" {
					opts = append(opts, WithIdempotencyKey(c.key))
				}
				err := client.Call(t.Context(), "POST", "/api/v9/invoices", struct{}{}, nil, opts...)
				if attempts != c.attempts || !errors.Is(err, c.want) {
					t.Errorf("%d attempts, %v", attempts, err)
				}
				if may := err != nil && strings.Contains(err.Error(), "may have succeeded"); may != c.may {
					t.Errorf("reads %v", err)
				}
				if IsRetryable(err) != c.may {
					t.Errorf("retryable: %v", err)
				}
			})
		})
	}
}

// A long message does not push the cause or the request id out of the text.
func TestLongMessageDoesNotHideTheReason(t *testing.T) {
	t.Parallel()
	attempts := 0
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		if attempts++; attempts == 1 {
			return nil, io.ErrUnexpectedEOF
		}
		return respond(409, `{"error":"`+strings.Repeat("in progress ", 100)+`"}`, "X-Request-Id", "req_7"), nil
	}, WithRetry(RetryPolicy{MaxRetries: 1, BaseDelay: time.Microsecond}))
	err := client.Call(t.Context(), "POST", "/x", struct{}{}, nil, WithIdempotencyKey("k"))
	text := err.Error()
	if len(text) > 300 || !strings.Contains(text, "409 in progress") || !strings.Contains(text, "may have succeeded") || !strings.HasSuffix(text, "(request req_7)") {
		t.Errorf("%d bytes: %s", len(text), text)
	}
}
