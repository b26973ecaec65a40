package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// answer is what came of an attempt: a status, or why there is none.
type answer struct {
	status  int
	failure string
	reached bool // somebody was there
}

func (a answer) accepted() bool { return a.status >= 200 && a.status < 300 }

func (a answer) short() string {
	if a.status != 0 {
		return strconv.Itoa(a.status)
	}
	return a.failure
}

func (a answer) long() string {
	switch {
	case a.status == 0:
		return a.failure
	case a.status >= 300 && a.status < 400:
		return fmt.Sprintf("the answer was %d %s, and redirects are not followed", a.status, http.StatusText(a.status))
	}
	return fmt.Sprintf("the answer was %d %s", a.status, http.StatusText(a.status))
}

// attempt delivers once.
func (f *forwarder) attempt(ctx context.Context, d delivery) answer {
	var reached atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.target.String(), bytes.NewReader(d.body))
	if err != nil {
		return f.failed(err, true)
	}
	request.Header = d.signed(f.secret, time.Now())
	response, err := f.client.Do(request)
	if err != nil {
		return f.failed(err, reached.Load())
	}
	defer func() { _ = response.Body.Close() }()
	const drained = 64 << 10
	_, _ = io.CopyN(io.Discard, response.Body, drained)
	return answer{status: response.StatusCode, reached: true}
}

// failed leaves out the address, whose query may hold a token.
func (f *forwarder) failed(err error, reached bool) answer {
	if asked := (*url.Error)(nil); errors.As(err, &asked) {
		err = asked.Err
	}
	var (
		timeout     net.Error
		certificate *tls.CertificateVerificationError
	)
	text := err.Error()
	switch {
	case errors.As(err, &timeout) && timeout.Timeout() && f.client.Timeout > 0:
		text = fmt.Sprintf("no answer within %s (%s)", f.client.Timeout, f.timeoutFlag)
	case errors.As(err, &certificate) && isNearby(f.target.Hostname()):
		text += " (--skip-verify accepts it)"
	}
	return answer{failure: terminal.Printable(text), reached: reached}
}

// newForwardClient makes a client that follows no redirects.
func newForwardClient(timeout time.Duration, skipVerify bool) *http.Client {
	transport := newTransport()
	// One from before may lead to a receiver that has ended, which would count as a
	// failed attempt of the event.
	transport.DisableKeepAlives = true
	transport.TLSClientConfig.InsecureSkipVerify = skipVerify // asked for by --skip-verify, for this machine and its own network
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       timeout,
	}
}
