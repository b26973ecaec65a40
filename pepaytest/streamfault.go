package pepaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// streamFault is something that happens on an open stream, once per connection,
// after a number of event frames.
type streamFault struct {
	kind          streamFaultKind
	after         int
	by            int             // events that go before a late one
	bytes         int             // of an oversized frame
	code          int             // of a close
	reason        string          // of a close
	wsCode, wsMsg string          // of a ws_error
	payload       []byte          // of an extra frame
	field         string          // that is odd
	value         json.RawMessage // of that field; nil removes it
	over          time.Duration   // that a slow frame takes
}

type streamFaultKind int

const (
	// These end the stream.
	faultDrop streamFaultKind = iota
	faultReset
	faultSilent
	faultClose
	faultError
	// These come between two events.
	faultText
	faultBinary
	// These happen to an event.
	faultDuplicate
	faultLate
	faultSkip
	faultTruncate
	faultCut
	faultOversize
	faultOddField
	faultSlow
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

// RefuseUpgradeRetryAfter is [RefuseUpgrade] with a Retry-After header: "2", an HTTP
// date, or any other text.
//
// See https://docs-alpha.pepay.io/api-spec/rate-limits
func RefuseUpgradeRetryAfter(status int, value string) Fault {
	f := RefuseUpgrade(status)
	if f.err != nil {
		return f
	}
	if err := checkHeader("Retry-After", value); err != nil {
		return Fault{err: err}
	}
	return f.withRetryAfter(value)
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
	return onStream("DropAfter", streamFault{after: n, kind: faultDrop}, 0)
}

// ResetAfter is [DropAfter] with a RST instead of a FIN: what a machine that crashed
// and came back does.
func ResetAfter(n int) Fault {
	return onStream("ResetAfter", streamFault{after: n, kind: faultReset}, 0)
}

// SilentAfter says nothing more after n event frames, 0 or more. Pings and a close
// frame are not answered, and the connection stays open until the client hangs up or
// the server closes: what a machine that has vanished does.
func SilentAfter(n int) Fault {
	return onStream("SilentAfter", streamFault{after: n, kind: faultSilent}, 0)
}

// DuplicateAfter sends the n-th event twice, n being at least 1. The documentation
// promises delivery at least once, so a client has to expect it.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets
func DuplicateAfter(n int) Fault {
	return onStream("DuplicateAfter", streamFault{after: n, kind: faultDuplicate}, 1)
}

// ReorderAfter swaps the two events after the first n, 0 or more: the first of them
// is held back until the second has been sent.
func ReorderAfter(n int) Fault {
	return onStream("ReorderAfter", streamFault{after: n, kind: faultLate, by: 1}, 0)
}

// LateAfter holds back the event after the first n, 0 or more, until by further ones
// have been sent, 1 or more. The Events API and a replay have it in its place all the
// while. If the stream ends before that, the event does not come over it: a client
// whose cursor is behind it already has to look back for it.
func LateAfter(n, by int) Fault {
	if by < 1 {
		return Fault{err: fmt.Errorf("pepaytest: LateAfter(%d, %d): give at least 1 event that goes before", n, by)}
	}
	return onStream("LateAfter", streamFault{after: n, kind: faultLate, by: by}, 0)
}

// SkipAfter leaves out the event after the first n, 0 or more. It stays in the log,
// for replay and for the Events API.
func SkipAfter(n int) Fault {
	return onStream("SkipAfter", streamFault{after: n, kind: faultSkip}, 0)
}

// CloseAfter closes the stream after n event frames, 0 or more, with a close frame of
// this code, 1000 to 4999: an int, or a close code of a WebSocket library. 1005 is a
// close frame without a code. 1006 and 1015 mean that there was no close frame at
// all: use [DropAfter].
func CloseAfter[C ~int](n int, code C) Fault { return CloseReasonAfter(n, code, "") }

// CloseReasonAfter is [CloseAfter] with a reason in the close frame, at most 123 bytes
// and none with 1005. What Pepay says there is not documented.
func CloseReasonAfter[C ~int](n int, code C, reason string) Fault {
	const longest = 123
	switch {
	case code < 1000 || code > 4999 || code == 1006 || code == 1015:
		return Fault{err: fmt.Errorf("pepaytest: CloseAfter(%d, %d): give a code from 1000 to 4999 that a close frame can have", n, int(code))}
	case len(reason) > longest || code == 1005 && reason != "" || !utf8.ValidString(reason):
		return Fault{err: fmt.Errorf("pepaytest: CloseReasonAfter(%d, %d, %q): no close frame can have this reason", n, int(code), reason)}
	}
	return onStream("CloseAfter", streamFault{after: n, kind: faultClose, code: int(code), reason: reason}, 0)
}

// WSErrorAfter sends a ws_error frame after n event frames, 0 or more, and closes
// with 1008. Pepay documents neither codes nor the form of the frame;
// [WithControlFrame] sets it.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets
func WSErrorAfter(n int, code, message string) Fault {
	return onStream("WSErrorAfter", streamFault{after: n, kind: faultError, wsCode: code, wsMsg: message}, 0)
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
