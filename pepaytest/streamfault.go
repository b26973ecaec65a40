package pepaytest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// streamFault is something that happens on an open stream, once per connection,
// after a number of event frames.
type streamFault struct {
	after         int
	misdeed       misdeed
	bytes         int
	code          int
	wsCode, wsMsg string
}

type misdeed int

const (
	misdeedDrop misdeed = iota
	misdeedReset
	misdeedSilent
	misdeedClose
	misdeedError
	misdeedDuplicate
	misdeedReorder
	misdeedSkip
	misdeedTruncate
	misdeedCut
	misdeedOversize
)

// upgradeFilter narrows a fault of answers to upgrades.
type upgradeFilter int

const (
	anyRequest upgradeFilter = iota
	anyUpgrade
	tokenUpgrade
)

// RefuseUpgrade answers an upgrade with an error status and the envelope Pepay
// documents for it, as [Status] does. With "*" it leaves other requests alone. The
// status is 400 to 599.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/ws-merchant-events
func RefuseUpgrade(status int) Fault {
	if status < 400 || status > 599 {
		return Fault{err: fmt.Errorf("pepaytest: RefuseUpgrade(%d): give 400 to 599", status)}
	}
	f := Status(status)
	f.upgrades = anyUpgrade
	return f
}

// RejectToken answers 401 to an upgrade that carries a token, as if it had been
// revoked. Upgrades with an API key do not meet it and do not count.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/ws-merchant-events
func RejectToken() Fault {
	f := replyWith(func() *answer {
		ans := newAnswer()
		invalidToken().write(ans)
		return ans
	})
	f.upgrades = tokenUpgrade
	return f
}

// DropAfter closes the connection after n event frames, 0 or more, with a FIN and no
// close frame: what a proxy that restarts does. Like every fault of an open stream it
// acts once on each connection that meets it, and [Next], [Every] and [Always] count
// the upgrades that succeed.
func DropAfter(n int) Fault {
	return onStream("DropAfter", streamFault{after: n, misdeed: misdeedDrop}, 0)
}

// ResetAfter is [DropAfter] with a RST instead of a FIN: what a machine that crashed
// and came back does.
func ResetAfter(n int) Fault {
	return onStream("ResetAfter", streamFault{after: n, misdeed: misdeedReset}, 0)
}

// SilentAfter says nothing more after n event frames, 0 or more. Pings and a close
// frame are not answered, and the connection stays open until the client hangs up or
// the server closes: what a machine that has vanished does.
func SilentAfter(n int) Fault {
	return onStream("SilentAfter", streamFault{after: n, misdeed: misdeedSilent}, 0)
}

// DuplicateAfter sends the n-th event twice, n being at least 1. The documentation
// promises delivery at least once, so a client has to expect it.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets
func DuplicateAfter(n int) Fault {
	return onStream("DuplicateAfter", streamFault{after: n, misdeed: misdeedDuplicate}, 1)
}

// ReorderAfter swaps the two events after the first n, 0 or more: the first of them
// is held back until the second has been sent.
func ReorderAfter(n int) Fault {
	return onStream("ReorderAfter", streamFault{after: n, misdeed: misdeedReorder}, 0)
}

// SkipAfter leaves out the event after the first n, 0 or more. It stays in the log,
// for replay and for the Events API.
func SkipAfter(n int) Fault {
	return onStream("SkipAfter", streamFault{after: n, misdeed: misdeedSkip}, 0)
}

// TruncatedFrameAfter cuts off the JSON of the event after the first n, 0 or more:
// the WebSocket frame is complete and correct, what is in it cannot be decoded. The
// stream goes on. [CutFrameAfter] breaks the frame itself.
func TruncatedFrameAfter(n int) Fault {
	return onStream("TruncatedFrameAfter", streamFault{after: n, misdeed: misdeedTruncate}, 0)
}

// CutFrameAfter breaks off in the frame of the event after the first n, 0 or more:
// its header announces the whole event, half of it follows, then a FIN.
func CutFrameAfter(n int) Fault {
	return onStream("CutFrameAfter", streamFault{after: n, misdeed: misdeedCut}, 0)
}

// OversizedFrameAfter sends the event after the first n, 0 or more, in one frame of
// this many bytes: valid JSON, blown up with spaces inside, so that a client without
// a limit takes it for a good one. It is not held in memory. An event that is larger
// anyway stays as it is. bytes is at least 1.
func OversizedFrameAfter(n, bytes int) Fault {
	if bytes < 1 {
		return Fault{err: fmt.Errorf("pepaytest: OversizedFrameAfter(%d, %d): give at least 1 byte", n, bytes)}
	}
	return onStream("OversizedFrameAfter", streamFault{after: n, misdeed: misdeedOversize, bytes: bytes}, 0)
}

// CloseAfter closes the stream after n event frames, 0 or more, with a close frame of
// this code, 1000 to 4999: an int, or a close code of a WebSocket library. 1005 is a
// close frame without a code. 1006 and 1015 mean that there was no close frame at
// all: use [DropAfter].
func CloseAfter[C ~int](n int, code C) Fault {
	if code < 1000 || code > 4999 || code == 1006 || code == 1015 {
		return Fault{err: fmt.Errorf("pepaytest: CloseAfter(%d, %d): give a code from 1000 to 4999 that a close frame can have", n, int(code))}
	}
	return onStream("CloseAfter", streamFault{after: n, misdeed: misdeedClose, code: int(code)}, 0)
}

// WSErrorAfter sends a ws_error frame after n event frames, 0 or more, and closes
// with 1008. Pepay documents neither codes nor the form of the frame;
// [WithControlFrame] sets it.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets
func WSErrorAfter(n int, code, message string) Fault {
	return onStream("WSErrorAfter", streamFault{after: n, misdeed: misdeedError, wsCode: code, wsMsg: message}, 0)
}

func onStream(name string, f streamFault, least int) Fault {
	if f.after < least {
		return Fault{err: fmt.Errorf("pepaytest: %s(%d): give at least %d", name, f.after, least)}
	}
	return Fault{stream: &f}
}

// checkOn refuses a fault that the operation cannot meet.
func (f Fault) checkOn(operationID string) error {
	if err := f.check(); err != nil {
		return err
	}
	ofStream := f.stream != nil || f.upgrades != anyRequest
	if streams := streamOperations(); ofStream && operationID != anyOperation && !slices.Contains(streams, operationID) {
		return fmt.Errorf("pepaytest: %s is no stream; there are %s and * for any", operationID, strings.Join(streams, ", "))
	}
	if f.stream != nil && (f.decides() || f.delay > 0 || f.contentType != nil) {
		return errors.New("pepaytest: what happens on an open stream and what happens to its upgrade are two rules")
	}
	return nil
}
