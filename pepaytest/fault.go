package pepaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault is one way to misbehave. [Status] and the functions beside it make one;
// [Faults.On] puts it to work. A Fault may be used in any number of rules. One
// made from a bad value is refused by [Faults.On].
type Fault struct {
	err         error
	delay       time.Duration
	contentType *string
	reply       func(genuine func() *answer) *answer
	cut         cut
	stream      *streamFault
	upgrades    upgradeFilter
}

type cut int

const (
	cutNothing cut = iota
	cutBefore
	cutMidBody
)

// decides reports whether the fault decides what is answered. Others only change how
// the answer arrives.
func (f Fault) decides() bool { return f.reply != nil || f.cut != cutNothing }

// meets reports whether a request can meet the fault at all. Faults of open streams are
// for [Faults.planStream].
func (f Fault) meets(r *http.Request, stream bool) bool {
	switch {
	case f.stream != nil:
		return false
	case f.upgrades == anyUpgrade:
		return stream
	case f.upgrades == tokenUpgrade:
		return stream && r.URL.Query().Has("token")
	default:
		return true
	}
}

func (f Fault) check() error {
	if f.err == nil && !f.decides() && f.delay == 0 && f.contentType == nil && f.stream == nil {
		return errors.New("pepaytest: the zero Fault does nothing; use Status, Latency and the like")
	}
	return f.err
}

// Status answers the status with the error envelope Pepay documents for it: a
// VALIDATION_ERROR for 400, API_KEY_INVALID for 401, the rate limiter's flat
// envelope for 429 (without its retry_after hint), the legacy one for 500. Other
// error statuses have the documented shape with a code made from the status text.
// A success is {"success":true}; 204, 205 and redirects have no body. The code is
// 200 to 599.
//
// See https://docs-alpha.pepay.io/api-spec/errors
func Status(code int) Fault {
	if err := checkStatus(code); err != nil {
		return Fault{err: err}
	}
	return replyWith(func() *answer {
		ans := newAnswer()
		if code == http.StatusNoContent || code == http.StatusResetContent || code >= 300 && code < 400 {
			ans.WriteHeader(code)
			return ans
		}
		writeJSON(ans, code, statusBody(code))
		return ans
	})
}

// StatusRetryAfter is [Status] with a Retry-After header: "2", an HTTP date, or
// any other text.
//
// See https://docs-alpha.pepay.io/api-spec/rate-limits
func StatusRetryAfter(code int, value string) Fault {
	f := Status(code)
	if f.err != nil {
		return f
	}
	if err := checkHeader("Retry-After", value); err != nil {
		return Fault{err: err}
	}
	return f.withRetryAfter(value)
}

func (f Fault) withRetryAfter(value string) Fault {
	reply := f.reply
	f.reply = func(genuine func() *answer) *answer {
		ans := reply(genuine)
		ans.header.Set("Retry-After", value)
		return ans
	}
	return f
}

// Envelope answers the status with this body as JSON, well-formed or not. The
// code is 200 to 599; 204 and 304 have no body.
func Envelope(code int, body string) Fault {
	if err := checkStatus(code); err != nil {
		return Fault{err: err}
	}
	if body != "" && (code == http.StatusNoContent || code == http.StatusNotModified) {
		return Fault{err: fmt.Errorf("pepaytest: an answer with status %d has no body", code)}
	}
	return replyWith(func() *answer { return rawAnswer(code, body) })
}

// Latency waits before the answer, which is the real one unless another fault is
// due as well. The wait ends early when the client or the server goes away; the
// connection is then closed without an answer, and the request does nothing.
func Latency(d time.Duration) Fault {
	if d <= 0 {
		return Fault{err: fmt.Errorf("pepaytest: Latency(%v): give more than 0", d)}
	}
	return Fault{delay: d}
}

// ResetBefore resets the connection (a TCP RST, not a tidy close) before any byte
// of an answer. The request does nothing.
func ResetBefore() Fault { return Fault{cut: cutBefore} }

// ResetMidBody carries the request out, sends the status, the headers with the
// Content-Length and half of the body, and then resets the connection: what was
// done is done, but the client cannot know.
func ResetMidBody() Fault { return Fault{cut: cutMidBody} }

// ContentType gives the answer another Content-Type; an empty one leaves the
// header out. The answer is the real one unless another fault is due as well.
func ContentType(ct string) Fault {
	if err := checkHeader("Content-Type", ct); err != nil {
		return Fault{err: err}
	}
	return Fault{contentType: &ct}
}

// RawBody answers 200 with these bytes under a JSON content type: truncated JSON,
// HTML, nothing at all.
func RawBody[B ~[]byte | ~string](b B) Fault {
	body := string(b)
	return replyWith(func() *answer { return rawAnswer(http.StatusOK, body) })
}

// Oversized sends the real answer blown up to this many bytes with spaces inside
// of the JSON, so that a client without a limit takes it for a good one. It goes
// without a Content-Length. An answer that is larger anyway stays as it is.
func Oversized(bytes int) Fault {
	if bytes < 1 {
		return Fault{err: fmt.Errorf("pepaytest: Oversized(%d): give at least 1 byte", bytes)}
	}
	return Fault{reply: func(genuine func() *answer) *answer {
		ans := genuine()
		ans.padding = max(0, bytes-ans.body.Len())
		return ans
	}}
}

// SuccessFalse answers HTTP 200 with an envelope that says success:false.
func SuccessFalse(code, message string) Fault {
	return replyWith(func() *answer { return jsonAnswer(http.StatusOK, failure(code, message)) })
}

// MissingData sends the real answer without its data. A success that has none
// becomes {"success":true}; a failure stays as it is.
func MissingData() Fault {
	return Fault{reply: func(genuine func() *answer) *answer {
		ans := genuine()
		if ans.status < 200 || ans.status > 299 {
			return ans
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(ans.body.Bytes(), &members); err != nil || members["data"] == nil {
			return jsonAnswer(ans.status, statusBody(ans.status))
		}
		delete(members, "data")
		return jsonAnswer(ans.status, members)
	}}
}

// RedirectTo answers 307, the redirect that asks for the same method, body and
// headers at the other address, credentials included.
func RedirectTo(url string) Fault {
	if url == "" {
		return Fault{err: errors.New("pepaytest: RedirectTo: empty URL")}
	}
	if err := checkHeader("Location", url); err != nil {
		return Fault{err: err}
	}
	return replyWith(func() *answer {
		ans := newAnswer()
		ans.header.Set("Location", url)
		ans.WriteHeader(http.StatusTemporaryRedirect)
		return ans
	})
}

func replyWith(build func() *answer) Fault {
	return Fault{reply: func(func() *answer) *answer { return build() }}
}

func rawAnswer(status int, body string) *answer {
	ans := newAnswer()
	ans.header.Set("Content-Type", contentTypeJSON)
	ans.WriteHeader(status)
	_, _ = ans.body.WriteString(body)
	return ans
}

func checkStatus(code int) error {
	if code < 200 || code > 599 {
		return fmt.Errorf("pepaytest: status %d is not one of 200 to 599", code)
	}
	return nil
}

func checkHeader(name, value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("pepaytest: the %s header cannot hold %q", name, value)
	}
	return nil
}
