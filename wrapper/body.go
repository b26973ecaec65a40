package wrapper

import (
	"bytes"
	"io"
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

const (
	maxErrorBody = 64 << 10  // kept of an answer that is not a success
	maxDrain     = 256 << 10 // read beyond that, so that the connection is reused
)

// body is an answer that has been read.
type body struct {
	bytes.Reader
	content []byte
}

func newBody(content []byte) *body {
	b := &body{content: content}
	b.Reset(content)
	return b
}

func (*body) Close() error { return nil }

// bodyOf returns the bytes of an answer and leaves it without any. A middleware
// may have put another body into the one that attempt has read.
func bodyOf(resp *http.Response) []byte {
	read := resp.Body
	resp.Body = http.NoBody
	switch b := read.(type) {
	case nil:
		return nil
	case *body:
		return b.content
	case *observedBody:
		return b.content
	}
	content, _ := wire.ReadAtMost(read, resp.ContentLength, defaultMaxResponseBytes)
	_ = read.Close()
	return content
}

// peek returns the bytes of an answer and leaves them there.
func peek(resp *http.Response) []byte {
	if b, ok := resp.Body.(*body); ok {
		return b.content
	}
	content := bodyOf(resp)
	resp.Body = newBody(content)
	return content
}

// drain reads what is left of an answer, within a bound.
func drain(r io.Reader) { _, _ = io.CopyN(io.Discard, r, maxDrain) }
