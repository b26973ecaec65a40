package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// call is one logical call on its way through the chain, all attempts included. It
// is the context of its request, so that every part of the chain finds it there,
// and belongs to one goroutine at a time.
type call struct {
	context.Context // the caller's

	// Set by call options.
	header         http.Header
	idempotencyKey string
	capture        **http.Response
	preferred      string        // scheme to prefer among the alternatives
	security       []alternative // instead of the operation's

	client     *Client
	op         *operation // nil: the contract does not have it
	method     string
	path       string // as documented, or as sent where it is not
	decodes    bool   // the content is not checked for being JSON in the chain
	mayBeEmpty bool   // a success may be without content, whatever the contract says
	started    time.Time
	attempts   int
	sent       *sent
	response   *http.Response
	unanswered bool // an attempt with an idempotency key got no answer
}

// sent is the credentials that a call has sent, so that nothing that leaves the
// call repeats one. It stands behind a pointer, which fmt does not follow: package
// http prints the context of a request as a value, without its methods.
type sent struct {
	values []string
	buffer [2]string
}

// add keeps a credential. One that was replaced is kept beside its successor.
func (s *sent) add(value string) {
	if s.values == nil {
		s.values = s.buffer[:0]
	}
	if !slices.Contains(s.values, value) {
		s.values = append(s.values, value)
	}
}

type callKey struct{}

// Value finds the call itself, and what the caller's context has.
func (c *call) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// Format writes the name of the operation, whatever the verb: a call holds
// credentials, and a middleware may print the context of its request.
func (c *call) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "pepay call "+c.name()) }

// callOf returns the call that a request belongs to, nil if it has none.
func callOf(req *http.Request) *call {
	c, _ := req.Context().Value(callKey{}).(*call)
	return c
}

// newCall begins a call. Where an option cannot be used there is a call all the
// same, for the log; only a nil context leaves none.
func (c *Client) newCall(ctx context.Context, opts []CallOption) (*call, error) {
	if ctx == nil {
		return nil, invalid("ctx", "is nil")
	}
	memory := &struct { // one piece of it
		call
		sent
	}{}
	memory.call = call{Context: ctx, client: c, started: time.Now(), sent: &memory.sent}
	cl := &memory.call
	for _, opt := range opts {
		if opt == nil {
			return cl, invalid("CallOption", "is nil")
		}
		if err := opt(cl); err != nil {
			return cl, err
		}
	}
	return cl, nil
}

// operation is the id of the operation, empty where the contract does not have it.
func (c *call) operation() string {
	if c.op == nil {
		return ""
	}
	return c.op.ID
}

// name is how errors call the operation.
func (c *call) name() string {
	if c.op == nil {
		return c.method + " " + c.path
	}
	return c.op.ID
}

// alternatives lists what may be sent as credentials.
func (c *call) alternatives() []alternative {
	switch {
	case c.security != nil:
		return c.security
	case c.op != nil:
		return c.op.alternatives
	}
	return contract().undocumented
}

// repeatable reports whether sending the request again does no harm.
func (c *call) repeatable() bool {
	if c.idempotencyKey != "" || c.method == http.MethodGet || c.method == http.MethodHead {
		return true
	}
	return c.op != nil && c.op.Repeatable
}

func (c *call) redact(text string) string { return wire.Redact(text, c.secrets()...) }

func (c *call) secrets() []string {
	if c.sent == nil {
		return nil
	}
	return c.sent.values
}

// log writes the one record of a call, with the outcome that its caller gets.
func (c *call) log(err error) {
	logger := c.client.cfg.logger
	if logger == nil {
		return
	}
	level, message := slog.LevelDebug, "pepay: call"
	switch {
	case err != nil:
		level, message = slog.LevelError, "pepay: call failed"
	case c.attempts > 1:
		level = slog.LevelWarn
	}
	if !logger.Enabled(c.Context, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", c.operation()),
		slog.String("method", c.method),
		slog.String("path", wire.OneLine(c.redact(c.path), maxErrorText)),
		slog.Int("attempts", c.attempts),
		slog.Duration("duration", time.Since(c.started)),
	}
	switch failure := (*Error)(nil); {
	case errors.As(err, &failure):
		attrs = append(attrs, slog.Any("error", failure))
	case err != nil: // an argument that was refused, or the error of a middleware
		attrs = append(attrs, slog.String("error", wire.OneLine(c.redact(err.Error()), maxErrorText)))
	case c.response != nil: // nil when a middleware answered by itself
		attrs = append(attrs, slog.Int("status", c.response.StatusCode), slog.String("request_id", c.requestID(c.response)))
	}
	logger.LogAttrs(c.Context, level, message, attrs...)
}
