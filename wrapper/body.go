package wrapper

import (
	"bytes"
	"io"
	"net/http"
)

const (
	maxErrorBody = 64 << 10  // kept of an answer that is not a success
	maxDrain     = 256 << 10 // read beyond that, so that the connection is reused
	maxPresize   = 64 << 10  // a Content-Length is a claim; do not allocate more on its word
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
	content, _ := readAtMost(read, resp.ContentLength, defaultMaxResponseBytes)
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

// drain reads what is left of an answer, within a bound.
func drain(r io.Reader) { _, _ = io.CopyN(io.Discard, r, maxDrain) }
