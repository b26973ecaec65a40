// Package memnet is a network in memory: a listener and connections that live on
// [net.Pipe]. A goroutine that waits for one is durably blocked, so servers and
// clients on it run in a testing/synctest bubble, where real sockets do not.
//
// Create the listener inside of the bubble. Connections have no buffer: a write
// returns when the other side has read it.
package memnet

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"
)

// Listener accepts connections made with its own Dial methods. It is a
// [net.Listener] and safe for concurrent use.
type Listener struct {
	incoming  chan net.Conn
	closed    chan struct{}
	closeOnce sync.Once
}

// Listen returns an open listener.
func Listen() *Listener {
	return &Listener{incoming: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept waits for the next connection. After Close it fails with [net.ErrClosed].
func (l *Listener) Accept() (net.Conn, error) {
	// After Close, a dialer that is still waiting must not be accepted.
	select {
	case <-l.closed:
		return nil, opError("accept", net.ErrClosed)
	default:
	}
	select {
	case conn := <-l.incoming:
		return conn, nil
	case <-l.closed:
		return nil, opError("accept", net.ErrClosed)
	}
}

// Close ends Accept and every dial that waits. Connections stay open.
func (l *Listener) Close() error {
	l.closeOnce.Do(func() { close(l.closed) })
	return nil
}

// Addr is the address of every listener: on the loopback interface, so that
// programs that allow plain HTTP only there accept it, and at a port where nothing
// listens, so that a real dial fails instead of reaching another program.
func (l *Listener) Addr() net.Addr { return addr{} }

// Dial connects when the server accepts. Once the listener is closed it fails as a
// refused connection does.
func (l *Listener) Dial() (net.Conn, error) { return l.dial(nil) }

// DialContext is Dial with a way to give up: it fails with the context's error. It
// fits [net/http.Transport.DialContext]; network and address do not matter.
func (l *Listener) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	conn, err := l.dial(ctx.Done())
	if err == nil && conn == nil {
		return nil, opError("dial", ctx.Err())
	}
	return conn, err
}

// dial returns neither a connection nor an error when the caller gives up.
func (l *Listener) dial(giveUp <-chan struct{}) (net.Conn, error) {
	client, server := pipe()
	select {
	case l.incoming <- server:
		return client, nil
	case <-l.closed:
		return nil, opError("dial", os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case <-giveUp:
		return nil, nil
	}
}

type addr struct{}

func (addr) Network() string { return "tcp" }
func (addr) String() string  { return "127.0.0.1:1" }
