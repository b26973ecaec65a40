package hostile_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// play is what a server does to a connection after it has read a request. It returns
// when a write fails: the client has gone.
type play func(c net.Conn)

// Nothing that is endless or slow here goes on after that: a bound that is missing makes
// a test fail instead of holding it up.
const (
	most    = 96 << 20 // bytes
	longest = 4 * time.Hour
	enough  = 500 // requests; more are not answered
)

// metered is a connection that counts what is written, and fails when that is too much.
type metered struct {
	net.Conn
	n atomic.Int64
}

func bounded(c net.Conn) *metered {
	_ = c.SetDeadline(time.Now().Add(longest))
	return &metered{Conn: c}
}

func (m *metered) Write(p []byte) (int, error) {
	if m.n.Load() >= most {
		return 0, errFlooded
	}
	n, err := m.Conn.Write(p)
	m.n.Add(int64(n))
	return n, err
}

var errFlooded = errors.New("everything was read")

// server is a Pepay in memory that attacks requests whose path has a prefix, and
// answers all others.
type server struct {
	client   *wrapper.Client
	attacked atomic.Int64 // requests
}

// maxHeader is the most that the clients here accept of headers. net/http's own limit
// is 10 MiB, see [TestHeadersWithTheDefaultTransport].
const maxHeader = 64 << 10

// serve starts a server in the bubble of the test. Its client has options.
func serve(t *testing.T, prefix string, attack play, opts ...wrapper.Option) *server {
	t.Helper()
	s := &server{}
	listener := memnet.Listen()
	ctx, cancel := context.WithCancel(context.Background()) // the end of streams
	var playing sync.WaitGroup
	httpServer := &http.Server{BaseContext: func(net.Listener) context.Context { return ctx }, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, prefix):
			n := s.attacked.Add(1)
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Errorf("hijack: %v", err)
				return
			}
			defer func() { _ = conn.Close() }()
			playing.Add(1)
			defer playing.Done()
			counted, play := bounded(conn), attack
			if n > enough {
				play = wait
			}
			play(counted)
			if counted.n.Load() >= most {
				t.Errorf("%d MiB of an answer were read", most>>20)
			}
		case strings.HasPrefix(r.URL.Path, "/ws/"):
			quietStream(w, r)
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"success":true,"data":{"object":"list","data":[],"has_more":false}}`)
		}
	})}
	go func() { _ = httpServer.Serve(listener) }()
	transport := &http.Transport{DialContext: listener.DialContext, MaxResponseHeaderBytes: maxHeader}
	t.Cleanup(func() {
		cancel()
		transport.CloseIdleConnections()
		_ = httpServer.Close()
		playing.Wait()
	})
	s.client = newClient(t, "http://"+listener.Addr().String(), &http.Client{Transport: transport}, opts...)
	return s
}

// newClient is a client for use in a bubble.
func newClient(t *testing.T, base string, hc *http.Client, opts ...wrapper.Option) *wrapper.Client {
	t.Helper()
	client, err := wrapper.New(append(opts, wrapper.WithBaseURL(base), wrapper.WithAPIKey("canary-key-1"), wrapper.WithHTTPClient(hc))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { time.Sleep(10 * time.Second) }) // of the bubble: a mint that nobody waits for any more
	return client
}

// quietStream is an open stream on which nothing happens.
func quietStream(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = c.CloseNow() }()
	_, _, _ = c.Read(r.Context()) // answers pings
}

// allocated is what the process has allocated on the heap so far.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

const invoiceID = "3f2b8c1e-7d4a-4c7e-9f5a-1b2c3d4e5f60"

func newInvoice() pepay.CreateInvoiceRequest {
	return pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(9990), CustomerID: "cust_1"}
}

// discard is the log of a server whose clients misbehave.
func discard() *log.Logger { return log.New(io.Discard, "", 0) }
