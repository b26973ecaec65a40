package wrapper

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/pepaylabs/pepay-go"
)

// What can be done about an error, for errors.Is.
var (
	// ErrInvalidRequest is status 400: the request has to change.
	ErrInvalidRequest = errors.New("pepay: invalid request")
	// ErrUnauthorized is status 401: the credential is missing, wrong or revoked.
	ErrUnauthorized = errors.New("pepay: unauthorized")
	// ErrPaymentRequired is status 402.
	ErrPaymentRequired = errors.New("pepay: payment required")
	// ErrForbidden is status 403: the credential does not allow this.
	ErrForbidden = errors.New("pepay: forbidden")
	// ErrNotFound is status 404, also for what belongs to another environment.
	ErrNotFound = errors.New("pepay: not found")
	// ErrMethodNotAllowed is status 405.
	ErrMethodNotAllowed = errors.New("pepay: method not allowed")
	// ErrRequestTimeout is status 408: the request took Pepay too long to receive.
	ErrRequestTimeout = errors.New("pepay: request timeout")
	// ErrConflict is status 409, an idempotency key used twice for instance.
	ErrConflict = errors.New("pepay: conflict")
	// ErrGone is status 410, an expired invoice for instance.
	ErrGone = errors.New("pepay: gone")
	// ErrUnprocessable is status 422: the request is well-formed and asks for what
	// cannot be done.
	ErrUnprocessable = errors.New("pepay: unprocessable request")
	// ErrRateLimited is status 429; Error.RetryAfter says how long to wait.
	ErrRateLimited = errors.New("pepay: rate limited")
	// ErrServer is status 500 and above.
	ErrServer = errors.New("pepay: server error")

	// ErrNoCredential means that the client has no credential for the operation.
	// Nothing was sent.
	ErrNoCredential = errors.New("pepay: no credential")
	// ErrInvalidArgument is [pepay.ErrInvalidArgument]: an option or argument cannot
	// be used; the text names it. Nothing was sent.
	ErrInvalidArgument = pepay.ErrInvalidArgument
	// ErrMalformedResponse is a success that is not what the contract promises.
	ErrMalformedResponse = errors.New("pepay: malformed response")
	// ErrResponseTooLarge is an answer longer than WithMaxResponseBytes allows.
	ErrResponseTooLarge = errors.New("pepay: response too large")
	// ErrRedirect is an answer that points elsewhere. It is never followed: the
	// credential would travel along.
	ErrRedirect = errors.New("pepay: redirect refused")
)

// ofStatus holds the sentinel of a status below 500.
var ofStatus = map[int]error{
	http.StatusBadRequest:          ErrInvalidRequest,
	http.StatusUnauthorized:        ErrUnauthorized,
	http.StatusPaymentRequired:     ErrPaymentRequired,
	http.StatusForbidden:           ErrForbidden,
	http.StatusNotFound:            ErrNotFound,
	http.StatusMethodNotAllowed:    ErrMethodNotAllowed,
	http.StatusRequestTimeout:      ErrRequestTimeout,
	http.StatusConflict:            ErrConflict,
	http.StatusGone:                ErrGone,
	http.StatusUnprocessableEntity: ErrUnprocessable,
	http.StatusTooManyRequests:     ErrRateLimited,
}

// Is matches the error of the status code: [ErrUnauthorized] for 401 and so on.
func (e Error) Is(target error) bool {
	if e.StatusCode >= 500 {
		return target == ErrServer
	}
	sentinel, ok := ofStatus[e.StatusCode]
	return ok && target == sentinel
}

// IsCode reports whether err is an [*Error] with one of the codes, such as
// "API_KEY_INVALID".
func IsCode(err error, codes ...string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code != "" && slices.Contains(codes, e.Code)
}

// IsRetryable reports whether the same call may succeed later: Pepay was busy or
// failed, the network did, or time ran out. It does not say that a write is safe to
// repeat: with the idempotency key of the first call ([Error.IdempotencyKey],
// [WithIdempotencyKey]) it is. [Error.RetryAfter] says how long to wait.
func IsRetryable(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.StatusCode {
	case 0:
		return e.cause != nil && canPass(e.cause) && !errors.Is(err, ErrInvalidArgument) && !errors.Is(err, ErrNoCredential)
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return !errors.Is(err, context.Canceled)
	case http.StatusConflict:
		return errors.Is(err, errUnanswered)
	}
	return false
}
