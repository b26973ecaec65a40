package doctor

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"
)

// reached is how far a request without a credential came, and the answer.
type reached struct {
	looked    bool
	addresses []net.IPAddr
	lookup    stage
	dialed    string // the last address that was tried
	dial      stage
	connected bool
	tunnel    int // the proxy's answer to CONNECT, 0 without one
	shaking   bool
	shaken    bool
	handshake stage
	state     tls.ConnectionState

	began, ended time.Time // by this machine's clock
	status       int       // 0 without an answer
	header       http.Header
	body         string // the beginning
	err          error
}

// stage is a part of the way.
type stage struct {
	began time.Time
	took  time.Duration
	err   error
}

func (s *stage) end(err error) { s.took, s.err = time.Since(s.began), err }

// probe sends one request without a credential. It goes the way that every request of
// the client goes, through the same proxy and with the same certificates.
func probe(ctx context.Context, transport *http.Transport, userAgent string, u *url.URL) reached {
	transport = transport.Clone()
	transport.DisableKeepAlives = true
	defer transport.CloseIdleConnections()
	var t tracer
	transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
		t.note(func(r *reached) { r.tunnel = resp.StatusCode })
		return nil
	}
	began := time.Now()
	response, body, err := ask(httptrace.WithClientTrace(ctx, t.trace()), transport, userAgent, u) //nolint:bodyclose // ask closes it
	r := t.seen()
	r.began, r.ended, r.err = began, time.Now(), err
	if err == nil {
		r.status, r.header, r.body = response.StatusCode, response.Header, body
	}
	return r
}

// ask returns an answer, whose body is closed, and the beginning of the body.
func ask(ctx context.Context, transport *http.Transport, userAgent string, u *url.URL) (*http.Response, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, "", err
	}
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Cache-Control", "no-cache") // a cache would answer with an old Date
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = response.Body.Close() }()
	const longest = 4 << 10
	var beginning strings.Builder
	_, _ = io.CopyN(&beginning, response.Body, longest)
	return response, beginning.String(), nil
}

// tracer notes how far a request comes. Its hooks run on several goroutines, and some
// after the request has ended.
type tracer struct {
	mu sync.Mutex
	r  reached
}

func (t *tracer) note(f func(*reached)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(&t.r)
}

func (t *tracer) seen() (r reached) {
	t.note(func(now *reached) { r = *now })
	return r
}

func (t *tracer) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) {
			t.note(func(r *reached) { r.looked, r.lookup.began = true, time.Now() })
		},
		DNSDone: func(info httptrace.DNSDoneInfo) {
			t.note(func(r *reached) { r.addresses = info.Addrs; r.lookup.end(info.Err) })
		},
		ConnectStart: func(_, address string) {
			t.note(func(r *reached) {
				if r.dialed == "" {
					r.dialed, r.dial.began = address, time.Now()
				}
			})
		},
		ConnectDone: func(_, address string, err error) {
			t.note(func(r *reached) {
				if !r.connected {
					r.dialed, r.connected = address, err == nil
					r.dial.end(err)
				}
			})
		},
		TLSHandshakeStart: func() {
			t.note(func(r *reached) { r.shaking, r.handshake.began = true, time.Now() })
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			t.note(func(r *reached) { r.shaken, r.state = true, state; r.handshake.end(err) })
		},
	}
}
