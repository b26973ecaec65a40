package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// handshakeTimeout bounds a dial, from connecting to the answer.
const handshakeTimeout = 30 * time.Second

// connection is an open stream.
type connection struct {
	ws     *websocket.Conn
	opened time.Time      // by our clock
	date   time.Time      // by Pepay's, from the Date header; ours where it has none
	token  *pepay.WSToken // it was opened with, nil for an API key
	buffer []byte
}

// handshakeError is an upgrade that Pepay did not accept.
type handshakeError struct {
	status     int
	said       string // Pepay's code and message
	retryAfter time.Duration
	cause      error
}

func (e *handshakeError) Error() string {
	said := e.said
	if said == "" {
		said = http.StatusText(e.status)
	}
	return fmt.Sprintf("stream: the upgrade was answered with %d %s", e.status, said)
}
func (e *handshakeError) Unwrap() error { return e.cause }

// dial opens the stream. The token, if there is one, gets into the URL inside of
// the transport: no error that is made outside of it can contain the URL with it.
func (s *Stream) dial(ctx context.Context, since string, token *pepay.WSToken) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	hc := s.client.HTTPClient()
	hc.Jar = nil
	signer := &signing{next: hc.Transport, authorize: s.authorize(token)}
	hc.Transport = signer
	u := s.client.StreamURL().JoinPath(s.kind.path)
	u.RawQuery = s.opts.query(since).Encode()
	ws, resp, err := websocket.Dial(ctx, u.String(), &websocket.DialOptions{ //nolint:bodyclose // Dial closes it
		HTTPClient:      hc,
		HTTPHeader:      http.Header{"User-Agent": {s.client.UserAgent()}},
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, dialError(ctx, resp, err, append(signer.sent, secretOf(token)))
	}
	ws.SetReadLimit(s.opts.ReadLimit)
	c := &connection{ws: ws, opened: time.Now(), token: token}
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

// signing is a transport that adds the credential to a copy of the request.
type signing struct {
	next      http.RoundTripper
	authorize func(*http.Request) error
	sent      []pepay.Secret // what authorize put into headers, so that no error repeats it
}

func (t *signing) RoundTrip(req *http.Request) (*http.Response, error) {
	signed := req.Clone(req.Context())
	if err := t.authorize(signed); err != nil {
		return nil, err
	}
	for name, values := range signed.Header {
		if req.Header[name] == nil {
			t.sent = append(t.sent, pepay.Secret(strings.TrimPrefix(values[0], "Bearer ")))
		}
	}
	next := t.next
	if next == nil {
		next = http.DefaultTransport //nolint:forbidigo // what a nil Transport means to net/http
	}
	resp, err := next.RoundTrip(signed)
	if resp != nil {
		resp.Request = req
	}
	return resp, err
}

// dialError says what went wrong without an address or query.
func dialError(ctx context.Context, resp *http.Response, err error, secrets []pepay.Secret) error {
	if resp != nil && resp.StatusCode != http.StatusSwitchingProtocols {
		refused := &handshakeError{status: resp.StatusCode, said: redact(said(resp.Body), secrets...), retryAfter: retryAfter(resp.Header)}
		if resp.StatusCode >= 300 && resp.StatusCode < 400 {
			refused.cause = wrapper.ErrRedirect
		}
		return refused
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if withURL, ok := inner.(*url.Error); ok { //nolint:errorlint // walking the chain on purpose
			err = withURL.Err
		}
	}
	return fmt.Errorf("stream: dial: %w", err)
}

// said is the code and message of an answer, of which the library hands out the
// first 1,024 bytes.
func said(body io.Reader) string {
	var fields map[string]json.RawMessage
	content, err := io.ReadAll(body)
	if err != nil || json.Unmarshal(content, &fields) != nil {
		return ""
	}
	code, message := find(fields, "code", "error_code"), find(fields, "message", "error")
	return oneLine(strings.Trim(code+": "+message, ": "))
}

// retryAfter reads the header in both of its forms.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := time.ParseDuration(text + "s"); err == nil {
		return max(0, seconds)
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, date.Sub(now))
}

// read waits for the next frame and returns its bytes, which are good until the
// next read. ctx must not be one that can be cancelled: on every read that would
// cost more than the read itself, and close the connection when it expires.
func (c *connection) read(ctx context.Context) ([]byte, error) {
	_, r, err := c.ws.Reader(ctx)
	if err != nil {
		return nil, err
	}
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
