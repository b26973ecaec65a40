package wrapper

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// observe begins a logical call: it finds the operation, sets the headers that
// stay the same on every attempt, and logs the outcome once.
type observe struct {
	next      pepay.HttpRequestDoer
	base      string // path of the base URL, which operations do not have
	logger    *slog.Logger
	userAgent []string
}

var applicationJSON = []string{"application/json"}

func (o *observe) Do(req *http.Request) (*http.Response, error) {
	c := callOf(req)
	if c == nil || !c.started.IsZero() { // a call of the generated client, or one made inside another
		c = &call{}
		req = req.WithContext(withCall(req.Context(), c))
	}
	if err := o.begin(c, req); err != nil {
		return nil, err
	}
	resp, err := o.next.Do(req)
	c.delivered = err == nil
	if c.delivered && c.decodes {
		c.observer = o
		return resp, nil
	}
	o.log(req.Context(), c, err)
	return resp, err
}

func (o *observe) begin(c *call, req *http.Request) error {
	c.started = time.Now()
	c.method = req.Method
	c.path = strings.TrimPrefix(req.URL.EscapedPath(), o.base)
	if c.op = contract().find(c.method, c.path); c.op != nil {
		c.path = c.op.Path
	}
	maps.Copy(req.Header, c.header)
	if req.Header["User-Agent"] == nil {
		req.Header["User-Agent"] = o.userAgent
	}
	if req.Header["Accept"] == nil {
		req.Header["Accept"] = applicationJSON
	}
	return c.setIdempotencyKey(req.Header)
}

// setIdempotencyKey sends a key only where the contract documents one: net/http
// itself resends a POST that carries the header.
func (c *call) setIdempotencyKey(header http.Header) error {
	const name = "Idempotency-Key"
	switch {
	case c.idempotencyKey != "":
		if c.op != nil && !c.op.IdempotencyKey {
			return invalid("WithIdempotencyKey", c.op.ID+" does not document the Idempotency-Key header")
		}
	case c.op == nil || !c.op.IdempotencyKey:
		return nil
	case header.Get(name) != "": // a parameter of the generated client
		c.idempotencyKey = header.Get(name)
		return nil
	default:
		c.idempotencyKey = newUUID()
	}
	header.Set(name, c.idempotencyKey)
	return nil
}

// newUUID makes a version 4 UUID.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// settle ends a call whose answer its method has decoded, with the outcome of
// that, and logs it.
func (c *call) settle(ctx context.Context, err error) {
	if c.observer != nil {
		c.observer.log(ctx, c, err)
	}
}

func (o *observe) log(ctx context.Context, c *call, err error) {
	if o.logger == nil {
		return
	}
	level, message := slog.LevelDebug, "pepay: call"
	switch {
	case err != nil:
		level, message = slog.LevelError, "pepay: call failed"
	case c.attempts > 1:
		level = slog.LevelWarn
	}
	if !o.logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", c.operation()),
		slog.String("method", c.method),
		slog.String("path", c.path),
		slog.Int("attempts", c.attempts),
		slog.Duration("duration", time.Since(c.started)),
	}
	var failure *Error
	switch {
	case errors.As(err, &failure):
		attrs = append(attrs, slog.Any("error", failure))
	case err != nil: // from a middleware
		attrs = append(attrs, slog.String("error", clean(c.redact(err.Error()), maxErrorText)))
	case c.response != nil: // nil when a middleware answered by itself
		attrs = append(attrs, slog.Int("status", c.response.StatusCode), slog.String("request_id", c.requestID()))
	}
	o.logger.LogAttrs(ctx, level, message, attrs...)
}
