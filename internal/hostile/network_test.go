package hostile_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// A server whose certificate is for another name, or signed by nobody we know, gets
// one connection and no request: trying again does not help.
func TestHostileCertificates(t *testing.T) { //nolint:paralleltest // bubbles, one after the other
	_, known := certificate()
	for name, c := range map[string]struct {
		base  string
		roots *x509.CertPool
		want  any
	}{
		"another name":      {"https://api.pepay.test", known, new(x509.HostnameError)},
		"unknown authority": {"https://127.0.0.1:1", x509.NewCertPool(), new(x509.UnknownAuthorityError)},
	} {
		for _, w := range ways() {
			t.Run(name+"/"+w.name, func(t *testing.T) { //nolint:paralleltest // as above
				synctest.Test(t, func(t *testing.T) {
					own, _ := certificate()
					listener := memnet.Listen()
					var connections, requests atomic.Int64
					server := &http.Server{
						Handler:   http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }),
						TLSConfig: &tls.Config{Certificates: []tls.Certificate{own}},
						ConnState: func(_ net.Conn, state http.ConnState) {
							if state == http.StateNew {
								connections.Add(1)
							}
						},
						ErrorLog: discard(),
					}
					go func() { _ = server.ServeTLS(listener, "", "") }()
					transport := &http.Transport{DialContext: listener.DialContext, TLSClientConfig: &tls.Config{RootCAs: c.roots}}
					t.Cleanup(func() { transport.CloseIdleConnections(); _ = server.Close() })
					start := time.Now()
					err := w.run(t.Context(), newClient(t, c.base, &http.Client{Transport: transport}))
					// The list of a stream comes after its dial, which fails first.
					if err == nil || (w.answers || w.follows) && !errors.As(err, c.want) || time.Since(start) > time.Second {
						t.Errorf("%v after %s", err, time.Since(start))
					}
					if connections.Load() != 1 || requests.Load() != 0 {
						t.Errorf("%d connections, %d requests", connections.Load(), requests.Load())
					}
				})
			})
		}
	}
}

// network is names that lead to listeners, and connections that can be forgotten.
type network struct {
	mu    sync.Mutex
	names map[string]*memnet.Listener // a name without one is an error of DNS
	conns []*forgotten
	asked int
}

func (n *network) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	listener := n.names[host]
	n.asked++
	n.mu.Unlock()
	if listener == nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}}
	}
	conn, err := listener.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	f := &forgotten{Conn: conn}
	n.mu.Lock()
	n.conns = append(n.conns, f)
	n.mu.Unlock()
	return f, nil
}

// moves lets a name lead elsewhere, or nowhere.
func (n *network) moves(name string, to *memnet.Listener) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names[name] = to
}

// forgets makes every open connection half-open: nothing gets through any more, and
// nobody is told.
func (n *network) forgets() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.conns {
		c.dead.Store(true)
	}
	n.conns = nil
}

// cuts closes every open connection.
func (n *network) cuts() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.conns {
		_ = c.Close()
	}
	n.conns = nil
}

// forgotten is a connection that a router may forget.
type forgotten struct {
	net.Conn
	dead atomic.Bool
}

func (f *forgotten) Write(p []byte) (int, error) {
	if f.dead.Load() {
		return len(p), nil
	}
	return f.Conn.Write(p)
}

const place = "api.pepay.test"

// answering is a server that answers every call, and has a quiet stream; each is
// counted.
func answering(t *testing.T) (listener *memnet.Listener, calls, dials *atomic.Int64, stop func()) {
	t.Helper()
	listener, calls, dials = memnet.Listen(), &atomic.Int64{}, &atomic.Int64{}
	own, _ := certificate()
	ctx, cancel := context.WithCancel(context.Background())
	server := &http.Server{
		BaseContext: func(net.Listener) context.Context { return ctx },
		TLSConfig:   &tls.Config{Certificates: []tls.Certificate{own}, NextProtos: []string{"http/1.1"}},
		ErrorLog:    discard(),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/ws/merchant/events" {
				dials.Add(1)
				c, err := websocket.Accept(w, r, nil)
				if err != nil {
					return
				}
				defer func() { _ = c.CloseNow() }()
				_, _, _ = c.Read(r.Context())
				return
			}
			calls.Add(1)
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"success":true,"data":{"object":"list","data":[],"has_more":false}}`)
		}),
	}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	stop = func() { cancel(); _ = server.Close() }
	t.Cleanup(stop)
	return listener, calls, dials, stop
}

func connected(t *testing.T, n *network) *wrapper.Client {
	t.Helper()
	_, roots := certificate()
	transport := &http.Transport{DialContext: n.DialContext, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"}}
	t.Cleanup(transport.CloseIdleConnections)
	return newClient(t, "https://"+place, &http.Client{Transport: transport})
}

func list(ctx context.Context, client *wrapper.Client) error {
	_, err := client.Events.List(ctx, wrapper.EventParams{})
	return err
}

// A call on a connection that is half-open costs one timeout, and succeeds on another.
func TestHalfOpenConnection(t *testing.T) { //nolint:paralleltest // bubbles, one after the other
	certificate()
	synctest.Test(t, func(t *testing.T) {
		listener, calls, _, _ := answering(t)
		n := &network{names: map[string]*memnet.Listener{place: listener}}
		client := connected(t, n)
		if err := list(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		n.forgets()
		start := time.Now()
		if err := list(t.Context(), client); err != nil {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
		if took := time.Since(start); took < 30*time.Second || took > 31*time.Second || calls.Load() != 2 || n.asked != 2 {
			t.Errorf("took %s, %d calls over %d connections", took, calls.Load(), n.asked)
		}
		n.forgets()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if err := list(ctx, client); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > time.Second {
			t.Errorf("with a deadline: %v after %s", err, time.Since(start))
		}
	})
}

// A stream on a connection that is half-open dials again after IdleTimeout.
func TestHalfOpenStream(t *testing.T) { //nolint:paralleltest // bubbles, one after the other
	certificate()
	synctest.Test(t, func(t *testing.T) {
		listener, _, dials, _ := answering(t)
		n := &network{names: map[string]*memnet.Listener{place: listener}}
		client := connected(t, n)
		time.AfterFunc(10*time.Second, n.forgets)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Minute+5*time.Second)
		defer cancel()
		if err := follow(stream.Options{})(ctx, client); !errors.Is(err, context.DeadlineExceeded) || dials.Load() != 2 {
			t.Errorf("%v after %d dials", err, dials.Load())
		}
	})
}

// A name that leads elsewhere is followed as soon as a connection ends, and one that
// leads nowhere is asked for again.
func TestNamesThatChange(t *testing.T) { //nolint:paralleltest // bubbles, one after the other
	certificate()
	t.Run("a call", func(t *testing.T) { //nolint:paralleltest // as above
		synctest.Test(t, func(t *testing.T) {
			first, firstCalls, _, stop := answering(t)
			second, secondCalls, _, _ := answering(t)
			n := &network{names: map[string]*memnet.Listener{place: first}}
			client := connected(t, n)
			if err := list(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			n.moves(place, second)
			stop()
			synctest.Wait()
			if err := list(t.Context(), client); err != nil || firstCalls.Load() != 1 || secondCalls.Load() != 1 {
				t.Errorf("%v: %d calls to the first, %d to the second", err, firstCalls.Load(), secondCalls.Load())
			}
		})
	})
	t.Run("a call while it leads nowhere", func(t *testing.T) { //nolint:paralleltest // as above
		synctest.Test(t, func(t *testing.T) {
			n := &network{names: map[string]*memnet.Listener{}}
			start := time.Now()
			_, err := connected(t, n).Invoices.Create(t.Context(), newInvoice())
			var dns *net.DNSError
			if !errors.As(err, &dns) || n.asked != 3 || time.Since(start) > 1500*time.Millisecond {
				t.Errorf("%v after %d look-ups and %s", err, n.asked, time.Since(start))
			}
		})
	})
	t.Run("a stream", func(t *testing.T) { //nolint:paralleltest // as above
		synctest.Test(t, func(t *testing.T) {
			first, _, firstDials, stop := answering(t)
			second, _, secondDials, _ := answering(t)
			n := &network{names: map[string]*memnet.Listener{place: first}}
			client := connected(t, n)
			time.AfterFunc(time.Minute, func() { n.moves(place, nil); stop() })
			time.AfterFunc(6*time.Minute, func() { n.moves(place, second) })
			ctx, cancel := context.WithTimeout(t.Context(), 7*time.Minute)
			defer cancel()
			err := follow(stream.Options{})(ctx, client)
			if !errors.Is(err, context.DeadlineExceeded) || firstDials.Load() != 1 || secondDials.Load() != 1 {
				t.Errorf("%v: %d dials of the first, %d of the second", err, firstDials.Load(), secondDials.Load())
			}
			if n.asked < 12 || n.asked > 60 { // five minutes, half a minute apart at most
				t.Errorf("asked %d times", n.asked)
			}
		})
	})
}
