package webhook

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

const defaultMaxBytes = 1 << 20

// readBody reads the body to its end. The Content-Length, which anybody may make
// up, does not decide how much is allocated.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := wire.ReadAtMost(r.Body, r.ContentLength, limit)
	switch {
	case err != nil:
		return nil, bodyError(err)
	case int64(len(body)) > limit:
		return nil, ErrBodyTooLarge
	}
	return body, nil
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
