package pepaytest

import (
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"
)

// TruncatedFrameAfter cuts off the JSON of the event after the first n, 0 or more:
// the WebSocket frame is complete and correct, what is in it cannot be decoded. The
// stream goes on. [CutFrameAfter] breaks the frame itself.
func TruncatedFrameAfter(n int) Fault {
	return onStream("TruncatedFrameAfter", streamFault{after: n, kind: faultTruncate}, 0)
}

// CutFrameAfter breaks off in the frame of the event after the first n, 0 or more:
// its header announces the whole event, half of it follows, then a FIN.
func CutFrameAfter(n int) Fault {
	return onStream("CutFrameAfter", streamFault{after: n, kind: faultCut}, 0)
}

// OversizedFrameAfter sends the event after the first n, 0 or more, in one frame of
// this many bytes: valid JSON, blown up with spaces inside, so that a client without
// a limit takes it for a good one. It is not held in memory. An event that is larger
// anyway stays as it is. bytes is at least 1.
func OversizedFrameAfter(n, bytes int) Fault {
	if bytes < 1 {
		return Fault{err: fmt.Errorf("pepaytest: OversizedFrameAfter(%d, %d): give at least 1 byte", n, bytes)}
	}
	return onStream("OversizedFrameAfter", streamFault{after: n, kind: faultOversize, bytes: bytes}, 0)
}

// OddFieldAfter sends the event after the first n, 0 or more, with a field in another
// form than documented: value is JSON, such as "yes" in quotes for livemode, and
// an empty value removes the field. field is a name, or names with dots between, such
// as request.id. The Events API has the event as it is; [Server.EmitRaw] makes one that
// is odd everywhere.
func OddFieldAfter(n int, field, value string) Fault {
	if field == "" || value != "" && !json.Valid([]byte(value)) {
		return Fault{err: fmt.Errorf("pepaytest: OddFieldAfter(%d, %q, %q): give a field, and JSON or nothing for its value", n, field, value)}
	}
	return onStream("OddFieldAfter", streamFault{after: n, kind: faultOddField, field: field, value: json.RawMessage(value)}, 0)
}

// TextFrameAfter sends one more text frame after n event frames, 0 or more, with this
// payload: a keep-alive that is not JSON, a kind of frame that Pepay may add. The
// payload is valid UTF-8, as a text frame's has to be.
func TextFrameAfter(n int, payload string) Fault {
	if !utf8.ValidString(payload) {
		return Fault{err: fmt.Errorf("pepaytest: TextFrameAfter(%d, %q): not UTF-8", n, payload)}
	}
	return onStream("TextFrameAfter", streamFault{after: n, kind: faultText, payload: []byte(payload)}, 0)
}

// BinaryFrameAfter is [TextFrameAfter] with a binary frame, which may have any payload.
func BinaryFrameAfter(n int, payload []byte) Fault {
	return onStream("BinaryFrameAfter", streamFault{after: n, kind: faultBinary, payload: payload}, 0)
}

// SlowFrameAfter sends the event after the first n, 0 or more, bit by bit over a time:
// what a slow link does. The waits are by the system's clock. A time that is not
// positive is refused.
func SlowFrameAfter(n int, over time.Duration) Fault {
	if over <= 0 {
		return Fault{err: fmt.Errorf("pepaytest: SlowFrameAfter(%d, %v): give more than 0", n, over)}
	}
	return onStream("SlowFrameAfter", streamFault{after: n, kind: faultSlow, over: over}, 0)
}
