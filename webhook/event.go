package webhook

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/pepaylabs/pepay-go"
)

// Event reads a delivery: it checks the headers, reads at most 1 MiB of body,
// verifies the body as it came and then decodes it. A delivery without a usable
// signature and timestamp is refused before its body is read.
//
// Errors are those of Verify, [ErrBodyTooLarge], [ErrBodyIncomplete] and
// [ErrMalformedEvent]. A field in an unexpected form is no error:
// [pepay.Event.UndecodedFields] names it. The event as it came is in
// [pepay.Event.Raw].
func (v *Verifier) Event(r *http.Request) (*pepay.Event, error) {
	return v.event(r, defaultMaxBytes)
}

func (v *Verifier) event(r *http.Request, limit int64) (*pepay.Event, error) {
	claimed, err := readSignature(r.Header)
	if err != nil {
		return nil, err
	}
	body, err := readBody(r, limit)
	if err != nil {
		return nil, err
	}
	if err := v.check(&claimed, body); err != nil {
		return nil, err
	}
	return decode(body)
}

// Parse is Event for routers and runtimes without an *http.Request. body is the
// body as it came, byte for byte.
func (v *Verifier) Parse(h http.Header, body []byte) (*pepay.Event, error) {
	if err := v.Verify(h, body); err != nil {
		return nil, err
	}
	return decode(slices.Clone(body))
}

// decode makes an event of a body, which it keeps.
func decode(body []byte) (*pepay.Event, error) {
	ev, err := pepay.ParseEvent(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformedEvent, err)
	}
	switch {
	case ev.ID == "":
		return nil, fmt.Errorf("%w: id is missing or no text", ErrMalformedEvent)
	case ev.Type == "":
		return nil, fmt.Errorf("%w: type is missing or no text", ErrMalformedEvent)
	}
	return ev, nil
}
