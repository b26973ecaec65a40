package wrapper

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestErrorText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  Error
		want string
	}{
		{"documented", Error{Operation: "mintWsToken", StatusCode: 401, Code: "API_KEY_INVALID", Message: "Invalid API key", RequestID: "req_123"},
			"pepay: mintWsToken: 401 API_KEY_INVALID: Invalid API key (request req_123)"},
		{"code only", Error{Operation: "mintWsToken", StatusCode: 400, Code: "VALIDATION_ERROR"}, "pepay: mintWsToken: 400 VALIDATION_ERROR"},
		{"message only", Error{Operation: "mintWsToken", StatusCode: 400, Message: "no"}, "pepay: mintWsToken: 400 no"},
		{"status only", Error{Operation: "mintWsToken", StatusCode: 502}, "pepay: mintWsToken: 502 Bad Gateway"},
		{"unknown status", Error{Operation: "mintWsToken", StatusCode: 599}, "pepay: mintWsToken: 599"},
		{"undocumented operation", Error{Method: "GET", Path: "/x", StatusCode: 404}, "pepay: GET /x: 404 Not Found"},
		{"no answer", Error{Operation: "mintWsToken", cause: errors.New("connection refused")}, "pepay: mintWsToken: connection refused"},
		{"malformed", Error{Operation: "mintWsToken", StatusCode: 200, RequestID: "r", cause: fmt.Errorf("%w: the answer is empty", ErrMalformedResponse)},
			"pepay: mintWsToken: 200: malformed response: the answer is empty (request r)"},
		{"control characters", Error{Operation: "mintWsToken", StatusCode: 400, Message: "a\r\nb\x1b[31m\u2028c\u202e"}, "pepay: mintWsToken: 400 a  b [31m c "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.err.Error(); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestErrorTextIsShort(t *testing.T) {
	t.Parallel()
	for _, message := range []string{strings.Repeat("x", 5000), strings.Repeat("é", 5000), strings.Repeat("\xff", 5000), strings.Repeat("😀\n", 5000)} {
		err := &Error{Operation: "mintWsToken", StatusCode: 400, Message: message, RequestID: strings.Repeat("r", 500)}
		text := err.Error()
		if len(text) > 300 || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("%d bytes: %q", len(text), text)
		}
		if !strings.Contains(text, "(request rrr") {
			t.Errorf("a long message pushes the request id out: %q", text)
		}
	}
}

func TestErrorIs(t *testing.T) {
	t.Parallel()
	sentinels := map[int]error{
		400: ErrInvalidRequest, 401: ErrUnauthorized, 403: ErrForbidden, 404: ErrNotFound, 409: ErrConflict,
		410: ErrGone, 429: ErrRateLimited, 500: ErrServer, 503: ErrServer,
	}
	for status, sentinel := range sentinels {
		err := fmt.Errorf("minting: %w", &Error{StatusCode: status})
		for other, candidate := range sentinels {
			if errors.Is(err, candidate) != (candidate == sentinel) {
				t.Errorf("%d and the sentinel of %d", status, other)
			}
		}
	}
	if errors.Is(&Error{StatusCode: 200}, ErrServer) || errors.Is(&Error{}, ErrServer) {
		t.Error("no status is a server error")
	}
}

func TestIsCode(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("minting: %w", &Error{Code: "API_KEY_INVALID"})
	if !IsCode(err, "OTHER", "API_KEY_INVALID") || IsCode(err, "OTHER") || IsCode(err) {
		t.Error("IsCode looks for any of the codes")
	}
	if IsCode(errors.New("x"), "") || IsCode(&Error{}, "") || IsCode(nil, "") {
		t.Error("no code is not a code")
	}
}

func TestErrorBodyIsACopyAndNotPrinted(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		return respond(400, `{"error":"no","detail":"private-77"}`), nil
	})
	_, err := client.WSTokens.Mint(t.Context(), MintParams{})
	var failure *Error
	if !errors.As(err, &failure) || !strings.Contains(string(failure.Body()), "private-77") {
		t.Fatalf("got %v", err)
	}
	clear(failure.Body())
	if !strings.Contains(string(failure.Body()), "private-77") {
		t.Error("Body hands out its own memory")
	}
	encoded, jsonErr := json.Marshal(failure)
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Error("x", "err", err)
	for _, text := range []string{err.Error(), fmt.Sprintf("%v %+v %#v %q", err, err, err, err), string(encoded), logged.String()} {
		if strings.Contains(text, "private-77") {
			t.Errorf("the body is in %s", text)
		}
	}
	if jsonErr != nil || !strings.Contains(logged.String(), `"status":400`) {
		t.Errorf("%v, logged %s", jsonErr, logged.String())
	}
}

func TestErrorLogValue(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Error("x", "err", &Error{
		Operation: "mintWsToken", StatusCode: 429, Code: "RATE_LIMIT_EXCEEDED", RequestID: "req_1",
		RetryAfter: time.Second, Attempts: 3, IdempotencyKey: "key",
	})
	for _, want := range []string{`"operation":"mintWsToken"`, `"status":429`, `"code":"RATE_LIMIT_EXCEEDED"`, `"request_id":"req_1"`,
		`"retry_after":1000000000`, `"attempts":3`, `"idempotency_key":"key"`} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("%s is not in %s", want, logged.String())
		}
	}
}
