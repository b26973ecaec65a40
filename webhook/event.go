package webhook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/pepaylabs/pepay-go"
)

const defaultMaxBytes = 1 << 20

// Event reads a delivery: at most 1 MiB of body, verified as it came and then
// decoded. Errors are those of Verify, [ErrBodyTooLarge], [ErrMalformedEvent], and
// whatever reading the body gives.
func (v *Verifier) Event(r *http.Request) (*pepay.Event, error) {
	body, err := readBody(r, defaultMaxBytes)
	if err != nil {
		return nil, err
	}
	return v.Parse(r.Header, body)
}

// Parse is Event for routers and runtimes without an *http.Request. body is the
// body as it came.
func (v *Verifier) Parse(h http.Header, body []byte) (*pepay.Event, error) {
	if err := v.Verify(h, body); err != nil {
		return nil, err
	}
	ev := new(pepay.Event)
	if err := ev.UnmarshalJSON(body); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformedEvent, err)
	}
	switch {
	case ev.ID == "":
		return nil, fmt.Errorf("%w: no id", ErrMalformedEvent)
	case ev.Type == "":
		return nil, fmt.Errorf("%w: no type", ErrMalformedEvent)
	}
	return ev, nil
}

// readBody reads a body in one piece where its length is announced.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	if r.ContentLength > limit {
		return nil, ErrBodyTooLarge
	}
	if r.ContentLength > 0 {
		body := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, fmt.Errorf("webhook: reading the body: %w", err)
		}
		return body, nil
	}
	var body bytes.Buffer
	_, err := body.ReadFrom(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("webhook: reading the body: %w", err)
	case int64(body.Len()) > limit:
		return nil, ErrBodyTooLarge
	}
	return body.Bytes(), nil
}

// reason is what a refused delivery is answered with, in Pepay's own words where
// it has them.
func reason(err error) (status int, code string) {
	switch {
	case errors.Is(err, ErrBodyTooLarge):
		return http.StatusRequestEntityTooLarge, "body_too_large"
	case errors.Is(err, ErrNoSignature), errors.Is(err, ErrBadSignature), errors.Is(err, ErrBadTimestamp):
		return http.StatusBadRequest, "invalid_signature"
	case errors.Is(err, ErrTimestampOutOfRange):
		return http.StatusBadRequest, "timestamp_out_of_range"
	}
	return http.StatusBadRequest, "malformed_event"
}
