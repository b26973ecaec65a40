package wrapper

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

func TestUserAgent(t *testing.T) {
	t.Parallel()
	base := "pepay-go/" + Version + " (" + runtime.GOOS + "; " + goVersion() + ")"
	for _, c := range []struct {
		opts []Option
		want string
	}{
		{nil, base},
		{[]Option{WithApplication("shop", "1.2")}, base + " shop/1.2"},
		{[]Option{WithApplication("shop", "")}, base + " shop"},
	} {
		var got http.Header
		client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
			got = req.Header
			return respond(200, minted), nil
		}, c.opts...)
		if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
			t.Fatal(err)
		}
		if got.Get("User-Agent") != c.want || got.Get("Accept") != "application/json" {
			t.Errorf("got %v, want %q", got, c.want)
		}
	}
	for _, name := range []string{"", "my shop", "a/b", "shop\n", "é"} {
		if _, err := New(WithApplication(name, "1")); !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestOneRecordPerCall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		answers []int
		level   string
		has     []string
	}{
		{"success", []int{200}, "DEBUG", []string{`"operation":"mintWsToken"`, `"path":"/api/v1/ws/token"`, `"status":200`, `"attempts":1`, `"request_id":"req_1"`}},
		{"success after a retry", []int{503, 200}, "WARN", []string{`"status":200`, `"attempts":2`}},
		{"failure", []int{401}, "ERROR", []string{`"status":401`, `"attempts":1`}},
		{"failure after retries", []int{503, 503, 503}, "ERROR", []string{`"status":503`, `"attempts":3`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			answers := c.answers
			client := newTestClient(t, func(*http.Request) (*http.Response, error) {
				status := answers[0]
				answers = answers[1:]
				return respond(status, minted, "X-Request-Id", "req_1"), nil
			},
				WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
				WithRetry(RetryPolicy{MaxRetries: 2, BaseDelay: time.Microsecond}))
			_, _ = client.WSTokens.Mint(t.Context(), MintParams{})
			if strings.Count(log.String(), "\n") != 1 {
				t.Fatalf("want one record: %s", log.String())
			}
			for _, want := range append(c.has, `"level":"`+c.level+`"`) {
				if !strings.Contains(log.String(), want) {
					t.Errorf("%s is not in %s", want, log.String())
				}
			}
		})
	}
}

// A success that the method cannot use is a failure, also in the log.
func TestMalformedAnswerIsLoggedAsAFailure(t *testing.T) {
	t.Parallel()
	for _, content := range []string{`{"success":true,"data":{}}`, `{"success":tr`, `[]`} {
		var log bytes.Buffer
		client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, content), nil },
			WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		_, err := client.WSTokens.Mint(t.Context(), MintParams{})
		var failure *Error
		if !errors.As(err, &failure) || string(failure.Body()) != content {
			t.Errorf("%s: %v", content, err)
		}
		if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), `"level":"ERROR"`) || !strings.Contains(log.String(), "malformed response") {
			t.Errorf("%s: logged %s", content, log.String())
		}
	}
}

func TestLoggerBelowItsLevelIsNotAsked(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, minted), nil },
		WithLogger(slog.New(slog.NewJSONHandler(&log, nil))))
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil || log.Len() != 0 {
		t.Errorf("%v, logged %s", err, log.String())
	}
}

func TestMiddleware(t *testing.T) {
	t.Parallel()
	var order []string
	layer := func(name string) Middleware {
		return func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer {
			return doerFunc(func(req *http.Request) (*http.Response, error) {
				order = append(order, name)
				if req.Header.Get("X-Api-Key") != "" {
					t.Error("a middleware sees the credential")
				}
				resp, err := next.Do(req)
				var failure *Error
				if !errors.As(err, &failure) {
					t.Errorf("a middleware should see the final error, not %v and %v", resp, err)
				}
				return resp, err
			})
		}
	}
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		order = append(order, "attempt")
		return respond(503, ""), nil
	}, WithMiddleware(layer("a")), WithMiddleware(layer("b")), WithRetry(RetryPolicy{MaxRetries: 1, BaseDelay: time.Microsecond}))
	derived, err := client.With(WithMiddleware(layer("c")))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = derived.WSTokens.Mint(t.Context(), MintParams{})
	if want := []string{"a", "b", "c", "attempt", "attempt"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	order = nil
	_, _ = client.WSTokens.Mint(t.Context(), MintParams{})
	if want := []string{"a", "b", "attempt", "attempt"}; !slices.Equal(order, want) {
		t.Errorf("the derived client's middleware reached its parent: %v", order)
	}
}

func TestMiddlewareThatFailsByItself(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	closed := errors.New("circuit open")
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, nil
	}, WithMiddleware(func(pepay.HttpRequestDoer) pepay.HttpRequestDoer {
		return doerFunc(func(*http.Request) (*http.Response, error) { return nil, closed })
	}), WithLogger(slog.New(slog.NewJSONHandler(&log, nil))))
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); !errors.Is(err, closed) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(log.String(), "circuit open") {
		t.Errorf("logged %s", log.String())
	}
}

// A call made by a middleware is a call of its own.
func TestNestedCall(t *testing.T) {
	t.Parallel()
	var captured *http.Response
	inner := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, minted, "X-From", "inner"), nil })
	client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, minted, "X-From", "outer"), nil },
		WithMiddleware(func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer {
			return doerFunc(func(req *http.Request) (*http.Response, error) {
				resp, err := next.Do(req)
				if _, innerErr := inner.API().MintWSTokenWithResponse(req.Context(), pepay.MintWSTokenRequest{}); innerErr != nil {
					t.Error(innerErr)
				}
				return resp, err
			})
		}))
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}, CaptureResponse(&captured)); err != nil {
		t.Fatal(err)
	}
	if captured.Header.Get("X-From") != "outer" {
		t.Error("the inner call overwrote the outer one's capture")
	}
}

var uuid4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	documented := &pepay.Operation{ID: "createInvoice", IdempotencyKey: true}
	for _, c := range []struct {
		name    string
		op      *pepay.Operation
		own     string // from WithIdempotencyKey
		header  string // from a parameter of the generated client
		want    string // "" none, "uuid" a fresh one
		invalid bool
	}{
		{name: "documented", op: documented, want: "uuid"},
		{name: "documented, own", op: documented, own: "mine", want: "mine"},
		{name: "documented, parameter", op: documented, header: "param", want: "param"},
		{name: "documented, own wins", op: documented, own: "mine", header: "param", want: "mine"},
		{name: "not documented", op: plainWrite},
		{name: "not documented, own", op: plainWrite, own: "mine", invalid: true},
		{name: "unknown operation"},
		{name: "unknown operation, own", own: "mine", want: "mine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			if c.header != "" {
				header.Set("Idempotency-Key", c.header)
			}
			cl := &call{idempotencyKey: c.own}
			if c.op != nil {
				cl.op = newOperation(c.op)
			}
			err := cl.setIdempotencyKey(header)
			if errors.Is(err, ErrInvalidArgument) != c.invalid {
				t.Fatalf("got %v", err)
			}
			got := header.Get("Idempotency-Key")
			if c.want == "uuid" {
				if !uuid4.MatchString(got) {
					t.Errorf("%q is not a version 4 UUID", got)
				}
			} else if !c.invalid && got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !c.invalid && cl.idempotencyKey != got {
				t.Errorf("the error would name %q, sent was %q", cl.idempotencyKey, got)
			}
		})
	}
	if one, other := newUUID(), newUUID(); one == other {
		t.Errorf("two keys are both %s", one)
	}
}
