package localdb

import (
	"context"
	"net"
	"sync"
)

// Proxy forwards TCP connections, and can cut the network in between. It is safe for
// concurrent use.
type Proxy struct {
	listener net.Listener
	target   string
	cancel   context.CancelFunc
	wait     sync.WaitGroup

	mu    sync.Mutex
	open  chan struct{} // closed while the network is whole
	conns map[net.Conn]struct{}
}

// StartProxy listens on a free port of 127.0.0.1 and forwards to the target, until
// ctx ends or Close is called.
func StartProxy(ctx context.Context, target string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: listener, target: target, open: make(chan struct{}), conns: map[net.Conn]struct{}{}}
	close(p.open)
	ctx, p.cancel = context.WithCancel(ctx)
	context.AfterFunc(ctx, p.end)
	p.wait.Go(func() { p.accept(ctx) })
	return p, nil
}

// Addr is where clients connect to.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Cut stops forwarding and closes nothing: like a network that is cut, neither side is
// told. Who connects now gets a connection that never answers.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.open:
		p.open = make(chan struct{})
	default:
	}
}

// Heal ends the cut. What was sent in the meantime arrives, as far as the connections
// are still open.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.open:
	default:
		close(p.open)
	}
}

// CloseConnections closes every connection on both sides. New ones are accepted.
func (p *Proxy) CloseConnections() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.Close()
	}
}

// Close ends the proxy and waits until nothing of it runs any more.
func (p *Proxy) Close() {
	p.cancel()
	p.end()
	p.wait.Wait()
}

func (p *Proxy) end() {
	_ = p.listener.Close()
	p.CloseConnections()
}

func (p *Proxy) accept(ctx context.Context) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wait.Go(func() { p.serve(ctx, client) })
	}
}

func (p *Proxy) serve(ctx context.Context, client net.Conn) {
	defer p.forget(client)
	if !p.remember(ctx, client) || !p.pass(ctx) {
		return
	}
	server, err := new(net.Dialer).DialContext(ctx, "tcp", p.target)
	if err != nil {
		return
	}
	defer p.forget(server)
	if !p.remember(ctx, server) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.copy(ctx, server, client) })
	both.Go(func() { p.copy(ctx, client, server) })
	both.Wait()
}

// copy forwards one direction. The end of it is told to the other side, too, unless the
// network is cut.
func (p *Proxy) copy(ctx context.Context, to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if !p.pass(ctx) {
			return
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				_ = from.Close()
				return
			}
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}

// pass waits until the network is whole. It reports false when the proxy ends.
func (p *Proxy) pass(ctx context.Context) bool {
	p.mu.Lock()
	open := p.open
	p.mu.Unlock()
	select {
	case <-ctx.Done():
		return false
	case <-open:
		return true
	}
}

// remember reports false, and the connection is not needed, when the proxy has ended.
func (p *Proxy) remember(ctx context.Context, conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[conn] = struct{}{}
	return ctx.Err() == nil
}

func (p *Proxy) forget(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, conn)
	_ = conn.Close()
}
