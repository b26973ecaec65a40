package pepaytest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/pepaylabs/pepay-go"
)

// TB is the part of [testing.TB] that [NewServer] needs. A *testing.T and a
// *testing.B are one.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Server is a running simulator. All of its methods are safe for concurrent use.
type Server struct {
	cfg         *config
	url         string
	httpServer  *http.Server
	client      *http.Client
	routes      chi.Router
	operations  map[string]*pepay.Operation // by method and pattern
	faults      *Faults
	controls    *controls
	changes     changes
	started     time.Time
	log         requestLog
	minted      atomic.Int64
	events      *eventLog
	state       *state
	saver       *stateSaver  // nil without a state file
	advanced    atomic.Int64 // ns that business time is ahead
	dueTimer    *time.Timer  // these two are guarded by the state's lock
	stopped     bool
	webhooks    webhooks
	receiver    receiver
	deliver     *http.Client // to webhook endpoints
	ownsDeliver bool

	running   sync.WaitGroup // connections and handlers
	hijacked  connections
	streams   streams
	closing   chan struct{}
	served    chan error
	closeOnce sync.Once
	closeErr  error
}

// NewServer starts a simulator on a free port of the loopback interface and
// closes it when the test ends. A server that cannot start, or an option that is
// wrong, fails the test.
func NewServer(tb TB, opts ...Option) *Server {
	tb.Helper()
	s, err := Start("", opts...)
	if err != nil {
		tb.Fatalf("%v", err)
		return nil
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// Start starts a simulator on addr, "127.0.0.1:3000" for instance, which is the
// contract's "Local development" server. An empty addr means a free loopback
// port. The caller closes it. A port that is taken, and an option that is wrong,
// are errors.
func Start(addr string, opts ...Option) (*Server, error) {
	cfg, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	file, loaded, err := cfg.openState()
	if err != nil {
		return nil, err
	}
	if cfg.listener == nil {
		if cfg.listener, err = listen(addr); err != nil {
			file.close()
			return nil, err
		}
	}
	cfg.allowListenerName(addr)
	cfg.allowListenerName(cfg.listener.Addr().String())
	s := &Server{
		cfg:        cfg,
		url:        "http://" + hostport(cfg.listener.Addr()),
		client:     newHTTPClient(cfg.listener),
		operations: operationsByRoute(),
		events:     newEventLog(cfg.retention),
		state:      newState(),
		controls:   newControls(),
		started:    time.Now(), // no clock of the user's runs before somebody asks
		closing:    make(chan struct{}),
		served:     make(chan error, 1),
	}
	s.saver = newStateSaver(s, file)
	s.faults = newFaults(&s.changes)
	s.routes = s.newRoutes(handlers{server: s})
	s.httpServer = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ConnState:         s.countConnection,
		ReadHeaderTimeout: 30 * time.Second,
		MaxHeaderBytes:    64 << 10,
		// "OPTIONS *" is answered and recorded as all else.
		DisableGeneralOptionsHandler: true,
	}
	s.deliver, s.ownsDeliver = newDeliveryClient(cfg.webhook.transport)
	if err := s.begin(loaded); err != nil {
		_ = cfg.listener.Close()
		file.close()
		return nil, err
	}
	s.saver.start()
	go func() { s.served <- s.httpServer.Serve(cfg.listener) }()
	return s, nil
}

// URL is the base URL, "http://127.0.0.1:41234" for instance, without a slash at
// the end.
func (s *Server) URL() string { return s.url }

// Client is an HTTP client with a connection pool of its own that reaches the
// server, in memory too, and ignores proxies. It carries no credentials. Its idle
// connections are closed with the server.
func (s *Server) Client() *http.Client { return s.client }

// Faults makes the server misbehave on purpose.
func (s *Server) Faults() *Faults { return s.faults }

// Close stops listening, closes every stream with code 1001, cuts every other
// connection and returns when no handler runs any more. A client that does not
// answer the close of its stream has 200 ms. Deliveries to webhooks end, and a state
// file is written a last time. Closing again does nothing and returns the same error: the
// one that made the server stop serving on its own, and that of the state file, if any.
func (s *Server) Close() error {
	s.closeOnce.Do(func() {
		s.stopTime()
		close(s.closing)
		s.webhooks.closeAll()
		s.streams.closeAll()
		s.closeErr = s.httpServer.Close()
		s.hijacked.closeAll()
		if err := <-s.served; !errors.Is(err, http.ErrServerClosed) {
			s.closeErr = errors.Join(fmt.Errorf("pepaytest: serve: %w", err), s.closeErr)
		}
		s.running.Wait()
		s.client.CloseIdleConnections()
		if s.ownsDeliver {
			s.deliver.CloseIdleConnections()
		}
		s.closeErr = errors.Join(s.closeErr, s.saver.close())
	})
	return s.closeErr
}

// countConnection lets Close wait for net/http's goroutines. Serve reports a new
// connection before it accepts the next, and has returned before Close waits.
func (s *Server) countConnection(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.running.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.running.Done()
	}
}

// wait returns false when the client or the server is gone before d has passed.
func (s *Server) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-s.closing:
	}
	return false
}
