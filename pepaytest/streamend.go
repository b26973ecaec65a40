package pepaytest

import (
	"encoding/json"
	"time"
)

// ending is how a stream ends.
type streamEnd struct {
	how    endKind
	frame  []byte // sent before, if any
	code   int    // of the close frame
	reason string
}

type endKind int

const (
	endNot    endKind = iota // the stream goes on after the frame
	endLeft                  // the client has left
	endClose                 // with a close frame
	endDrop                  // with a FIN
	endReset                 // with a RST
	endSilent                // the connection stays open, and nothing more is said
)

// closeGrace is how long a client has to answer a close frame, or to hang up after a FIN,
// and how long a client that does not read delays Close. Then the connection is cut.
const closeGrace = 200 * time.Millisecond

// end ends the stream as e says. The connection is closed when it returns.
func (st *stream) end(e streamEnd) {
	conn := st.wire.Conn
	defer func() { _ = conn.Close() }()
	st.interrupt(streamEnd{how: endLeft}, 0) // no timer may end it again
	switch e.how {
	case endClose:
		if e.frame != nil {
			st.buf = appendText(st.buf, e.frame)
		}
		st.buf = appendClose(st.buf, e.code, e.reason)
		st.wire.mute() // the library would answer the client's answer
		if st.flush() == nil {
			st.linger()
		}
	case endDrop:
		st.wire.mute()
		if c, ok := conn.(interface{ CloseWrite() error }); ok && c.CloseWrite() == nil {
			st.linger() // to close with unread pings would send a RST
		}
	case endReset:
		if c, ok := conn.(interface{ SetLinger(sec int) error }); ok {
			_ = c.SetLinger(0)
		}
	case endSilent:
		st.silent.Store(true)
		st.wire.mute()
		select {
		case <-st.gone:
		case <-st.server.closing:
		}
	}
}

func (st *stream) linger() {
	timer := time.NewTimer(closeGrace)
	defer timer.Stop()
	select {
	case <-st.gone:
	case <-timer.C:
	}
}

// interrupt ends the stream from another goroutine, once. The connection of a client
// that does not read is cut after patience.
func (st *stream) interrupt(e streamEnd, patience time.Duration) {
	st.finalOnce.Do(func() {
		st.final = e
		close(st.done)
	})
	if patience > 0 {
		st.cutoff(time.Now().Add(patience))
	}
}

// cutoff ends writes at a point in time, also on a connection that is set later.
func (st *stream) cutoff(at time.Time) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.deadline = at
	if st.wire != nil {
		_ = st.wire.SetWriteDeadline(at)
	}
}

func (st *stream) attach(w *wire) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.wire = w
	if !st.deadline.IsZero() {
		_ = w.SetWriteDeadline(st.deadline)
	}
}

func (s *Server) encodeNotice(n Notice) (frame []byte, err error) {
	return json.Marshal(s.cfg.notice(n))
}
