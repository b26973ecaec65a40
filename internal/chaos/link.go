package chaos

import (
	"net"
	"sync"
	"time"
)

// link is one connection and its counterpart at the target.
type link struct {
	client, server net.Conn
	fate           Fate
	ended          func(End)

	once sync.Once
	done chan struct{} // closed with both sides
	gone sync.Once     // the fate has struck
}

// run forwards in both directions until both sides are closed.
func (l *link) run() {
	var directions sync.WaitGroup
	dead := make(chan struct{}) // closed when nothing is forwarded any more
	strike := func() {
		l.gone.Do(func() {
			l.ended(l.fate.End)
			if l.fate.End == HalfOpen {
				close(dead)
				return
			}
			l.close(l.fate.End == Reset)
		})
	}
	if l.fate.End != Never && l.fate.After > 0 {
		timer := time.AfterFunc(l.fate.After, strike)
		defer timer.Stop()
	}
	directions.Go(func() { l.forward(l.client, l.server, dead, 0, 0, strike) })
	directions.Go(func() { l.forward(l.server, l.client, dead, l.fate.Bytes, l.fate.Rate, strike) })
	directions.Wait()
	l.close(false)
}

// chunk is what was read and when it may be written.
type chunk struct {
	data []byte
	due  time.Time
}

// forward copies from one side to the other. A side that ends closes the link,
// unless nothing is forwarded any more.
func (l *link) forward(from, to net.Conn, dead <-chan struct{}, limit int64, rate int, strike func()) {
	chunks := make(chan chunk, 64)
	var writing sync.WaitGroup
	writing.Go(func() { l.write(to, chunks, dead, limit, rate, strike) })
	defer writing.Wait()
	defer close(chunks)
	for {
		buffer := make([]byte, 4096)
		n, err := from.Read(buffer)
		if n > 0 {
			select {
			case chunks <- chunk{buffer[:n], time.Now().Add(l.fate.Latency)}:
			case <-l.done:
				return
			}
		}
		if err == nil {
			continue
		}
		select {
		case <-dead:
			if from == l.server {
				<-l.done // the client does not hear of it
			}
			l.close(false)
		default: // after the last byte was written
		}
		return
	}
}

func (l *link) write(to net.Conn, chunks <-chan chunk, dead <-chan struct{}, limit int64, rate int, strike func()) {
	defer l.closeUnless(dead)
	written := int64(0)
	for c := range chunks {
		l.pause(time.Until(c.due))
		for len(c.data) > 0 {
			n := len(c.data)
			if rate > 0 {
				n = min(n, max(1, rate/50))
			}
			if limit > 0 {
				n = min(n, int(limit-written))
			}
			select {
			case <-dead: // read on and drop, so that the sender notices nothing
				c.data = nil
				continue
			default:
			}
			if _, err := to.Write(c.data[:n]); err != nil {
				l.close(false)
				c.data = nil
				continue
			}
			written += int64(n)
			c.data = c.data[n:]
			if limit > 0 && written == limit {
				strike()
				limit = 0
			}
			if rate > 0 {
				l.pause(time.Duration(n) * time.Second / time.Duration(rate))
			}
		}
	}
}

// closeUnless ends the link after the last byte was written.
func (l *link) closeUnless(dead <-chan struct{}) {
	select {
	case <-dead:
	default:
		l.close(false)
	}
}

// pause waits, unless the link is closed.
func (l *link) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.done:
	}
}

func (l *link) close(byReset bool) {
	l.once.Do(func() {
		close(l.done)
		for _, side := range []net.Conn{l.client, l.server} {
			if byReset {
				reset(side)
			} else {
				_ = side.Close()
			}
		}
	})
}

// reset makes the other side see a reset instead of an end.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}
