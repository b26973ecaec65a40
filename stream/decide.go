package stream

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// verdict is what to do about the end of a connection, or of an attempt at one.
type verdict int

const (
	retry        verdict = iota // wait, dial again
	authenticate                // take another credential and dial again, once
	fatal                       // end the stream
)

const (
	maxServerErrors = 5 // ws_error frames in a row, without an event in between
	maxUndecodable  = 3 // undecodable frames in a row at the same cursor
)

// undecodableError is a frame that cannot be read. The same may come again, so it
// counts.
type undecodableError struct{ cause error }

func (e *undecodableError) Error() string {
	return "stream: undecodable frame: " + oneLine(e.cause.Error())
}
func (e *undecodableError) Unwrap() error { return e.cause }

// idleError is silence.
type idleError struct{ after time.Duration }

func (e *idleError) Error() string { return fmt.Sprintf("stream: nothing came for %s", e.after) }
func (*idleError) Timeout() bool   { return true }

// endError ends a stream on purpose: a cursor that cannot be saved, bad options.
type endError struct{ error }

func (e endError) Unwrap() error { return e.error }

// decide is the one table of what happens next.
//
//	upgrade answered 401, 403             authenticate
//	upgrade answered 408, 425, 429, 5xx   retry, Retry-After being the least wait
//	upgrade answered otherwise            fatal: 400 says the query is wrong, 3xx would carry the credential along
//	close 1009, frame too large           fatal: the same frame would come again
//	any other close code                  retry
//	ws_error about credentials            authenticate
//	any other ws_error                    retry, five in a row are fatal
//	undecodable frame                     retry, three at the same cursor are fatal
//	token source: a refusal               fatal, anything else retry
//	certificate                           fatal
//	any other failure of the network      retry
func decide(err error) verdict {
	var (
		refused   *handshakeError
		server    *ServerError
		end       endError
		tlsErr    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &end): // before what it wraps, which by itself could pass
		return fatal
	case errors.As(err, &refused):
		return decideStatus(refused.status)
	case errors.As(err, &server):
		if server.speaksOfCredentials() {
			return authenticate
		}
		return retry
	case errors.Is(err, ErrFrameTooLarge), errors.Is(err, ErrGap):
		return fatal
	case errors.As(err, &tlsErr), errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &invalid):
		return fatal
	case errors.Is(err, wrapper.ErrInvalidArgument), errors.Is(err, wrapper.ErrNoCredential), errors.Is(err, wrapper.ErrInvalidRequest),
		errors.Is(err, wrapper.ErrUnauthorized), errors.Is(err, wrapper.ErrForbidden):
		return fatal // the source or the client refused to give a credential
	}
	return retry
}

func decideStatus(status int) verdict {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return authenticate
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return retry
	}
	return fatal
}

// readError says why a connection ended, in our words. The reason of a close
// frame is the other side's; should it repeat the token, that is taken out.
func readError(err error, idle bool, limit time.Duration, token pepay.Secret) error {
	var closed websocket.CloseError
	switch {
	case idle:
		return &idleError{limit}
	case errors.Is(err, websocket.ErrMessageTooBig):
		return ErrFrameTooLarge
	case errors.As(err, &closed) && closed.Code == websocket.StatusMessageTooBig:
		return fmt.Errorf("%w: closed with %d", ErrFrameTooLarge, closed.Code)
	case errors.As(err, &closed):
		return fmt.Errorf("stream: closed with %d %s", closed.Code, redact(oneLine(closed.Reason), token))
	}
	return fmt.Errorf("stream: connection lost: %w", err)
}

func redact(text string, secrets ...pepay.Secret) string {
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret.Reveal(), secret.String())
		}
	}
	return text
}
