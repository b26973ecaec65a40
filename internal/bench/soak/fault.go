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
	wrongStatus    = "wrong status once"
	tokenRejected  = "token rejected"
	closeOnExpiry  = "close on expiry"
	close4401      = "close 4401"
	drop           = "drop"
	reset          = "reset"
	silence        = "silence"
	duplicate      = "duplicate"
	lateEvent      = "late event"
	oddField       = "odd field"
	slowLink       = "slow link"
	truncatedFrame = "truncated frame"
	closeCode      = "close code"
	wsError        = "ws_error"
	listOutage     = "list outage"
	otherwise      = "anything else"
)

func faultNames() []string {
	return []string{
		refusedUpgrade, wrongStatus, tokenRejected, closeOnExpiry, close4401, drop, reset, silence, duplicate, lateEvent, oddField, slowLink,
		truncatedFrame, closeCode, wsError, listOutage, otherwise,
	}
}

// atDial and onStream are the faults that a plan draws from. Closing on expiry
// needs no rule: the simulator does it to every connection that lives so long.
func atDial(r role) []string {
	if r.token {
		return []string{refusedUpgrade, wrongStatus, tokenRejected}
	}
	return []string{refusedUpgrade, wrongStatus}
}

func onStream() []string {
	return []string{
		close4401, drop, reset, silence, duplicate, lateEvent, oddField, slowLink, truncatedFrame, closeCode, wsError, listOutage,
	}
}

// passes reports whether a connection survives a fault, so that another has to end
// it.
func passes(name string) bool {
	switch name {
	case duplicate, lateEvent, oddField, slowLink, listOutage:
		return true
	}
	return false
}

// newFault makes a fault that strikes after n events, if it is not one of a
// request.
func newFault(name string, n int, random *rand.Rand) pepaytest.Fault {
	pick := func(from ...int) int { return from[random.IntN(len(from))] }
	switch name {
	case refusedUpgrade:
		return pepaytest.RefuseUpgrade(pick(408, 429, 500, 502, 503, 504))
	case wrongStatus:
		return pepaytest.RefuseUpgrade(pick(400, 404, 410, 421, 426, 499, 501))
	case tokenRejected:
		return pepaytest.RejectToken()
	case listOutage:
		return pepaytest.Status(pick(500, 502, 503))
	case reset:
		return pepaytest.ResetAfter(n)
	case silence:
		return pepaytest.SilentAfter(n)
	case duplicate:
		return pepaytest.DuplicateAfter(n)
	case lateEvent:
		return pepaytest.LateAfter(n, 1+random.IntN(maxLate))
	case oddField:
		odd := [][2]string{{"created", `"soon"`}, {"livemode", `"yes"`}, {"pending_webhooks", `{}`}, {"request", `7`}, {"api_version", `[]`}}
		field := odd[random.IntN(len(odd))]
		return pepaytest.OddFieldAfter(n, field[0], field[1])
	case slowLink:
		return pepaytest.SlowFrameAfter(n, 2*idleTimeout)
	case truncatedFrame:
		return pepaytest.TruncatedFrameAfter(n)
	case close4401:
		return pepaytest.CloseReasonAfter(n, 4401, []string{"", "token revoked"}[random.IntN(2)])
	case closeCode:
		return pepaytest.CloseAfter(n, pick(1000, 1001, 1008, 1011, 1012, 1013, 4000))
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
	case says("token expired"):
		return closeOnExpiry
	case says("answered with 401"):
		return tokenRejected
	case says("answered with 408"), says("answered with 429"), says("answered with 50") && !says("answered with 501"):
		return refusedUpgrade
	case says("answered with"):
		return wrongStatus
	case says("closed with 4401"):
		return close4401
	case says("closed with"):
		return closeCode
	case says("unreadable frame"):
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
