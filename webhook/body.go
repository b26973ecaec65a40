package webhook

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

const (
	defaultMaxBytes = 1 << 20

	// firstRead is the most that is allocated before anything has come. Whoever
	// connects may announce any length.
	firstRead = 64 << 10
)

// readBody reads the body to its end. Content-Length is a hint and no more: a
// middleware that decompresses the body leaves it as it was. What is allocated
// is at most firstRead, and then a small multiple of what has come.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	hint := int64(512)
	if r.ContentLength > 0 {
		hint = r.ContentLength + 1 // one more, to see the end without growing
	}
	hint = min(hint, limit+1)
	body := make([]byte, 0, min(hint, firstRead))
	for {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return nil, ErrBodyTooLarge
		case err == io.EOF:
			return body, nil
		case err != nil:
			return nil, bodyError(err)
		}
		if len(body) == cap(body) {
			body = append(make([]byte, 0, nextSize(int64(len(body)), hint, limit)), body...)
		}
	}
}

// nextSize is what to allocate after have bytes have come: up to the hint in one
// step if it is not more than five times as much, else twice as much.
func nextSize(have, hint, limit int64) int64 {
	if have < hint && hint <= 5*have {
		return hint
	}
	return min(2*have, limit+1)
}

func bodyError(err error) error {
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return fmt.Errorf("%w: %w", ErrBodyTooLarge, err)
	}
	return fmt.Errorf("%w: %w", ErrBodyIncomplete, err)
}

// brokeOff reports by one small read that the rest of a body cannot be read. A
// delivery that was cut off is not to be told that its headers are wrong: they may
// have been cut off as well.
func brokeOff(r *http.Request) error {
	if r.Body == nil {
		return nil
	}
	if _, err := r.Body.Read(make([]byte, 512)); err != nil && err != io.EOF {
		return bodyError(err)
	}
	return nil
}
