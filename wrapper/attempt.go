package wrapper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	maxErrorBody = 64 << 10  // kept of an answer that is not a success
	maxDrain     = 256 << 10 // read beyond that, so that the connection is reused
	maxPresize   = 64 << 10  // a Content-Length is a claim; do not allocate more on its word
)

// attempt sends one request under a timeout of its own and reads the whole
// answer, bounded, so that everything outside works on bytes and a connection
// that breaks in mid-body is a failed attempt like any other.
type attempt struct {
	client  *http.Client
	timeout time.Duration
	limit   int64
}

func (a *attempt) Do(req *http.Request) (*http.Response, error) {
	outer := req.Context()
	callOf(req).attempts++
	ctx, cancel := context.WithTimeout(outer, a.timeout)
	defer cancel()
	resp, err := a.client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, a.explain(outer, ctx, err)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		_ = resp.Body.Close() // a connection, which would be read until the timeout
		resp.Body = &body{}
		return resp, permanent{fmt.Errorf("%w: the connection was upgraded; event streams are opened with package stream", ErrMalformedResponse)}
	}
	content, err := a.read(resp)
	if err != nil && !errors.Is(err, ErrResponseTooLarge) {
		// An error answer is worth more than the reason its body broke off.
		if resp.StatusCode >= 200 && resp.StatusCode < 300 || outer.Err() != nil {
			return nil, a.explain(outer, ctx, err)
		}
		err = nil
	}
	whole := &body{content: content}
	whole.Reset(content)
	resp.Body = whole
	return resp, err
}

func (a *attempt) read(resp *http.Response) ([]byte, error) {
	defer func() { _ = resp.Body.Close() }()
	success := resp.StatusCode >= 200 && resp.StatusCode < 300
	limit := a.limit
	if !success {
		limit = min(limit, maxErrorBody)
	}
	content, err := readAtMost(resp.Body, resp.ContentLength, limit)
	if err != nil || int64(len(content)) <= limit {
		return content, err
	}
	if success {
		return nil, permanent{fmt.Errorf("%w: more than %d bytes", ErrResponseTooLarge, limit)}
	}
	_, _ = io.CopyN(io.Discard, resp.Body, maxDrain)
	return content[:limit], nil
}

// readAtMost reads up to one byte more than limit.
func readAtMost(r io.Reader, announced, limit int64) ([]byte, error) {
	size := int64(512)
	if announced >= 0 {
		size = min(announced, limit, maxPresize) + 1 // one more, so that the end is seen without growing
	}
	content := make([]byte, 0, size)
	for int64(len(content)) <= limit {
		if len(content) == cap(content) {
			content = append(content, 0)[:len(content)]
		}
		n, err := r.Read(content[len(content):min(int64(cap(content)), limit+1)])
		content = content[:len(content)+n]
		if err == io.EOF {
			return content, nil
		}
		if err != nil {
			return content, err
		}
	}
	return content, nil
}

// explain returns what went wrong without the URL, which may hold a token, and
// without the words "context deadline exceeded" where it was our own timeout.
func (a *attempt) explain(outer, ctx context.Context, err error) error {
	if outer.Err() != nil {
		return outer.Err()
	}
	if ctx.Err() != nil {
		return timeoutError{a.timeout}
	}
	for wrapped := (*url.Error)(nil); errors.As(err, &wrapped) && wrapped.Err != nil; {
		err = wrapped.Err
	}
	return err
}

// timeoutError says that one attempt took too long.
type timeoutError struct{ after time.Duration }

func (e timeoutError) Error() string { return fmt.Sprintf("no complete answer within %s", e.after) }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Unwrap() error   { return context.DeadlineExceeded }

// body is an answer that has been read.
type body struct {
	bytes.Reader
	content []byte
}

func (*body) Close() error { return nil }

// bodyOf returns the bytes of an answer that went through attempt. A middleware
// may have put another body in its place.
func bodyOf(resp *http.Response) []byte {
	if b, ok := resp.Body.(*body); ok {
		return b.content
	}
	content, _ := readAtMost(resp.Body, resp.ContentLength, defaultMaxResponseBytes)
	_ = resp.Body.Close()
	return content
}
