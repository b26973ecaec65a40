package wrapper

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

const (
	maxErrorText = 300     // bytes of an error's text
	maxCode      = 100     // bytes of a code or request id
	maxMessage   = 2 << 10 // bytes of a message
	maxDetails   = 20      // details that are kept
)

// Error is a call that failed after its arguments were accepted. StatusCode is
// 0 when no answer arrived; Unwrap then gives the cause, without a URL.
//
// Credentials that the answer or the cause repeat are taken out, of the text and
// of every field, and so are control characters. No verb of package fmt prints more
// than Error does.
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
	// Hint and Details are what some answers add to the message.
	Hint    string
	Details []string
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

// failed makes the error of a call that got no answer. Together with failedWith it
// is where everything that leaves a call as an error is redacted.
func (c *call) failed(cause error) *Error {
	e := &Error{
		Operation:      c.operation(),
		Method:         c.method,
		Path:           wire.OneLine(c.redact(c.path), maxMessage),
		Attempts:       c.attempts,
		IdempotencyKey: c.idempotencyKey,
	}
	if !errors.Is(cause, errAnswer) {
		e.cause = wire.RedactError(cause, c.secrets()...)
	}
	return e
}

// failedWith makes the error of a call that got an answer; resp may be nil.
func (c *call) failedWith(cause error, resp *http.Response) *Error {
	if resp == nil {
		return c.failed(cause)
	}
	content := bodyOf(resp)
	e := c.failedIn(cause, resp, content)
	e.RetryAfter = wire.RetryAfter(resp.Header, content)
	if isSuccess(resp.StatusCode) && !errors.Is(cause, errAnswer) { // what it says is not about a failure
		return e
	}
	said := wire.ReadEnvelope(content)
	e.Code = c.tidy(said.Code, maxCode)
	e.Message = c.tidy(said.Message, maxMessage)
	e.Hint = c.tidy(said.Hint, maxMessage)
	for _, detail := range said.Details[:min(len(said.Details), maxDetails)] {
		e.Details = append(e.Details, c.tidy(detail, maxMessage))
	}
	return e
}

// malformed makes the error of a success whose content cannot be used.
func (c *call) malformed(cause error, content []byte) *Error {
	if c.response == nil {
		return c.failed(cause)
	}
	return c.failedIn(cause, c.response, content)
}

func (c *call) failedIn(cause error, resp *http.Response, content []byte) *Error {
	e := c.failed(cause)
	e.StatusCode = resp.StatusCode
	e.RequestID = c.requestID(resp)
	content = wire.RedactMembers(content[:min(len(content), maxErrorBody)], secretMembers...)
	e.body = []byte(c.redact(string(content)))
	return e
}

// secretMembers are the names under which answers have credentials. An error keeps
// its answer without them.
var secretMembers = []string{
	"token", "ws_token", "session_token", "session", "signature", "api_key", "apiKey", "key", "secret",
	"payment_url", "invoiceUrl", "x-session-token", "x-signature",
}

func (c *call) requestID(resp *http.Response) string {
	id := resp.Header.Get("X-Request-Id")
	if id == "" {
		id = resp.Header.Get("Request-Id")
	}
	return c.tidy(id, maxCode)
}

// tidy prepares text from outside for an error or a log.
func (c *call) tidy(text string, limit int) string { return wire.OneLine(c.redact(text), limit) }

// Error is one line of at most 300 bytes, such as
//
//	pepay: mintWsToken: 401 API_KEY_INVALID: Invalid API key (request req_123)
//
// It contains no body, query, credential or control character.
func (e Error) Error() string {
	const longestCause = 140
	head := "pepay: " + wire.OneLine(e.name(), maxCode) + ":"
	tail := ""
	if e.RequestID != "" {
		tail = wire.OneLine(" (request "+e.RequestID+")", 120)
	}
	said, cause := e.said(), ""
	if e.cause != nil {
		cause = " " + strings.ReplaceAll(strings.ReplaceAll(e.cause.Error(), "\n", ": "), "pepay: ", "") // it is in the head
		if said != "" {
			said += ":"
		}
	}
	// A long message must not push out the cause or the request id.
	room := maxErrorText - len(head) - len(tail)
	said = wire.OneLine(said, room-min(len(cause), longestCause))
	return head + said + wire.OneLine(cause, room-len(said)) + tail
}

func (e Error) name() string {
	if e.Operation != "" {
		return e.Operation
	}
	return e.Method + " " + e.Path
}

// said is what the answer says, status first.
func (e Error) said() string {
	if e.StatusCode == 0 {
		return ""
	}
	said := strings.Trim(e.Code+": "+e.Message, ": ")
	if more := strings.Trim(strings.Join(append([]string{e.Hint}, e.Details...), "; "), "; "); more != "" {
		said += " (" + more + ")"
	}
	if said == "" && e.cause == nil {
		said = http.StatusText(e.StatusCode)
	}
	if said == "" {
		return " " + strconv.Itoa(e.StatusCode)
	}
	return " " + strconv.Itoa(e.StatusCode) + " " + said
}

// Format writes Error, whatever the verb.
func (e Error) Format(f fmt.State, verb rune) {
	text := e.Error()
	if verb == 'q' {
		text = strconv.Quote(text)
	}
	_, _ = io.WriteString(f, text)
}

// LogValue groups the fields that are set, without the body.
func (e Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("message", e.Error())}
	for _, field := range []slog.Attr{
		slog.String("operation", e.Operation),
		slog.String("code", wire.OneLine(e.Code, maxCode)),
		slog.String("request_id", wire.OneLine(e.RequestID, maxCode)),
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

// Unwrap returns the cause: a transport failure, the context's error, or why
// the answer could not be used. It is nil where the answer itself says it all.
func (e Error) Unwrap() error { return e.cause }

// Body returns at most 64 KiB of the answer, for diagnosis; it is never part of
// Error. Treat it as Pepay's words to the merchant: it may be personal data.
// Credentials are taken out of it.
func (e Error) Body() []byte { return slices.Clone(e.body) }
