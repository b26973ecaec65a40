package stream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// Every row of the table, in both columns, by the errors that lead there.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	status := func(code int) error { return &handshakeError{status: code} }
	closed := func(code int, reason string) error {
		return readError(fmt.Errorf("read: %w", websocket.CloseError{Code: websocket.StatusCode(code), Reason: reason}), false, 0)
	}
	source := func(err error) error { return &sourceError{err} }
	minted := func(code int) error { return source(&wrapper.Error{StatusCode: code}) }
	type row struct {
		name          string
		before, after verdict
		errs          map[string]error
	}
	for _, r := range []row{
		{"passing", verdictRetry, verdictRetry, map[string]error{
			"408": status(408), "425": status(425), "429": status(429), "500": status(500), "502": status(502), "503": status(503), "504": status(504),
			"520": status(520), "close 1000": closed(1000, ""), "close 1001": closed(1001, "deployment"), "close 1002": closed(1002, ""),
			"close 1011": closed(1011, ""), "close 1012": closed(1012, ""), "close 1013": closed(1013, ""), "close 3000": closed(3000, ""),
			"close 4000": closed(4000, ""), "close 4999": closed(4999, "unexpected token in JSON"), "silence": &idleError{}, "reset": syscall.ECONNRESET,
			"end of file": io.EOF, "refused": &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "no such host": &net.DNSError{IsNotFound: true},
			"name server down": &net.DNSError{IsTimeout: true}, "handshake timeout": context.DeadlineExceeded, "TLS record": tls.RecordHeaderError{},
			"a token that expired on an open stream": expired{status(401)},
			"source: no answer":                      source(syscall.ECONNREFUSED), "source: 429": minted(429), "source: 503": minted(503),
			"source: timeout": source(context.DeadlineExceeded), "source: of the user's": source(errors.New("vault is sealed")),
		}},
		{"own", verdictEnd, verdictEnd, map[string]error{
			"gap": endError{ErrGap}, "cursor": endError{fmt.Errorf("saving: %w", syscall.ENOSPC)}, "whatever it wraps": endError{status(503)},
		}},
		{"credential", verdictNewCredential, verdictNewCredential, map[string]error{
			"401": status(401), "403": status(403), "close 4401": closed(4401, ""), "close 4403": closed(4403, "bye"),
			"1008, token": closed(1008, "token expired"), "1008, ws_token": closed(1008, "ws_token revoked"), "1008, key": closed(1008, "invalid API key"),
			"1008, unauthorized": closed(1008, "Unauthorized"), "4000, jwt": closed(4000, "jwt expired"), "1011, auth": closed(1011, "Authentication failed"),
			"ws_error, token": &ServerError{Code: "TOKEN_EXPIRED"}, "ws_error, key": &ServerError{Code: "API_KEY_INVALID"},
			"ws_error, camel case": &ServerError{Code: "tokenExpired"}, "ws_error, number": &ServerError{Code: "4401"},
			"ws_error, unauthorized": &ServerError{Code: "unauthorized"}, "ws_error, only a message": &ServerError{Message: "The token is not valid"},
		}},
		{"source", verdictEnd, verdictOnceMore, map[string]error{
			"400": minted(400), "401": minted(401), "403": minted(403), "no token": source(errNoToken), "no credential": source(wrapper.ErrNoCredential),
			"argument": source(wrapper.ErrInvalidArgument), "of the user's": source(fmt.Errorf("session: %w", wrapper.ErrForbidden)),
		}},
		{"policy", verdictNewToken, verdictNewToken, map[string]error{
			"bare": closed(1008, ""), "cursor": closed(1008, "cursor too old"), "limit": closed(1008, "too many connections"),
		}},
		{"bad request", verdictEnd, verdictWithoutSince, map[string]error{"400": status(400)}},
		{"refused", verdictEnd, verdictBounded, map[string]error{
			"200": status(200), "204": status(204), "301": status(301), "302": status(302), "307": status(307), "404": status(404), "405": status(405),
			"410": status(410), "421": status(421), "426": status(426), "499": status(499), "501": status(501), "505": status(505),
			"certificate": &tls.CertificateVerificationError{}, "unknown authority": x509.UnknownAuthorityError{},
			"wrong host": x509.HostnameError{Certificate: &x509.Certificate{}}, "expired certificate": x509.CertificateInvalidError{Cert: &x509.Certificate{}},
			"not a WebSocket's 101": &handshakeViolationError{errors.New("Upgrade: h2c")}, "source: 404": minted(404), "source: HTML": minted(200),
			"source: certificate": source(x509.UnknownAuthorityError{}),
		}},
		{"unusable upgrade", verdictEnd, verdictEnd, map[string]error{"101": &unusableUpgradeError{"x"}}},
		{"frame too large", verdictEnd, verdictEnd, map[string]error{
			"close 1009": closed(1009, ""), "1009 about a token": closed(1009, "invalid token"), "ours": readError(fmt.Errorf("x: %w", websocket.ErrMessageTooBig), false, 0),
		}},
		{"server error", verdictFew, verdictFew, map[string]error{
			"code": &ServerError{Code: "INTERNAL"}, "nothing": &ServerError{}, "cursor": &ServerError{Code: "CURSOR_EXPIRED"},
			"another key": &ServerError{Code: "PARTITION_KEY_LOST"}, "code, message about a token": &ServerError{Code: "INTERNAL", Message: "no token"},
		}},
		{"unreadable frame", verdictStepOver, verdictStepOver, map[string]error{"cut off": &unreadableFrameError{io.ErrUnexpectedEOF}}},
	} {
		for name, err := range r.errs {
			t.Run(r.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				why := causeOf(fmt.Errorf("stream: %w", err))
				if before, after := why.verdict(false), why.verdict(true); before != r.before || after != r.after {
					t.Errorf("%v: got %d before and %d after the first upgrade, want %d and %d", err, before, after, r.before, r.after)
				}
			})
		}
	}
}

func TestErrUnauthorizedMatchesTheWrappers(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("%w: twice", ErrUnauthorized)
	if !errors.Is(err, ErrUnauthorized) || !errors.Is(err, wrapper.ErrUnauthorized) {
		t.Error("stream.ErrUnauthorized should match both")
	}
}
