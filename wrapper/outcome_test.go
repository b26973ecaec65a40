package wrapper

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// Whichever way a call is made, there is one record of it, and the record has the
// outcome that the caller gets.
func TestOneRecordWithTheOutcome(t *testing.T) {
	t.Parallel()
	const event = `{"success":true,"data":{"id":"evt_1","type":"t"}}`
	ways := map[string]func(context.Context, *Client) error{
		"method": func(ctx context.Context, c *Client) error { _, err := c.Events.Get(ctx, "evt_1"); return err },
		"API": func(ctx context.Context, c *Client) error {
			_, err := c.API().GetEventWithResponse(ctx, "evt_1")
			return err
		},
		"Call": func(ctx context.Context, c *Client) error {
			var ev struct{ ID string }
			return c.Call(ctx, "GET", "/api/v1/events/evt_1", nil, &ev)
		},
	}
	for _, c := range []struct {
		name    string
		answers []string // status and content; "" where the connection breaks
		fails   bool
		level   string
		has     []string
	}{
		{"success", []string{"200 " + event}, false, "DEBUG", []string{"status=200", "attempts=1"}},
		{"after a retry", []string{"", "200 " + event}, false, "WARN", []string{"status=200", "attempts=2"}},
		{"another success", []string{"203 " + event}, false, "DEBUG", []string{"status=203"}},
		{"refused", []string{"401 " + `{"error":"no","code":"X"}`}, true, "ERROR", []string{"error.status=401", "error.code=X"}},
		{"success:false", []string{"200 " + `{"success":false,"error":"no"}`}, true, "ERROR", []string{"error.status=200"}},
		{"does not fit", []string{"200 " + `{"success":true,"data":"text"}`}, true, "ERROR", []string{"error.status=200", "malformed response"}},
		{"broken JSON", []string{"200 " + event[:30]}, true, "ERROR", []string{"error.status=200", "malformed response"}},
		{"bytes behind it", []string{"200 " + event + "x"}, true, "ERROR", []string{"error.status=200", "malformed response"}},
		{"no content", []string{"204 " + ""}, true, "ERROR", []string{"error.status=204", "malformed response"}},
		{"connection breaks", []string{"", ""}, true, "ERROR", []string{"unexpected EOF", "attempts=2"}},
	} {
		for way, call := range ways {
			t.Run(c.name+"/"+way, func(t *testing.T) {
				t.Parallel()
				var log bytes.Buffer
				n := 0
				client := newTestClient(t, func(*http.Request) (*http.Response, error) {
					status, content, ok := strings.Cut(c.answers[n], " ")
					n++
					if !ok {
						return nil, io.ErrUnexpectedEOF
					}
					code, err := strconv.Atoi(status)
					return respond(code, content), err
				}, WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
					WithRetry(RetryPolicy{MaxRetries: 1, BaseDelay: time.Microsecond}))
				err := call(t.Context(), client)
				var failure *Error
				if (err != nil) != c.fails || err != nil && !errors.As(err, &failure) {
					t.Fatalf("got %v", err)
				}
				for _, want := range append(c.has, "level="+c.level, "operation=getEvent", "path=/api/v1/events/{eventId}") {
					if !strings.Contains(log.String(), want) {
						t.Errorf("%s is not in %s", want, log.String())
					}
				}
				if strings.Count(log.String(), "\n") != 1 {
					t.Errorf("want one record: %s", log.String())
				}
				if err != nil && strings.Contains(err.Error(), "Go ") {
					t.Errorf("the error speaks of Go types: %v", err)
				}
			})
		}
	}
}

func TestRecordOfARefusedArgument(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	client := newTestClient(t, nil, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	for name, call := range map[string]func() error{
		"params":  func() error { _, err := client.WSTokens.Mint(t.Context(), MintParams{TTL: 1}); return err },
		"query":   func() error { _, err := client.Events.List(t.Context(), EventParams{Limit: -1}); return err },
		"path":    func() error { _, err := client.Events.Get(t.Context(), ".."); return err },
		"option":  func() error { _, err := client.Events.Get(t.Context(), "x", nil); return err },
		"raw":     func() error { return client.Call(t.Context(), "GET", "x", nil, nil) },
		"raw, in": func() error { return client.Call(t.Context(), "POST", "/x", func() {}, nil) },
	} {
		log.Reset()
		if err := call(); !errors.Is(err, ErrInvalidArgument) || strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("%s: %v, logged %s", name, err, log.String())
		}
	}
	var none context.Context
	if _, err := client.Events.Get(none, "evt_1"); !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("no context: %v", err)
	}
}

// A raw answer of the generated client is logged when it is closed.
func TestRecordOfARawAnswer(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, minted), nil },
		WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	resp, err := client.API().MintWSToken(t.Context(), pepay.MintWSTokenRequest{})
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(resp.Body)
	if err != nil || string(content) != minted || log.Len() != 0 {
		t.Errorf("%s, %v, logged %s", content, err, log.String())
	}
	_, _ = resp.Body.Close(), resp.Body.Close()
	if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "status=200") {
		t.Errorf("logged %s", log.String())
	}
}
