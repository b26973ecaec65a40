package pepaytest

import (
	"encoding/binary"
	"net"
	"sync/atomic"
)

// wire is the connection below a WebSocket. The library accepts the upgrade on it,
// reads, answers pings and echoes a close; events are written past the library, so
// that a fault can write what no WebSocket library would.
type wire struct {
	net.Conn
	turn   chan struct{} // one write at a time; a mutex would not block durably in a synctest bubble
	muted  atomic.Bool
	held   bool   // guarded by turn: what the library writes is queued
	queued []byte // guarded by turn
}

func newWire(conn net.Conn) *wire { return &wire{Conn: conn, turn: make(chan struct{}, 1)} }

// Write is the library's way out. A muted wire swallows what it writes.
func (w *wire) Write(p []byte) (int, error) {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	switch {
	case w.muted.Load():
		return len(p), nil
	case w.held:
		w.queued = append(w.queued, p...)
		return len(p), nil
	}
	return w.Conn.Write(p)
}

// Close is the library's. A muted wire stays open.
func (w *wire) Close() error {
	if w.muted.Load() {
		return nil
	}
	return w.Conn.Close()
}

// mute keeps the library from saying anything more.
func (w *wire) mute() { w.muted.Store(true) }

// send writes past the library.
func (w *wire) send(p []byte) error {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	_, err := w.Conn.Write(p)
	return err
}

// hold queues what the library writes until release, so that nothing comes between
// the parts of a frame. The library itself would give up waiting for its turn.
func (w *wire) hold() {
	w.turn <- struct{}{}
	w.held = true
	<-w.turn
}

func (w *wire) release() {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	if w.held = false; len(w.queued) > 0 && !w.muted.Load() {
		_, _ = w.Conn.Write(w.queued) // a connection that is gone ends the stream elsewhere
	}
	w.queued = nil
}

const (
	finalText   = 0x81
	finalBinary = 0x82
	finalClose  = 0x88
)

// appendHeader appends the header of a frame of a server: unmasked, unfragmented.
// See https://www.rfc-editor.org/rfc/rfc6455#section-5.2
func appendHeader(buf []byte, kind byte, length int) []byte {
	switch {
	case length < 126:
		return append(buf, kind, byte(length)) //nolint:gosec // below 126
	case length < 1<<16:
		return binary.BigEndian.AppendUint16(append(buf, kind, 126), uint16(length))
	default:
		return binary.BigEndian.AppendUint64(append(buf, kind, 127), uint64(length))
	}
}

func appendText(buf, payload []byte) []byte {
	return append(appendHeader(buf, finalText, len(payload)), payload...)
}

// appendClose appends a close frame. 1005 means that there is no code in it, and
// can only be said that way.
func appendClose(buf []byte, code int, reason string) []byte {
	if code == 1005 {
		return appendHeader(buf, finalClose, 0)
	}
	reason = reason[:min(len(reason), 123)] // all that fits a control frame
	buf = appendHeader(buf, finalClose, 2+len(reason))
	return append(binary.BigEndian.AppendUint16(buf, uint16(code)), reason...) //nolint:gosec // at most 4999
}
