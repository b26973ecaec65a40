// Package chaos is a TCP proxy for tests that does to connections what real
// networks and the boxes in them do: it delays, slows down, cuts at any byte,
// resets, and forgets a connection without telling either side.
package chaos

import (
	"context"
	"net"
	"sync"
	"time"
)

// Proxy forwards connections to a target, each with a [Fate] of its own. It is
// safe for concurrent use.
type Proxy struct {
	listener net.Listener
	target   string
	fate     func() Fate

	cancel context.CancelFunc
	wait   sync.WaitGroup

	mu    sync.Mutex
	calm  bool
	links map[*link]struct{}
	met   map[End]int
}

// Start listens on a free loopback port. The function is asked for the fate of
// each connection, by one goroutine. The end of ctx closes the proxy, too.
func Start(ctx context.Context, target string, fate func() Fate) (*Proxy, error) {
	ctx, cancel := context.WithCancel(ctx)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		cancel()
		return nil, err
	}
	p := &Proxy{
		listener: listener, target: target, fate: fate, cancel: cancel,
		links: map[*link]struct{}{}, met: map[End]int{},
	}
	context.AfterFunc(ctx, p.stop)
	p.wait.Go(func() { p.accept(ctx) })
	return p, nil
}

// Addr is where clients connect to.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Calm ends the chaos: connections that are open are closed, and later ones are
// forwarded as they are.
func (p *Proxy) Calm() {
	p.mu.Lock()
	p.calm = true
	p.mu.Unlock()
	p.closeAll()
}

// Met is how many connections came to each end so far. Those that were closed by
// the client or the target do not count.
func (p *Proxy) Met() map[End]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	met := map[End]int{}
	for end, n := range p.met {
		met[end] = n
	}
	return met
}

// Close closes everything and waits until it is.
func (p *Proxy) Close() {
	p.cancel()
	p.stop()
	p.wait.Wait()
}

func (p *Proxy) stop() {
	_ = p.listener.Close()
	p.closeAll()
}

func (p *Proxy) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.close(false)
	}
}

func (p *Proxy) accept(ctx context.Context) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		calm := p.calm
		p.mu.Unlock()
		fate := Fate{}
		if !calm {
			fate = p.fate()
		}
		p.wait.Go(func() { p.serve(ctx, client, fate) })
	}
}

func (p *Proxy) serve(ctx context.Context, client net.Conn, fate Fate) {
	if fate.End == Refuse {
		p.count(Refuse)
		reset(client)
		return
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	server, err := dialer.DialContext(ctx, "tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	l := &link{client: client, server: server, fate: fate, done: make(chan struct{}), ended: p.count}
	p.mu.Lock()
	p.links[l] = struct{}{}
	p.mu.Unlock()
	if ctx.Err() != nil {
		l.close(false)
	}
	l.run()
	p.mu.Lock()
	delete(p.links, l)
	p.mu.Unlock()
}

func (p *Proxy) count(end End) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.met[end]++
}
