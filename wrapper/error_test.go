package wrapper

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
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

func TestErrorTextWithHint(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]Error{
		"pepay: op: 401 X: no (sign in)":          {Operation: "op", StatusCode: 401, Code: "X", Message: "no", Hint: "sign in"},
		"pepay: op: 422 no (a; b)":                {Operation: "op", StatusCode: 422, Message: "no", Details: []string{"a", "b"}},
		"pepay: op: 422 no (ask; a)":              {Operation: "op", StatusCode: 422, Message: "no", Hint: "ask", Details: []string{"a"}},
		"pepay: op: 409 C: no: may have happened": {Operation: "op", StatusCode: 409, Code: "C", Message: "no", cause: errors.New("may have happened")},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// No verb, of a pointer or of a value, prints more than the text.
func TestErrorFormat(t *testing.T) {
	t.Parallel()
	err := &Error{Operation: "op", StatusCode: 400, Message: "no", body: []byte("private-77"), cause: fmt.Errorf("because: %w", errors.New("inner"))}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%T%v"} {
		for _, value := range []any{err, *err} {
			got := fmt.Sprintf(verb, append(make([]any, 0, 2), value, value)[:strings.Count(verb, "%")]...)
			if !strings.HasSuffix(got, err.Error()) {
				t.Errorf("%s of %T is %q", verb, value, got)
			}
		}
	}
	if got := fmt.Sprintf("%q", err); got != strconv.Quote(err.Error()) {
		t.Errorf("%%q is %s", got)
	}
	if got := fmt.Sprintf("%v", []any{*err, err}); strings.Contains(got, "112 114 105") || strings.Contains(got, "private") {
		t.Errorf("in a list it is %s", got)
	}
}

func TestIsRetryable(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{
		200: false, 302: false, 400: false, 401: false, 402: false, 403: false, 404: false, 405: false, 408: true, 409: false, 410: false,
		422: false, 425: true, 429: true, 500: true, 501: false, 502: true, 503: true, 504: true, 505: false, 507: false,
	} {
		if got := IsRetryable(fmt.Errorf("minting: %w", &Error{StatusCode: status})); got != want {
			t.Errorf("%d: %t", status, got)
		}
	}
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nil":                 {nil, false},
		"another error":       {io.ErrUnexpectedEOF, false},
		"reset":               {&Error{cause: syscall.ECONNRESET}, true},
		"timeout":             {&Error{cause: timeoutError{time.Second, io.EOF}}, true},
		"deadline":            {&Error{cause: context.DeadlineExceeded}, true},
		"cancelled":           {&Error{cause: context.Canceled}, false},
		"cancelled after 503": {&Error{StatusCode: 503, cause: context.Canceled}, false},
		"certificate":         {&Error{cause: x509.UnknownAuthorityError{}}, false},
		"no such host":        {&Error{cause: &net.DNSError{IsNotFound: true}}, false},
		"no credential":       {&Error{cause: fmt.Errorf("%w: x", ErrNoCredential)}, false},
		"argument":            {invalid("x", "is wrong"), false},
		"malformed":           {&Error{StatusCode: 200, cause: malformed("x")}, false},
		"409, own attempt":    {&Error{StatusCode: 409, cause: errUnanswered}, true},
	} {
		if got := IsRetryable(c.err); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
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
		400: ErrInvalidRequest, 401: ErrUnauthorized, 402: ErrPaymentRequired, 403: ErrForbidden, 404: ErrNotFound, 405: ErrMethodNotAllowed,
		408: ErrRequestTimeout, 409: ErrConflict, 410: ErrGone, 422: ErrUnprocessable, 429: ErrRateLimited, 500: ErrServer, 503: ErrServer,
	}
	for status, sentinel := range sentinels {
		err := fmt.Errorf("minting: %w", &Error{StatusCode: status})
		for other, candidate := range sentinels {
			if errors.Is(err, candidate) != (candidate == sentinel) {
				t.Errorf("%d and the sentinel of %d", status, other)
			}
		}
	}
	if errors.Is(&Error{StatusCode: 418}, ErrInvalidRequest) || errors.Is(&Error{StatusCode: 418}, nil) {
		t.Error("a status without a sentinel matches one")
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
