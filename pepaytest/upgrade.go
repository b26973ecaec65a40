package pepaytest

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// upgrade turns the request into an open stream and serves it to its end. A request
// that is no proper WebSocket handshake is answered instead; settled is called with
// the status before the client can see it.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, ans *answer, settled func(status int)) {
	st := ans.upgrade
	u := &upgrader{ResponseWriter: w, settled: settled}
	for name, values := range ans.header {
		w.Header()[name] = values
	}
	conn, err := websocket.Accept(u, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the credential decides, and a browser's page is elsewhere
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		if u.status == 0 { // it was accepted, and the connection is lost
			return
		}
		refused := newAnswer()
		u.refusal().write(refused)
		settled(u.status)
		refused.send(w)
		return
	}
	st.wire = u.wire
	if s.streams.add(st) {
		st.faults = s.faults.planStream(st.operation)
	} else {
		st.interrupt(serverCloses(), farewell)
	}
	defer s.streams.remove(st)
	// The request's context says nothing any more, and one that can end is dearer.
	st.run(context.WithoutCancel(r.Context()), conn)
}

// upgrader gives the library a connection of ours, and holds back its plain-text
// refusals.
type upgrader struct {
	http.ResponseWriter
	settled func(status int)
	status  int    // of a refusal
	reason  string // for it
	wire    *wire
}

func (u *upgrader) WriteHeader(status int) {
	if status != http.StatusSwitchingProtocols {
		u.status = status
		return
	}
	u.settled(status)
	u.ResponseWriter.WriteHeader(status)
}

func (u *upgrader) Write(p []byte) (int, error) {
	u.reason += string(p)
	return len(p), nil
}

func (u *upgrader) refusal() *problem {
	bad := invalidRequest(strings.TrimSpace(u.reason))
	if u.status == http.StatusUpgradeRequired {
		bad = &problem{u.status, "UPGRADE_REQUIRED", "This is a WebSocket: GET it with Connection: Upgrade and Upgrade: websocket"}
	}
	return bad
}

func (u *upgrader) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := http.NewResponseController(u.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	u.wire = newWire(conn)
	return u.wire, bufio.NewReadWriter(buf.Reader, bufio.NewWriter(u.wire)), nil
}

// streams are the open ones.
type streams struct {
	mu     sync.Mutex
	closed bool
	opened int64
	open   map[*stream]struct{}
}

// add is false when the server closes.
func (o *streams) add(st *stream) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	if o.open == nil {
		o.open = map[*stream]struct{}{}
	}
	o.opened++
	st.number = o.opened
	o.open[st] = struct{}{}
	return true
}

func (o *streams) remove(st *stream) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.open, st)
}

// all returns the open streams in the order in which they were opened.
func (o *streams) all() []*stream {
	o.mu.Lock()
	defer o.mu.Unlock()
	var open []*stream
	for st := range o.open {
		open = append(open, st)
	}
	slices.SortFunc(open, func(a, b *stream) int { return int(a.number - b.number) })
	return open
}

// closeAll has every stream say goodbye; each ends within farewell.
func (o *streams) closeAll() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	for _, st := range o.all() {
		st.interrupt(serverCloses(), farewell)
	}
}

func serverCloses() ending {
	return ending{how: endClose, code: 1001, reason: "server closes"}
}
