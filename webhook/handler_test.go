package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
)

func deliver(h http.Handler, method, content string, headers http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/webhook", strings.NewReader(content))
	r.Header = headers.Clone()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandlerAnswers(t *testing.T) {
	t.Parallel()
	ok := func(context.Context, *pepay.Event) error { return nil }
	returns := func(err error) func(context.Context, *pepay.Event) error {
		return func(context.Context, *pepay.Event) error { return fmt.Errorf("it says: %w", err) }
	}
	signed := func(content string) http.Header { return Sign(current, at, []byte(content)) }
	for _, c := range []struct {
		name    string
		fn      func(context.Context, *pepay.Event) error
		opts    []HandlerOption
		method  string
		content string
		headers http.Header
		status  int
		answer  string
	}{
		{name: "handled", fn: ok, status: 200, answer: `{"ok":true}`},
		{name: "GET", fn: ok, method: "GET", status: 405, answer: `{"error":"method_not_allowed"}`},
		{name: "no signature", fn: ok, headers: http.Header{}, status: 400, answer: `{"error":"invalid_signature"}`},
		{name: "bad signature", fn: ok, headers: signed("x"), status: 400, answer: `{"error":"invalid_signature"}`},
		{name: "seconds", fn: ok, headers: headers("1700000002", signature(current, "1700000002", body)), status: 400, answer: `{"error":"invalid_signature"}`},
		{name: "old", fn: ok, headers: Sign(current, at.Add(-time.Hour), []byte(body)), status: 400, answer: `{"error":"timestamp_out_of_range"}`},
		{name: "not JSON", fn: ok, content: `hello`, status: 400, answer: `{"error":"malformed_event"}`},
		{name: "array", fn: ok, content: `[]`, status: 400, answer: `{"error":"malformed_event"}`},
		{name: "no id", fn: ok, content: `{"type":"invoice.updated"}`, status: 400, answer: `{"error":"malformed_event"}`},
		{name: "no type", fn: ok, content: `{"id":"evt_1"}`, status: 400, answer: `{"error":"malformed_event"}`},
		{name: "too large", fn: ok, content: strings.Repeat("x", 1<<20+1), status: 413, answer: `{"error":"body_too_large"}`},
		{name: "too large by choice", fn: ok, opts: []HandlerOption{WithMaxBytes(10)}, status: 413, answer: `{"error":"body_too_large"}`},
		{name: "fn fails", fn: func(context.Context, *pepay.Event) error { return errors.New("no") }, status: 500, answer: `{"error":"handler_failed"}`},
		{name: "fn panics", fn: func(context.Context, *pepay.Event) error { panic("no") }, status: 500, answer: `{"error":"handler_failed"}`},
		{name: "fn finds a duplicate", fn: returns(ErrDuplicate), status: 200, answer: `{"ok":true}`},
		{name: "fn finds it in progress", fn: returns(ErrInProgress), status: 503, answer: `{"error":"try_again"}`},
		{name: "fn lacks its database", fn: returns(ErrUnavailable), status: 503, answer: `{"error":"try_again"}`},
		{name: "claim fails", fn: ok, opts: []HandlerOption{WithDeduper(broken{claim: errors.New("no")})}, status: 503, answer: `{"error":"try_again"}`},
		{name: "commit fails", fn: ok, opts: []HandlerOption{WithDeduper(broken{commit: errors.New("no")})}, status: 503, answer: `{"error":"try_again"}`},
		{name: "claim lost", fn: ok, opts: []HandlerOption{WithDeduper(broken{commit: fmt.Errorf("taken over: %w", ErrClaimLost)})}, status: 503, answer: `{"error":"try_again"}`},
		{name: "in progress", fn: ok, opts: []HandlerOption{WithDeduper(broken{says: InProgress})}, status: 503, answer: `{"error":"try_again"}`},
		{name: "done", fn: ok, opts: []HandlerOption{WithDeduper(broken{says: Done})}, status: 200, answer: `{"ok":true}`},
		{name: "a claim nobody knows", fn: ok, opts: []HandlerOption{WithDeduper(broken{says: 9})}, status: 503, answer: `{"error":"try_again"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.content == "" {
				c.content = body
			}
			if c.headers == nil {
				c.headers = signed(c.content)
			}
			if c.method == "" {
				c.method = "POST"
			}
			w := deliver(verifier(t, current).Handler(c.fn, c.opts...), c.method, c.content, c.headers)
			if w.Code != c.status || strings.TrimSpace(w.Body.String()) != c.answer || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, c.status, c.answer)
			}
			if (w.Code == 503) != (w.Header().Get("Retry-After") != "") || (w.Code == 405) != (w.Header().Get("Allow") == "POST") {
				t.Errorf("%d with %v", w.Code, w.Header())
			}
		})
	}
}

type broken struct {
	says          Claim
	claim, commit error
}

func (b broken) Claim(context.Context, string, string) (Claim, error) { return b.says, b.claim }
func (b broken) Commit(context.Context, string, string) error         { return b.commit }
func (b broken) Release(context.Context, string, string) error        { return errors.New("no") }

// A body of unknown length is bounded too.
func TestHandlerChunkedBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(verifier(t, current).Handler(func(context.Context, *pepay.Event) error { return nil }, WithMaxBytes(int64(len(body)))))
	defer server.Close()
	for _, c := range []struct {
		content string
		status  int
	}{{body, 200}, {body + " ", 413}} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL, io.MultiReader(strings.NewReader(c.content)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = Sign(current, at, []byte(c.content))
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.status {
			t.Errorf("%d bytes: got %d, want %d", len(c.content), resp.StatusCode, c.status)
		}
	}
}

func TestHandlerHandlesOnce(t *testing.T) {
	t.Parallel()
	var calls int
	fail := true
	h := verifier(t, current).Handler(func(_ context.Context, ev *pepay.Event) error {
		calls++
		ev.ID = "changed by the handler"
		if fail {
			return errors.New("not yet")
		}
		return nil
	})
	signed := Sign(current, at, []byte(body))
	if w := deliver(h, "POST", body, signed); w.Code != 500 {
		t.Fatalf("%d", w.Code)
	}
	fail = false
	for range 3 { // the first of them is Pepay's retry of the one that failed
		if w := deliver(h, "POST", body, signed); w.Code != 200 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if calls != 2 {
		t.Errorf("handled %d times, want once after one failure", calls)
	}
}

// Two deliveries come at once: one is handled and the other is answered with 503.
// The event is not lost when the first one fails.
func TestHandlerConcurrentDeliveries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		h := verifier(t, current).Handler(func(context.Context, *pepay.Event) error {
			time.Sleep(time.Second)
			if calls.Add(1) == 1 {
				panic("the first one fails")
			}
			return nil
		})
		signed := Sign(current, at, []byte(body))
		var first, second int
		var wg sync.WaitGroup
		wg.Go(func() { first = deliver(h, "POST", body, signed).Code })
		synctest.Wait()
		wg.Go(func() { second = deliver(h, "POST", body, signed).Code })
		wg.Wait()
		if first != 500 || second != 503 {
			t.Errorf("got %d and %d", first, second)
		}
		if w := deliver(h, "POST", body, signed); w.Code != 200 || calls.Load() != 2 {
			t.Errorf("%d after %d calls", w.Code, calls.Load())
		}
	})
}

// The commit does not use the context of a request that Pepay has cancelled.
func TestHandlerCommitsAfterTheSenderIsGone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	seen := &recording{}
	h := verifier(t, current).Handler(func(context.Context, *pepay.Event) error { cancel(); return nil }, WithDeduper(seen))
	r := httptest.NewRequest("POST", "/", strings.NewReader(body)).WithContext(ctx)
	r.Header = Sign(current, at, []byte(body))
	h.ServeHTTP(httptest.NewRecorder(), r)
	if seen.committed != nil {
		t.Errorf("committed with a context that is %v", seen.committed)
	}
}

type recording struct{ committed error }

func (*recording) Claim(context.Context, string, string) (Claim, error) { return Claimed, nil }
func (r *recording) Commit(ctx context.Context, _, _ string) error {
	r.committed = ctx.Err()
	return nil
}
func (*recording) Release(context.Context, string, string) error { return nil }

func TestHandlerLogs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := verifier(t, current).Handler(func(context.Context, *pepay.Event) error { return errors.New("database down") }, WithLogger(logger))
	deliver(h, "POST", body, Sign(current, at, []byte(body)))
	deliver(h, "POST", body, Sign(previous, at, []byte(body)))
	for _, want := range []string{"database down", "evt_1700000002000-789", "bad signature"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is not in %s", want, log.String())
		}
	}
	for _, secret := range []string{current.Reveal(), previous.Reveal(), "inv_123", signature(current, fmt.Sprint(at.UnixMilli()), body)} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("logged %s", log.String())
		}
	}
}

func TestImpossibleOptionsPanic(t *testing.T) {
	t.Parallel()
	ok := func(context.Context, *pepay.Event) error { return nil }
	for name, build := range map[string]func(){
		"WithDeduper":  func() { verifier(t, current).Handler(ok, WithDeduper(nil)) },
		"WithMaxBytes": func() { verifier(t, current).Handler(ok, WithMaxBytes(0)) },
		"WithLogger":   func() { verifier(t, current).Handler(ok, WithLogger(nil)) },
		"Handler":      func() { verifier(t, current).Handler(nil) },

		"WithTolerance: must": func() { verifier(t, current).WithTolerance(0) },
		"WithTolerance":       func() { verifier(t, current).WithTolerance(-time.Second) },
		"WithClock":           func() { verifier(t, current).WithClock(nil) },
		"Sign":                func() { Sign("", at, nil) },
	} {
		func() {
			defer func() {
				if p := fmt.Sprint(recover()); !strings.Contains(p, name) {
					t.Errorf("%s: %s", name, p)
				}
			}()
			build()
		}()
	}
}
