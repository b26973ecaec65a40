package memnet

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
)

// conn is one end of a pipe that can also be reset, as a TCP connection can.
type conn struct {
	net.Conn
	abort      atomic.Bool  // SetLinger(0): Close resets
	mine, peer *atomic.Bool // set when this end, or the other, has been reset
}

func pipe() (client, server *conn) {
	a, b := net.Pipe()
	resetA, resetB := new(atomic.Bool), new(atomic.Bool)
	return &conn{Conn: a, mine: resetA, peer: resetB}, &conn{Conn: b, mine: resetB, peer: resetA}
}

// SetLinger does what [net.TCPConn.SetLinger] does for 0: Close makes the other
// side see a reset instead of an end of file. Other values take that back.
func (c *conn) SetLinger(sec int) error {
	c.abort.Store(sec == 0)
	return nil
}

func (c *conn) Close() error {
	if c.abort.Load() {
		c.peer.Store(true)
	}
	return c.Conn.Close()
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, io.EOF) && c.mine.Load() {
		err = opError("read", os.NewSyscallError("read", syscall.ECONNRESET))
	}
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if errors.Is(err, io.ErrClosedPipe) && c.mine.Load() {
		err = opError("write", os.NewSyscallError("write", syscall.ECONNRESET))
	}
	return n, err
}

func (c *conn) LocalAddr() net.Addr  { return addr{} }
func (c *conn) RemoteAddr() net.Addr { return addr{} }

func opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Addr: addr{}, Err: err}
}
