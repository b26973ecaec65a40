package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// Why a stream has ended, for errors.Is. The stream retries everything that may be
// temporary.
var (
	// ErrUnauthorized means that the API key, or a fresh ws_token, was rejected
	// twice in a row. It also matches wrapper.ErrUnauthorized.
	ErrUnauthorized = fmt.Errorf("stream: %w", wrapper.ErrUnauthorized)
	// ErrFrameTooLarge means that a frame is longer than Options.ReadLimit. The same
	// frame would come again, so the stream ends.
	ErrFrameTooLarge = errors.New("stream: frame too large")
	// ErrGap means that events may be missing, with Options.StopOnGap.
	ErrGap = errors.New("stream: there may be a gap")
	// ErrRunning is returned by a second range over Events while one is running.
	ErrRunning = errors.New("stream: already running")
)

// ServerError is a ws_error frame: Pepay's reason for closing a stream. Which
// codes there are is not documented.
type ServerError struct {
	Code, Message string
	Raw           json.RawMessage // the whole frame
}

// Error is one line without the raw frame.
func (e *ServerError) Error() string {
	text := "stream: ws_error"
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return oneLine(text)
}

// GoString is Error, so that %#v does not print the raw frame.
func (e *ServerError) GoString() string { return e.Error() }

// endError ends a stream on purpose: a cursor that cannot be saved, a gap with
// StopOnGap.
type endError struct{ error }

func (e endError) Unwrap() error { return e.error }

// closeError is a close frame.
type closeError struct {
	code   websocket.StatusCode
	reason string
}

func (e *closeError) Error() string {
	text := fmt.Sprintf("stream: closed with %d", e.code)
	if e.reason != "" {
		text += " " + e.reason
	}
	return text
}

// idleError is a connection on which nothing came.
type idleError struct{ after time.Duration }

func (e *idleError) Error() string { return fmt.Sprintf("stream: nothing came for %s", e.after) }
func (*idleError) Timeout() bool   { return true }

// endlessFrameError is a frame whose fragments did not come to an end.
type endlessFrameError struct{ after time.Duration }

func (e *endlessFrameError) Error() string {
	return fmt.Sprintf("stream: a frame was not complete after %s", e.after)
}
func (*endlessFrameError) Timeout() bool { return true }

// unreadableFrameError is a frame that cannot be read. It may have been cut off on
// its way, or come again as it is.
type unreadableFrameError struct{ cause error }

func (e *unreadableFrameError) Error() string {
	return "stream: unreadable frame: " + oneLine(e.cause.Error())
}
func (e *unreadableFrameError) Unwrap() error { return e.cause }

// expired is the end of a connection whose token had run out. It has no Unwrap: what
// it wraps is about the credential, and must not count as a rejection.
type expired struct{ cause error }

func (e expired) Error() string { return "stream: the token expired: " + e.cause.Error() }

// sourceError is a token source, or a client, that gave no credential.
type sourceError struct{ cause error }

func (e *sourceError) Error() string { return "stream: no credential for the dial: " + e.cause.Error() }
func (e *sourceError) Unwrap() error { return e.cause }

// errNoToken is a source that returned neither a token nor an error. The API key
// must not be sent in its place.
var errNoToken = errors.New("the Source returned no token")

// handshakeError is an upgrade that was answered with another status than 101.
type handshakeError struct {
	status     int
	said       string // Pepay's code and message
	retryAfter time.Duration
	cause      error // a *wrapper.Error with the same content
}

func (e *handshakeError) Error() string {
	said := e.said
	if said == "" {
		said = http.StatusText(e.status)
	}
	text := fmt.Sprintf("stream: the upgrade was answered with %d %s", e.status, said)
	if e.retryAfter > 0 {
		text += fmt.Sprintf(" (retry after %s)", e.retryAfter.Round(time.Second))
	}
	return text
}
func (e *handshakeError) Unwrap() error { return e.cause }

// handshakeViolationError is a 101 that is not an answer to the upgrade, from something
// in between for instance.
type handshakeViolationError struct{ cause error }

func (e *handshakeViolationError) Error() string {
	return "stream: the answer to the upgrade is invalid: " + oneLine(e.cause.Error())
}
func (e *handshakeViolationError) Unwrap() error { return e.cause }

// unusableUpgradeError is a 101 that cannot become a WebSocket, however often it is
// tried.
type unusableUpgradeError struct{ reason string }

func (e *unusableUpgradeError) Error() string {
	return "stream: the upgraded connection is unusable: " + e.reason
}
