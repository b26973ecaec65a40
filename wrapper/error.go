package wrapper

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pepaylabs/pepay-go"
)

// maxErrorText is the length of an error's text in bytes.
const maxErrorText = 300

// What can be done about an error, for errors.Is.
var (
	// ErrInvalidRequest is status 400: the request has to change.
	ErrInvalidRequest = errors.New("pepay: invalid request")
	// ErrUnauthorized is status 401: the credential is missing, wrong or revoked.
	ErrUnauthorized = errors.New("pepay: unauthorized")
	// ErrForbidden is status 403: the credential does not allow this.
	ErrForbidden = errors.New("pepay: forbidden")
	// ErrNotFound is status 404, also for what belongs to another environment.
	ErrNotFound = errors.New("pepay: not found")
	// ErrConflict is status 409, an idempotency key used twice for instance.
	ErrConflict = errors.New("pepay: conflict")
	// ErrGone is status 410, an expired invoice for instance.
	ErrGone = errors.New("pepay: gone")
	// ErrRateLimited is status 429; Error.RetryAfter says how long to wait.
	ErrRateLimited = errors.New("pepay: rate limited")
	// ErrServer is status 500 and above.
	ErrServer = errors.New("pepay: server error")

	// ErrNoCredential means that the client has no credential for the operation.
	// Nothing was sent.
	ErrNoCredential = errors.New("no credential")
	// ErrInvalidArgument is [pepay.ErrInvalidArgument]: an option or argument cannot
	// be used; the text names it. Nothing was sent.
	ErrInvalidArgument = pepay.ErrInvalidArgument
	// ErrMalformedResponse is a success that is not what the contract promises.
	ErrMalformedResponse = errors.New("malformed response")
	// ErrResponseTooLarge is an answer longer than WithMaxResponseBytes allows.
	ErrResponseTooLarge = errors.New("response too large")
	// ErrRedirect is an answer that points elsewhere. It is never followed: the
	// credential would travel along.
	ErrRedirect = errors.New("redirect refused")
)

// Error is a call that failed after its arguments were accepted. StatusCode is
// 0 when no answer arrived; Unwrap then gives the cause, without a URL.
//
// See https://docs-alpha.pepay.io/api-spec/errors.
type Error struct {
	// Operation is the operationId of the contract, empty for an operation the
	// contract does not have.
	Operation string
	// Method and Path are the operation's, parameters in braces.
	Method, Path string
	// StatusCode is the HTTP status, 0 without an answer.
	StatusCode int
	// Code and Message are what Pepay says, from any of its error envelopes.
	Code, Message string
	// RequestID is what to quote to Pepay's support.
	RequestID string
	// RetryAfter is how long Pepay asks to wait, 0 when it does not say.
	RetryAfter time.Duration
	// Attempts is the number of requests that were made.
	Attempts int
	// IdempotencyKey is the key that was sent, for trying again later.
	IdempotencyKey string

	cause error
	body  []byte
}

// IsCode reports whether err is an [*Error] with one of the codes, such as
// "API_KEY_INVALID".
func IsCode(err error, codes ...string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code != "" && slices.Contains(codes, e.Code)
}

// failed makes the error of a call that got no answer.
func (c *call) failed(cause error) *Error {
	e := &Error{
		Operation:      c.operation(),
		Method:         c.method,
		Path:           c.path,
		Attempts:       c.attempts,
		IdempotencyKey: c.idempotencyKey,
	}
	if !errors.Is(cause, errAnswer) {
		e.cause = cause
	}
	return e
}

// failedWith makes the error of a call that got an answer.
func (c *call) failedWith(cause error, content []byte) *Error {
	e := c.failed(cause)
	e.StatusCode = c.response.StatusCode
	e.RequestID = c.requestID()
	e.RetryAfter = retryAfter(c.response, content)
	said := parseEnvelope(content)
	e.Code, e.Message = c.redact(said.code), c.redact(said.message)
	e.keep(c, content)
	return e
}

func (e *Error) keep(c *call, content []byte) {
	e.body = []byte(c.redact(string(content[:min(len(content), maxErrorBody)])))
}

// malformed makes the error of an answer that a method cannot use.
func (c *call) malformed(reason string) *Error {
	e := c.failed(fmt.Errorf("%w: %s", ErrMalformedResponse, reason))
	if c.response != nil {
		e.StatusCode, e.RequestID = c.response.StatusCode, c.requestID()
		e.keep(c, bodyOf(c.response))
	}
	return e
}

func (c *call) operation() string {
	if c.op == nil {
		return ""
	}
	return c.op.ID
}

func (c *call) requestID() string {
	id := first(c.response.Header.Get("X-Request-Id"), c.response.Header.Get("Request-Id"))
	return clean(c.redact(id), 100)
}

// redact takes out credentials that an answer repeats. A value too short to be
// a secret stays: replacing it would tear words apart.
func (c *call) redact(text string) string {
	const shortest = 8
	for _, value := range c.sent {
		if len(value) >= shortest {
			text = strings.ReplaceAll(text, value, "[redacted]")
		}
	}
	return text
}

// Error is one line of at most 300 bytes, such as
//
//	pepay: mintWsToken: 401 API_KEY_INVALID: Invalid API key (request req_123)
//
// It contains no body, query, credential or control character.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("pepay: ")
	b.WriteString(first(e.Operation, e.Method+" "+e.Path))
	b.WriteString(": ")
	if e.StatusCode != 0 {
		b.WriteString(strconv.Itoa(e.StatusCode))
		switch {
		case e.Code != "" || e.Message != "":
			b.WriteString(" " + strings.Trim(e.Code+": "+e.Message, ": "))
		case e.cause == nil && http.StatusText(e.StatusCode) != "":
			b.WriteString(" " + http.StatusText(e.StatusCode))
		}
	}
	if e.cause != nil {
		if e.StatusCode != 0 {
			b.WriteString(": ")
		}
		b.WriteString(strings.ReplaceAll(e.cause.Error(), "\n", ": "))
	}
	suffix := ""
	if e.RequestID != "" {
		suffix = " (request " + e.RequestID + ")"
	}
	suffix = clean(suffix, 120)
	return clean(b.String(), maxErrorText-len(suffix)) + suffix
}

// GoString is Error, so that %#v does not print the body.
func (e *Error) GoString() string { return e.Error() }

// LogValue groups the fields that are set, without the body.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("message", e.Error())}
	for _, field := range []slog.Attr{
		slog.String("operation", e.Operation),
		slog.String("code", clean(e.Code, 100)),
		slog.String("request_id", clean(e.RequestID, 100)),
		slog.String("idempotency_key", e.IdempotencyKey),
	} {
		if field.Value.String() != "" {
			attrs = append(attrs, field)
		}
	}
	if e.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", e.StatusCode))
	}
	if e.RetryAfter != 0 {
		attrs = append(attrs, slog.Duration("retry_after", e.RetryAfter))
	}
	return slog.GroupValue(append(attrs, slog.Int("attempts", e.Attempts))...)
}

// Is matches the error of the status code: [ErrUnauthorized] for 401 and so on.
func (e *Error) Is(target error) bool {
	switch e.StatusCode {
	case http.StatusBadRequest:
		return target == ErrInvalidRequest
	case http.StatusUnauthorized:
		return target == ErrUnauthorized
	case http.StatusForbidden:
		return target == ErrForbidden
	case http.StatusNotFound:
		return target == ErrNotFound
	case http.StatusConflict:
		return target == ErrConflict
	case http.StatusGone:
		return target == ErrGone
	case http.StatusTooManyRequests:
		return target == ErrRateLimited
	}
	return e.StatusCode >= 500 && target == ErrServer
}

// Unwrap returns the cause: a transport failure, the context's error, or why
// the answer could not be used. It is nil where the answer itself says it all.
func (e *Error) Unwrap() error { return e.cause }

// Body returns at most 64 KiB of the answer, for diagnosis; it is never part of
// Error. Treat it as Pepay's words to the merchant: it may be personal data.
func (e *Error) Body() []byte { return slices.Clone(e.body) }

// clean replaces what does not belong into one line of text and cuts it to
// limit bytes.
func clean(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if len(text) <= limit {
		return text
	}
	const ellipsis = "…"
	end := limit - len(ellipsis)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + ellipsis
}
