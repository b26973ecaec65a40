package stream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go/wrapper"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	status := func(code int) error { return &handshakeError{status: code} }
	closed := func(code int) error {
		return readError(fmt.Errorf("read: %w", websocket.CloseError{Code: websocket.StatusCode(code)}), false, 0, "")
	}
	for _, c := range []struct {
		name string
		err  error
		want verdict
	}{
		{"200", status(200), fatal}, {"301", status(301), fatal}, {"302", status(302), fatal}, {"307", status(307), fatal},
		{"400", status(400), fatal}, {"401", status(401), authenticate}, {"403", status(403), authenticate}, {"404", status(404), fatal},
		{"408", status(408), retry}, {"410", status(410), fatal}, {"425", status(425), retry}, {"426", status(426), fatal}, {"429", status(429), retry},
		{"500", status(500), retry}, {"502", status(502), retry}, {"503", status(503), retry}, {"504", status(504), retry},
		{"close 1000", closed(1000), retry}, {"close 1001", closed(1001), retry}, {"close 1002", closed(1002), retry}, {"close 1008", closed(1008), retry},
		{"close 1009", closed(1009), fatal}, {"close 1011", closed(1011), retry}, {"close 1012", closed(1012), retry}, {"close 1013", closed(1013), retry},
		{"close 3000", closed(3000), retry}, {"close 4001", closed(4001), retry}, {"close 4999", closed(4999), retry},
		{"frame too large", readError(fmt.Errorf("x: %w", websocket.ErrMessageTooBig), false, 0, ""), fatal},
		{"ws_error", &ServerError{Code: "INTERNAL"}, retry},
		{"ws_error without a code", &ServerError{}, retry},
		{"ws_error, cursor", &ServerError{Code: "CURSOR_EXPIRED"}, retry},
		{"ws_error, key of something else", &ServerError{Code: "PARTITION_KEY_LOST"}, retry},
		{"ws_error, token", &ServerError{Code: "TOKEN_EXPIRED"}, authenticate},
		{"ws_error, key", &ServerError{Code: "API_KEY_INVALID"}, authenticate},
		{"ws_error, unauthorized", &ServerError{Code: "unauthorized"}, authenticate},
		{"ws_error, number", &ServerError{Code: "4401"}, authenticate},
		{"second rejection", endError{fmt.Errorf("%w: %w", ErrUnauthorized, status(401))}, fatal},
		{"second ws_error, token", endError{fmt.Errorf("%w: %w", ErrUnauthorized, &ServerError{Code: "TOKEN_EXPIRED"})}, fatal},
		{"undecodable", &undecodableError{io.ErrUnexpectedEOF}, retry},
		{"idle", &idleError{}, retry},
		{"reset", syscall.ECONNRESET, retry},
		{"end of file", io.EOF, retry},
		{"refused", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, retry},
		{"no such host", &net.DNSError{IsNotFound: true}, retry},
		{"name server down", &net.DNSError{IsTimeout: true}, retry},
		{"handshake timeout", context.DeadlineExceeded, retry},
		{"TLS record", tls.RecordHeaderError{}, retry},
		{"certificate", &tls.CertificateVerificationError{}, fatal},
		{"unknown authority", x509.UnknownAuthorityError{}, fatal},
		{"wrong host", x509.HostnameError{Certificate: &x509.Certificate{}}, fatal},
		{"expired certificate", x509.CertificateInvalidError{Cert: &x509.Certificate{}}, fatal},
		{"source: outage", &wrapper.Error{StatusCode: 503}, retry},
		{"source: rate limit", &wrapper.Error{StatusCode: 429}, retry},
		{"source: refused", &wrapper.Error{StatusCode: 401}, fatal},
		{"source: wrong scope", &wrapper.Error{StatusCode: 400}, fatal},
		{"no credential", wrapper.ErrNoCredential, fatal},
		{"gap", endError{ErrGap}, fatal},
		{"an expired token", expired{status(401)}, retry},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := decide(fmt.Errorf("stream: %w", c.err)); got != c.want {
				t.Errorf("%v: got %d, want %d", c.err, got, c.want)
			}
		})
	}
}

func TestReadErrorTakesOutTheToken(t *testing.T) {
	t.Parallel()
	err := readError(websocket.CloseError{Code: 4000, Reason: "bad token canary-77\r\n"}, false, 0, "canary-77")
	if strings.Contains(err.Error(), "canary-77") || strings.ContainsAny(err.Error(), "\r\n") || !strings.Contains(err.Error(), "4000 bad token") {
		t.Errorf("got %q", err)
	}
}

func TestErrUnauthorizedMatchesTheWrappers(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("%w: twice", ErrUnauthorized)
	if !errors.Is(err, ErrUnauthorized) || !errors.Is(err, wrapper.ErrUnauthorized) {
		t.Error("stream.ErrUnauthorized should match both")
	}
}
