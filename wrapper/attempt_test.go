package wrapper

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/internal/memnet"
)

// once is the policy of a client that does not retry.
var once = WithRetry(RetryPolicy{})

// serve starts a server and a client of its own connections to it.
func serve(t *testing.T, h http.HandlerFunc, opts ...Option) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	client, err := New(append([]Option{WithBaseURL(server.URL), WithAPIKey("key-1"), WithHTTPClient(server.Client())}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		length int64
		want   error
	}{
		{"success at the limit", 200, 1000, nil},
		{"success beyond the limit", 200, 1001, ErrResponseTooLarge},
		{"success far beyond the limit", 200, 64 << 20, ErrResponseTooLarge},
		{"error far beyond the limit", 500, 64 << 20, ErrServer},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var read atomic.Int64
			transport := doerFunc(func(*http.Request) (*http.Response, error) {
				resp := respond(c.status, "")
				resp.Header.Set("Content-Type", "text/plain")
				resp.Header.Set("X-Request-Id", "req_7")
				resp.ContentLength = c.length
				resp.Body = io.NopCloser(io.TeeReader(io.LimitReader(zeros{}, c.length), counter{&read}))
				return resp, nil
			})
			client := newTestClient(t, transport, once, WithMaxResponseBytes(1000))
			err := client.Call(t.Context(), "GET", "/x", nil, nil)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if read.Load() > 1<<20 {
				t.Errorf("%d bytes were read", read.Load())
			}
			var failure *Error
			if errors.As(err, &failure) && (failure.StatusCode != c.status || failure.RequestID != "req_7") {
				t.Errorf("status and request id are lost: %#v", failure)
			}
		})
	}
}

// Reading one byte more than the largest limit must not overflow.
func TestAnyLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{math.MaxInt64, math.MaxInt64 - 1, int64(len(minted))} {
		client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, minted), nil }, WithMaxResponseBytes(limit))
		if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
			t.Errorf("%d: %v", limit, err)
		}
	}
}

func TestErrorKeeps64KiB(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		return respond(500, strings.Repeat("x", 100<<10)), nil
	}, once)
	err := client.Call(t.Context(), "GET", "/x", nil, nil)
	var failure *Error
	if !errors.As(err, &failure) || len(failure.Body()) != 64<<10 {
		t.Errorf("kept %d bytes", len(failure.Body()))
	}
}

// No more of an error is in memory, however long it is.
func TestErrorsAreNotReadWhole(t *testing.T) {
	t.Parallel()
	for _, length := range []int{100, maxErrorBody, maxErrorBody + 1, 1 << 20} {
		a := &attempt{limit: defaultMaxResponseBytes}
		content, err := a.read(respond(500, strings.Repeat("x", length)))
		if err != nil || len(content) != min(length, maxErrorBody) {
			t.Errorf("%d of %d bytes were kept, %v", len(content), length, err)
		}
	}
}

// A drained error answer leaves the connection usable.
func TestConnectionIsReusedAfterAnError(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, strings.Repeat("x", 200<<10))
	}, once)
	reused := 0
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			if info.Reused {
				reused++
			}
		},
	})
	for range 3 {
		if err := client.Call(ctx, "GET", "/x", nil, nil); !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
	}
	if reused != 2 {
		t.Errorf("%d of 2 connections were reused", reused)
	}
}

func TestResetInMidBody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		method   string
		status   int
		attempts int64
		check    func(*Error) bool
	}{
		{"success of a read", "GET", 200, 3, func(e *Error) bool { return e.StatusCode == 0 && errors.Is(e, io.ErrUnexpectedEOF) }},
		{"success of a write", "POST", 200, 1, func(e *Error) bool { return e.StatusCode == 0 && errors.Is(e, io.ErrUnexpectedEOF) }},
		{"refusal", "POST", 401, 1, func(e *Error) bool { return errors.Is(e, ErrUnauthorized) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int64
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				attempts.Add(1)
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Length", "1000")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, `{"success":tr`)
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}, WithRetry(RetryPolicy{MaxRetries: 2, BaseDelay: time.Millisecond}))
			err := client.Call(t.Context(), c.method, "/x", nil, nil)
			var failure *Error
			if !errors.As(err, &failure) || !c.check(failure) {
				t.Errorf("got %v", err)
			}
			if attempts.Load() != c.attempts {
				t.Errorf("%d attempts, want %d", attempts.Load(), c.attempts)
			}
		})
	}
}

func TestRedirectsAreRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308, 300, 304} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			var elsewhere atomic.Int64
			other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
			t.Cleanup(other.Close)
			hops := 0
			hc := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { hops++; return nil }}
			t.Cleanup(hc.CloseIdleConnections)
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", other.URL+"/?secret=canary-11")
				w.Header().Set("X-Request-Id", "req_9")
				w.WriteHeader(status)
			}, WithHTTPClient(hc))
			_, err := client.WSTokens.Mint(t.Context(), MintParams{})
			var failure *Error
			if !errors.Is(err, ErrRedirect) || !errors.As(err, &failure) || failure.StatusCode != status || failure.RequestID != "req_9" {
				t.Errorf("got %#v", err)
			}
			if strings.Contains(err.Error(), "canary-11") {
				t.Errorf("the error prints the location: %v", err)
			}
			if elsewhere.Load() != 0 || hops != 0 || failure.Attempts != 1 {
				t.Errorf("%d requests elsewhere, %d hops, %d attempts", elsewhere.Load(), hops, failure.Attempts)
			}
		})
	}
}

func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"before the answer", "in mid-body"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				listener := memnet.Listen()
				server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body) // the server notices a closed connection only then
					if stage == "in mid-body" {
						_, _ = io.WriteString(w, "{")
						_ = http.NewResponseController(w).Flush()
					}
					<-r.Context().Done()
				})}
				go func() { _ = server.Serve(listener) }()
				defer func() { _ = server.Close() }()
				transport := &http.Transport{DialContext: listener.DialContext}
				defer transport.CloseIdleConnections()
				client, err := New(WithBaseURL("http://"+listener.Addr().String()), WithAPIKey("key-1"), once,
					WithHTTPClient(&http.Client{Transport: transport}), WithTimeout(3*time.Second))
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = client.WSTokens.Mint(t.Context(), MintParams{})
				var failure *Error
				if !errors.As(err, &failure) || !errors.Is(err, context.DeadlineExceeded) || failure.StatusCode != 0 {
					t.Errorf("got %v", err)
				}
				if !strings.Contains(err.Error(), "3s") {
					t.Errorf("the error does not say how long it waited: %v", err)
				}
				var timeout net.Error
				if !errors.As(err, &timeout) || !timeout.Timeout() {
					t.Error("the cause is no timeout by net's definition")
				}
				if took := time.Since(start); took != 3*time.Second {
					t.Errorf("took %s", took)
				}
			})
		})
	}
}

// net/http puts the whole URL into its errors.
func TestTransportErrorsHaveNoURL(t *testing.T) {
	t.Parallel()
	const canary = "canary-42ab"
	for name, cause := range map[string]error{
		"reset":      syscall.ECONNRESET,
		"nested":     &url.Error{Op: "Get", URL: "https://x?token=" + canary, Err: syscall.ECONNRESET},
		"tls":        tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"},
		"unexpected": io.ErrUnexpectedEOF,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, func(*http.Request) (*http.Response, error) { return nil, cause }, once)
			err := client.Call(t.Context(), "GET", "/x?token="+canary, nil, nil)
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), fmt.Sprintf("%#v", errors.Unwrap(err))} {
				if strings.Contains(text, canary) || strings.Contains(text, "api.example") {
					t.Errorf("the URL is in %s", text)
				}
			}
			var inner *url.Error
			if errors.As(err, &inner) {
				t.Errorf("the cause still holds a URL: %v", inner)
			}
		})
	}
}

func TestUserClientIsNotChanged(t *testing.T) {
	t.Parallel()
	hc := &http.Client{Timeout: time.Minute, Transport: doerFunc(func(*http.Request) (*http.Response, error) { return respond(200, minted), nil })}
	client, err := New(WithHTTPClient(hc), WithAPIKey("key-1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
		t.Fatal(err)
	}
	if hc.CheckRedirect != nil || hc.Timeout != time.Minute {
		t.Error("the caller's client was changed")
	}
	copied := client.HTTPClient()
	if copied == hc || copied.CheckRedirect == nil || copied.Timeout != time.Minute {
		t.Error("HTTPClient is not a copy that refuses redirects")
	}
	copied.Transport = nil
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
		t.Errorf("changing the result of HTTPClient changed the client: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type counter struct{ n *atomic.Int64 }

func (c counter) Write(p []byte) (int, error) { c.n.Add(int64(len(p))); return len(p), nil }
