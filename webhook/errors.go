package webhook

import "errors"

// Why a delivery is not accepted, for errors.Is. No text contains a signature,
// a secret or a body.
var (
	// ErrNoSignature is a delivery without any signature header.
	ErrNoSignature = errors.New("webhook: no signature")
	// ErrBadSignature is a signature that none of the secrets makes.
	ErrBadSignature = errors.New("webhook: bad signature")
	// ErrBadTimestamp is a timestamp that is missing, not a number, or in seconds.
	ErrBadTimestamp = errors.New("webhook: bad timestamp")
	// ErrTimestampOutOfRange is a signed timestamp further away than the tolerance.
	ErrTimestampOutOfRange = errors.New("webhook: timestamp out of range")
	// ErrBodyTooLarge is a body beyond the limit, or beyond that of an
	// [http.MaxBytesReader] around the handler.
	ErrBodyTooLarge = errors.New("webhook: body too large")
	// ErrBodyIncomplete is a body that could not be read to its end, because the
	// connection broke off for instance. Pepay delivers again when the answer is 503.
	ErrBodyIncomplete = errors.New("webhook: body incomplete")
	// ErrMalformedEvent is a signed body that is not an event with id and type.
	ErrMalformedEvent = errors.New("webhook: malformed event")
)

// ErrClaimLost is what [Deduper.Commit] returns when the lease ended while the
// event was being handled, and another delivery has claimed it since.
var ErrClaimLost = errors.New("webhook: the claim was lost to another delivery")

// What the function of [Verifier.Handler] may return, alone or wrapped, for a delivery
// that did not fail.
var (
	// ErrDuplicate says that the event was handled before: the answer is 200.
	ErrDuplicate = errors.New("webhook: the event was handled before")
	// ErrInProgress says that somebody else is handling the event: the answer is 503
	// with Retry-After.
	ErrInProgress = errors.New("webhook: the event is being handled elsewhere")
	// ErrUnavailable says that something the function needs is down for now: the
	// answer is 503 with Retry-After.
	ErrUnavailable = errors.New("webhook: unavailable for now")
)
