package webhook

import "errors"

// Why a delivery is not accepted, for errors.Is. No text contains a signature,
// a secret or a body.
var (
	// ErrNoSignature is a delivery without any signature header.
	ErrNoSignature = errors.New("webhook: no signature")
	// ErrBadSignature is a signature that no secret makes.
	ErrBadSignature = errors.New("webhook: bad signature")
	// ErrBadTimestamp is a timestamp that is missing, not a number, or in seconds.
	ErrBadTimestamp = errors.New("webhook: bad timestamp")
	// ErrTimestampOutOfRange is a signed timestamp further away than the tolerance.
	ErrTimestampOutOfRange = errors.New("webhook: timestamp out of range")
	// ErrBodyTooLarge is a body beyond the limit.
	ErrBodyTooLarge = errors.New("webhook: body too large")
	// ErrMalformedEvent is a signed body that is no event.
	ErrMalformedEvent = errors.New("webhook: malformed event")
)
