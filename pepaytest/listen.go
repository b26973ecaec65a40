package pepaytest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
)

func listen(addr string) (net.Listener, error) {
	if addr == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil { // a machine with IPv6 only
			l, err = net.Listen("tcp", "[::1]:0")
		}
		if err != nil {
			return nil, fmt.Errorf("pepaytest: no free loopback port: %w", err)
		}
		return l, nil
	}
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("pepaytest: %s is taken by another program, give another address: %w", addr, err)
	}
	if err != nil {
		return nil, fmt.Errorf("pepaytest: cannot listen on %q: %w", addr, err)
	}
	return l, nil
}

// hostport is where a client reaches addr. A server on all interfaces is reached
// over loopback; an address in memory is taken as it names itself.
func hostport(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "127.0.0.1"
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func newHTTPClient(l net.Listener) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	if d, ok := l.(interface {
		DialContext(ctx context.Context, network, address string) (net.Conn, error)
	}); ok {
		transport.DialContext = d.DialContext
	}
	return &http.Client{Transport: transport}
}

// connections are those net/http has handed over; it does not close them itself.
type connections struct {
	mu     sync.Mutex
	closed bool
	open   map[net.Conn]struct{}
}

func (c *connections) add(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		_ = conn.Close()
		return
	}
	if c.open == nil {
		c.open = make(map[net.Conn]struct{})
	}
	c.open[conn] = struct{}{}
}

func (c *connections) remove(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}

func (c *connections) closeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for conn := range c.open {
		_ = conn.Close()
	}
}
