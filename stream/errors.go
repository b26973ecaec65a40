package stream

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// How a stream ends for good, for errors.Is. What can pass does not end it.
var (
	// ErrUnauthorized means that the API key, or a fresh ws_token, was rejected
	// twice. It also matches wrapper.ErrUnauthorized.
	ErrUnauthorized = fmt.Errorf("stream: %w", wrapper.ErrUnauthorized)
	// ErrFrameTooLarge means that a frame is longer than Options.ReadLimit. The same
	// frame would come again, so the stream ends.
	ErrFrameTooLarge = errors.New("stream: frame too large")
	// ErrGap means that events may be missing, with Options.StopOnGap.
	ErrGap = errors.New("stream: there may be a gap")
	// ErrClosed is a second Events while one is running.
	ErrClosed = errors.New("stream: already running")
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
