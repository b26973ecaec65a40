package main

import (
	"errors"
	"math/rand/v2"
	"strings"
	"syscall"

	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
)

// The faults by name, in the order of the report.
const (
	refusedUpgrade = "refused upgrade"
	tokenRejected  = "token rejected"
	closeOnExpiry  = "close on expiry"
	drop           = "drop"
	reset          = "reset"
	silence        = "silence"
	duplicate      = "duplicate"
	truncatedFrame = "truncated frame"
	closeCode      = "close code"
	wsError        = "ws_error"
	otherwise      = "anything else"
)

func faultNames() []string {
	return []string{
		refusedUpgrade, tokenRejected, closeOnExpiry, drop, reset, silence, duplicate, truncatedFrame, closeCode, wsError, otherwise,
	}
}

// atDial and onStream are the faults that a plan draws from. Closing on expiry
// needs no rule: the simulator does it to every connection that lives so long.
func atDial(r role) []string {
	if r.token {
		return []string{refusedUpgrade, tokenRejected}
	}
	return []string{refusedUpgrade}
}

func onStream() []string {
	return []string{drop, reset, silence, duplicate, truncatedFrame, closeCode, wsError}
}

// newFault makes a fault that strikes after n events, if it is not one of the dial.
func newFault(name string, n int, random *rand.Rand) pepaytest.Fault {
	pick := func(from ...int) int { return from[random.IntN(len(from))] }
	switch name {
	case refusedUpgrade:
		return pepaytest.RefuseUpgrade(pick(408, 429, 500, 502, 503, 504))
	case tokenRejected:
		return pepaytest.RejectToken()
	case reset:
		return pepaytest.ResetAfter(n)
	case silence:
		return pepaytest.SilentAfter(n)
	case duplicate:
		return pepaytest.DuplicateAfter(n)
	case truncatedFrame:
		return pepaytest.TruncatedFrameAfter(n)
	case closeCode:
		return pepaytest.CloseAfter(n, pick(1000, 1001, 1011, 1012, 1013, 4000))
	case wsError:
		return pepaytest.WSErrorAfter(n, "INTERNAL", "try again")
	default:
		if random.IntN(2) == 0 {
			return pepaytest.CutFrameAfter(n)
		}
		return pepaytest.DropAfter(n)
	}
}

// recognize names the fault behind the end of a connection, as the stream tells it
// to an observer. A duplicate ends nothing.
func recognize(err error) string {
	var failure *stream.ServerError
	says := func(text string) bool { return strings.Contains(err.Error(), text) }
	switch {
	case errors.As(err, &failure):
		return wsError
	case says("answered with 401"):
		return tokenRejected
	case says("answered with"):
		return refusedUpgrade
	case says("token expired"):
		return closeOnExpiry
	case says("closed with"):
		return closeCode
	case says("undecodable"):
		return truncatedFrame
	case says("nothing came"):
		return silence
	case errors.Is(err, syscall.ECONNRESET):
		return reset
	case says("connection lost"):
		return drop
	}
	return otherwise
}
