package stream

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go/internal/wire"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// cause is the kind of reason for which a dial failed or a connection ended. Each is
// a row of [verdicts].
type cause int

const (
	causePassing         cause = iota // the network, silence, most closes, 408, 425, 429, 5xx
	causeOwn                          // the stream ends itself: ErrGap, a cursor that cannot be saved
	causeCredential                   // 401, 403, closes 4401 and 4403, a ws_error or a close that speaks of the credential
	causeSource                       // the token source answered 400, 401 or 403, or has no credential
	causePolicy                       // any other close with 1008
	causeBadRequest                   // 400
	causeRefused                      // 404, 3xx, 2xx, other 4xx, 501, 505, a certificate
	causeUnusableUpgrade              // a 101 that no WebSocket can use
	causeFrameTooLarge                // a frame beyond the limit, a close with 1009
	causeServerError                  // any other ws_error
	causeUnreadableFrame
	causes // how many there are
)

// verdict is what the stream does next.
type verdict int

const (
	verdictRetry         verdict = iota // wait and dial again, without a limit
	verdictEnd                          // the stream ends with the error
	verdictBounded                      // dial again; ends after maxBounded without a healthy connection in between
	verdictNewCredential                // drop the token and dial again; the second in a row ends with ErrUnauthorized
	verdictNewToken                     // drop the token and dial again, bounded
	verdictOnceMore                     // dial again; the second in a row ends
	verdictWithoutSince                 // dial once without since, after that bounded
	verdictFew                          // dial again; ends after maxServerErrors without an event or a healthy connection in between
	verdictStepOver                     // dial again; the third at one cursor does not end the connection but is skipped, with a gap
)

const (
	maxBounded      = 40
	maxServerErrors = 5
	maxUnreadable   = 3
)

// verdicts is the one table of what follows the end of a dial or a connection.
// Once an upgrade has succeeded, the stream's request is known to be good. A single
// answer that says otherwise may come from something in between, such as an ingress
// during a deployment, and does not end the stream.
var verdicts = [causes]struct{ before, after verdict }{
	causePassing:         {verdictRetry, verdictRetry},
	causeOwn:             {verdictEnd, verdictEnd},
	causeCredential:      {verdictNewCredential, verdictNewCredential},
	causeSource:          {verdictEnd, verdictOnceMore},
	causePolicy:          {verdictNewToken, verdictNewToken},
	causeBadRequest:      {verdictEnd, verdictWithoutSince},
	causeRefused:         {verdictEnd, verdictBounded},
	causeUnusableUpgrade: {verdictEnd, verdictEnd},
	causeFrameTooLarge:   {verdictEnd, verdictEnd},
	causeServerError:     {verdictFew, verdictFew},
	causeUnreadableFrame: {verdictStepOver, verdictStepOver},
}

// verdict looks the cause up in the table.
func (c cause) verdict(upgraded bool) verdict {
	if upgraded {
		return verdicts[c].after
	}
	return verdicts[c].before
}

// causeOf finds an error's row.
func causeOf(err error) cause {
	var (
		own        endError
		refused    *handshakeError
		server     *ServerError
		closed     *closeError
		unreadable *unreadableFrameError
		unusable   *unusableUpgradeError
		violation  *handshakeViolationError
		source     *sourceError
		outdated   expired
		list       *listError
	)
	switch {
	case errors.As(err, &own): // before what it wraps, which by itself could pass
		return causeOwn
	case errors.As(err, &outdated), errors.As(err, &list):
		return causePassing
	case errors.As(err, &source):
		return causeOfSource(source.cause)
	case errors.As(err, &refused):
		return causeOfStatus(refused.status)
	case errors.As(err, &server):
		if server.speaksOfCredential() {
			return causeCredential
		}
		return causeServerError
	case errors.Is(err, ErrFrameTooLarge):
		return causeFrameTooLarge
	case errors.As(err, &closed):
		return causeOfClose(closed)
	case errors.As(err, &unreadable):
		return causeUnreadableFrame
	case errors.As(err, &unusable):
		return causeUnusableUpgrade
	case errors.As(err, &violation), wire.IsCertificateError(err):
		return causeRefused
	}
	return causePassing
}

// causeOfStatus is for an upgrade that was answered with a status other than 101.
func causeOfStatus(status int) cause {
	switch status {
	case http.StatusBadRequest:
		return causeBadRequest
	case http.StatusUnauthorized, http.StatusForbidden:
		return causeCredential
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return causePassing
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return causeRefused
	}
	if status >= 500 {
		return causePassing
	}
	return causeRefused
}

// causeOfSource is for a token source, or a client, that gave no credential.
func causeOfSource(err error) cause {
	var answered *wrapper.Error
	if errors.As(err, &answered) && answered.StatusCode != 0 {
		switch c := causeOfStatus(answered.StatusCode); c {
		case causeBadRequest, causeCredential:
			return causeSource
		default:
			return c
		}
	}
	for _, refusal := range []error{
		errNoToken, wrapper.ErrInvalidArgument, wrapper.ErrNoCredential, wrapper.ErrInvalidRequest, wrapper.ErrUnauthorized, wrapper.ErrForbidden,
	} {
		if errors.Is(err, refusal) {
			return causeSource
		}
	}
	if wire.IsCertificateError(err) {
		return causeRefused
	}
	return causePassing
}

func causeOfClose(closed *closeError) cause {
	const unauthorized, forbidden = 4401, 4403
	switch {
	case closed.code == unauthorized, closed.code == forbidden, textSpeaksOfCredential(closed.reason):
		return causeCredential
	case closed.code == websocket.StatusPolicyViolation:
		return causePolicy
	}
	return causePassing
}

// readError returns the reason for which a connection ended.
func readError(err error, idle bool, limit time.Duration) error {
	var closed websocket.CloseError
	switch {
	case idle:
		return &idleError{limit}
	case errors.Is(err, websocket.ErrMessageTooBig):
		return ErrFrameTooLarge
	case errors.As(err, &closed) && closed.Code == websocket.StatusMessageTooBig:
		return fmt.Errorf("%w: closed with %d", ErrFrameTooLarge, closed.Code)
	case errors.As(err, &closed):
		return &closeError{closed.Code, oneLine(closed.Reason)}
	}
	return fmt.Errorf("stream: connection lost: %w", err)
}
