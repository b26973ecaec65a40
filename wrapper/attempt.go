package wrapper

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
)

// attempt sends a copy of the request under a timeout of its own and reads the
// whole answer, bounded, so that everything outside works on bytes and a connection
// that breaks in mid-body is a failed attempt like any other. Nothing outside sees
// what is attached to the copy, such as a credential.
type attempt struct {
	next    pepay.HttpRequestDoer
	timeout time.Duration
	limit   int64
	base    *url.URL
}

func (a *attempt) Do(req *http.Request) (*http.Response, error) {
	outer := req.Context()
	if outer.Err() != nil {
		return nil, contextError(outer)
	}
	ctx := withTimeout(outer, a.timeout)
	defer ctx.end()
	own, err := a.copyOf(ctx, req) //nolint:contextcheck // it is made from the request's
	if err != nil {
		return nil, permanent{err}
	}
	resp, err := a.next.Do(own)
	if err != nil {
		return nil, a.explain(outer, ctx, err)
	}
	resp.Request = req
	if resp.StatusCode == http.StatusSwitchingProtocols {
		_ = resp.Body.Close() // a connection, which would be read until the timeout
		resp.Body = newBody(nil)
		return resp, permanent{malformed("the connection was upgraded; event streams are opened with package stream")}
	}
	content, err := a.read(resp)
	if err != nil && !errors.Is(err, ErrResponseTooLarge) {
		// The status says more than the reason why the body broke off.
		if isSuccess(resp.StatusCode) || outer.Err() != nil {
			return nil, a.explain(outer, ctx, err)
		}
		err = nil
	}
	resp.Body = newBody(content)
	return resp, err
}

// copyOf copies a request for one attempt. A middleware may have changed its URL,
// which must still have the client's own host: the credential goes there.
func (a *attempt) copyOf(ctx context.Context, req *http.Request) (*http.Request, error) {
	switch u := req.URL; {
	case u == nil || u.Opaque != "" || !sameOrigin(u, a.base):
		return nil, invalid("the request's URL", "a middleware made it lead to another host than the base URL")
	case req.Host != "" && req.Host != u.Host:
		return nil, invalid("the request's Host", "a middleware made it another one than the URL's")
	}
	own := req.WithContext(ctx)
	if own.Header = maps.Clone(req.Header); own.Header == nil {
		own.Header = http.Header{}
	}
	if escaped := wire.EscapeQuery(req.URL.RawQuery); escaped != req.URL.RawQuery {
		u := *req.URL
		u.RawQuery = escaped
		own.URL = &u
	}
	return own, nil
}

func (a *attempt) read(resp *http.Response) ([]byte, error) {
	defer func() { _ = resp.Body.Close() }()
	limit := a.limit
	if !isSuccess(resp.StatusCode) {
		limit = min(limit, maxErrorBody)
	}
	content, err := wire.ReadAtMost(resp.Body, resp.ContentLength, limit)
	if err != nil || int64(len(content)) <= limit {
		return content, err
	}
	if isSuccess(resp.StatusCode) {
		return nil, permanent{fmt.Errorf("%w: more than %d bytes", ErrResponseTooLarge, limit)}
	}
	drain(resp.Body)
	return content[:limit], nil
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

// explain returns what went wrong without the URL, which may hold a token, and in
// words that tell our own timeout from the caller's.
func (a *attempt) explain(outer context.Context, ctx *timeout, err error) error {
	for wrapped := (*url.Error)(nil); errors.As(err, &wrapped) && wrapped.Err != nil; {
		err = wrapped.Err
	}
	switch {
	case errors.As(err, &permanent{}):
		return err
	case outer.Err() != nil:
		return contextError(outer)
	case ctx.resent():
		return errResent
	case ctx.Err() != nil:
		return timeoutError{a.timeout, err}
	}
	return err
}

// contextError is why the caller's context ended, the cause that the caller gave
// included.
func contextError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// timeoutError says that one attempt took too long.
type timeoutError struct {
	after time.Duration
	cause error // what was going on
}

func (e timeoutError) Error() string   { return fmt.Sprintf("no complete answer within %s", e.after) }
func (timeoutError) Timeout() bool     { return true }
func (timeoutError) Temporary() bool   { return true }
func (e timeoutError) Unwrap() []error { return []error{context.DeadlineExceeded, e.cause} }
