package pepaytest

import (
	"errors"
	"fmt"
)

// Notice is what a frame that is no event says. Pepay documents that such frames
// exist, ws_control with "replay/resync hints" and ws_error before it closes, but
// not a single field of them beside object. Everything about their form is in this
// file, and [WithControlFrame] replaces it.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets
type Notice struct {
	// Object is "ws_control" or "ws_error".
	Object string
	// Type of a ws_control: "replay_truncated".
	Type string
	// Since is the cursor a ws_control is about.
	Since string
	// Code of a ws_error: "CURSOR_TOO_OLD", or what [WSErrorAfter] was given.
	Code string
	// Message is for people.
	Message string
}

// WithControlFrame sets the form of ws_control and ws_error frames: whatever form
// returns is sent as JSON. The default is
//
//	{"object":"ws_control","type":"replay_truncated","since":"evt_…","message":"…"}
//	{"object":"ws_error","code":"…","message":"…"}
//
// A value that JSON cannot express closes the stream with 1011. form is called from
// many goroutines at once; nil is an error.
func WithControlFrame(form func(Notice) any) Option {
	return func(c *config) error {
		if form == nil {
			return errors.New("pepaytest: WithControlFrame: nil function")
		}
		c.notice = form
		return nil
	}
}

func defaultNotice(n Notice) any {
	if n.Object == "ws_error" {
		return struct {
			Object  string `json:"object"`
			Code    string `json:"code"`
			Message string `json:"message"`
		}{n.Object, n.Code, n.Message}
	}
	return struct {
		Object  string `json:"object"`
		Type    string `json:"type"`
		Since   string `json:"since"`
		Message string `json:"message"`
	}{n.Object, n.Type, n.Since, n.Message}
}

// OldCursorAnswer is what a stream answers to a since that is unknown or older than
// the retention, and to a reader so slow that the retention has passed it.
type OldCursorAnswer int

const (
	// OldCursorSnapshot sends the documented "bounded snapshot", here the last 100
	// events the stream wants, and goes on live. Nothing tells the client.
	OldCursorSnapshot OldCursorAnswer = iota
	// OldCursorControl says so in a ws_control frame, before the snapshot.
	OldCursorControl
	// OldCursorError says so in a ws_error frame and closes with 1008.
	OldCursorError
)

// The size of the bounded snapshot; Pepay does not document its own.
const snapshotSize = 100

// WithOldCursor sets what a stream answers to a cursor that is too old. The default
// is [OldCursorSnapshot]. Pepay documents the snapshot, and that control frames
// carry hints about replay, but not which of the three it does.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets
func WithOldCursor(a OldCursorAnswer) Option {
	return func(c *config) error {
		if a < OldCursorSnapshot || a > OldCursorError {
			return fmt.Errorf("pepaytest: WithOldCursor: unknown answer %d", a)
		}
		c.oldCursor = a
		return nil
	}
}

func truncatedReplay(since string) Notice {
	return Notice{Object: "ws_control", Type: "replay_truncated", Since: since, Message: "The cursor is older than the events that are kept"}
}

func cursorTooOld(since string) Notice {
	return Notice{Object: "ws_error", Code: "CURSOR_TOO_OLD", Since: since, Message: "The cursor is older than the events that are kept"}
}
