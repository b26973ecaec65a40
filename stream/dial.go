package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// handshakeTimeout bounds a dial, from connecting to the answer.
const handshakeTimeout = 30 * time.Second

// connection is an open stream.
type connection struct {
	ws      *websocket.Conn
	body    *watchedBody // under ws
	opened  time.Time    // by our clock
	date    time.Time    // by Pepay's, from the Date header; ours where it has none
	buffer  []byte
	brought atomic.Bool // an event, a ws_control frame or the answer to a ping
	// frames is twice the number of frames that have been read, and one more while
	// another one is.
	frames atomic.Uint64
}

// healthy reports whether a connection that has ended was open long enough and
// brought something.
func (c *connection) healthy(resetAfter time.Duration) bool {
	return c.brought.Load() && time.Since(c.opened) >= resetAfter
}

// dial opens the stream. The token, if there is one, gets into the URL inside of
// the transport: no error that is made outside of it can contain the URL with it.
func (s *Stream) dial(ctx context.Context, since string, token *pepay.WSToken) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	hc := s.client.HTTPClient()
	hc.Jar = nil
	signer := &signing{next: hc.Transport, authorize: s.authorize(token), secrets: &s.secrets}
	hc.Transport = signer
	u := s.client.StreamURL().JoinPath(s.kind.path)
	u.RawQuery = s.opts.query(since).Encode()
	ws, resp, err := websocket.Dial(ctx, u.String(), &websocket.DialOptions{ //nolint:bodyclose // Dial closes it
		HTTPClient:      hc,
		HTTPHeader:      http.Header{"User-Agent": {s.client.UserAgent()}},
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, s.dialError(ctx, resp, err)
	}
	ws.SetReadLimit(min(s.opts.ReadLimit, math.MaxInt64-1)) // the library adds one
	c := &connection{ws: ws, body: signer.body, opened: time.Now()}
	if c.date, err = http.ParseTime(resp.Header.Get("Date")); err != nil {
		c.date = c.opened
	}
	return c, nil
}

// authorize returns how an upgrade request gets its credential.
func (s *Stream) authorize(token *pepay.WSToken) func(*http.Request) error {
	if token == nil {
		return s.client.Authorize
	}
	return func(req *http.Request) error {
		query := req.URL.Query()
		query.Set("token", token.Token.Reveal())
		req.URL.RawQuery = query.Encode()
		return nil
	}
}

// signing is a transport that adds the credential to a copy of the request and
// watches the connection that an upgrade makes.
type signing struct {
	next      http.RoundTripper
	authorize func(*http.Request) error
	secrets   *redactor // learns what authorize put into headers
	body      *watchedBody
}

func (t *signing) RoundTrip(req *http.Request) (*http.Response, error) {
	signed := req.Clone(req.Context())
	if err := t.authorize(signed); err != nil {
		return nil, &sourceError{err}
	}
	for name, values := range signed.Header {
		if req.Header[name] == nil {
			t.secrets.add(strings.TrimPrefix(values[0], "Bearer "))
		}
	}
	next := t.next
	if next == nil {
		next = http.DefaultTransport //nolint:forbidigo // what a nil Transport means to net/http
	}
	resp, err := next.RoundTrip(signed)
	if resp == nil || err != nil {
		return resp, err
	}
	resp.Request = req
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return resp, nil
	}
	body, err := watchBody(resp)
	if err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	t.body, resp.Body = body, body
	return resp, nil
}

// watchBody takes over the connection of a 101, unless it can never be a WebSocket
// of this package.
func watchBody(resp *http.Response) (*watchedBody, error) {
	for _, name := range []string{"Sec-Websocket-Extensions", "Sec-Websocket-Protocol"} {
		if value := resp.Header.Get(name); value != "" {
			return nil, &unusableUpgradeError{fmt.Sprintf("the answer has %s %q, which was not asked for", name, oneLine(value))}
		}
	}
	rwc, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		return nil, &unusableUpgradeError{fmt.Sprintf("the client's http.RoundTripper returns a body of type %T, which cannot be written; "+
			"it must hand out the body of a 101 as it is, or with its Write method", resp.Body)}
	}
	return &watchedBody{ReadWriteCloser: rwc, start: time.Now()}, nil
}

// dialError returns what went wrong, without an address or query.
func (s *Stream) dialError(ctx context.Context, resp *http.Response, err error) error {
	if resp != nil && resp.StatusCode != http.StatusSwitchingProtocols {
		return s.answeredOtherwise(resp)
	}
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("stream: dial: %w", cause)
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if withURL, ok := inner.(*url.Error); ok { //nolint:errorlint // walking the chain on purpose
			err = withURL.Err
		}
	}
	if resp != nil {
		return &handshakeViolationError{err}
	}
	return fmt.Errorf("stream: dial: %w", err)
}

// answeredOtherwise reads an answer other than 101. The library hands out the first 1,024
// bytes of its body.
func (s *Stream) answeredOtherwise(resp *http.Response) *handshakeError {
	body, _ := io.ReadAll(resp.Body) // what came is all there is to say
	e := &handshakeError{status: resp.StatusCode, retryAfter: wire.RetryAfter(resp.Header, body)}
	answer := &wrapper.Error{Method: http.MethodGet, Path: s.kind.path, StatusCode: e.status, RetryAfter: e.retryAfter, Attempts: 1}
	said := wire.ReadEnvelope(body)
	answer.Code, answer.Message = oneLine(s.secrets.redact(said.Code)), oneLine(s.secrets.redact(said.Message))
	e.said = oneLine(strings.Trim(answer.Code+": "+answer.Message, ": "))
	e.cause = answer
	if e.status >= 300 && e.status < 400 {
		e.cause = errors.Join(wrapper.ErrRedirect, answer)
	}
	return e
}

// read waits for the next frame and returns its bytes, which are good until the
// next read. ctx must not be one that can be cancelled: on every read that would
// cost more than the read itself, and close the connection when it expires.
func (c *connection) read(ctx context.Context) ([]byte, error) {
	_, r, err := c.ws.Reader(ctx)
	if err != nil {
		return nil, err
	}
	c.frames.Add(1)
	defer c.frames.Add(1)
	if c.buffer == nil {
		c.buffer = make([]byte, 512) // doubles until a frame fits
	}
	n := 0
	for {
		if n == len(c.buffer) {
			c.buffer = append(c.buffer, make([]byte, len(c.buffer))...)
		}
		m, err := r.Read(c.buffer[n:])
		n += m
		if err != nil {
			if err == io.EOF { // itself; the end of the connection, in mid-message, comes wrapped
				return c.buffer[:n], nil
			}
			return nil, err
		}
	}
}
