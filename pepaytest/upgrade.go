package pepaytest

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/coder/websocket"
)

// upgrade turns the request into an open stream and serves it to its end. A request
// that is no proper WebSocket handshake is answered instead; settled is called with
// the status before the client can see it.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, ans *answer, settled func(status int, ans *answer)) {
	st := ans.upgrade
	u := &upgrader{ResponseWriter: w, accepted: func() {
		if s.streams.add(st) {
			st.faults = s.faults.planStream(st.operation)
			s.changes.note(streamChange, strconv.FormatInt(st.number, 10))
			if reason := s.lostKey(st.who); reason != "" { // while the handshake was under way
				st.loseKey(reason)
			}
		} else {
			st.interrupt(serverCloses(), closeGrace)
		}
		settled(http.StatusSwitchingProtocols, ans)
	}}
	defer func() {
		s.streams.remove(st)
		if st.number > 0 { // it was open
			s.changes.note(streamChange, strconv.FormatInt(st.number, 10))
		}
	}()
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
		settled(u.status, refused)
		refused.send(w)
		return
	}
	st.attach(u.wire)
	// The request's context means nothing after an upgrade, and reading with a context
	// that can end is slower.
	st.run(context.WithoutCancel(r.Context()), conn)
}

// upgrader gives the library a connection of ours, and holds back its plain-text
// refusals.
type upgrader struct {
	http.ResponseWriter
	accepted func()
	status   int    // of a refusal
	reason   string // for it
	wire     *wire
}

func (u *upgrader) WriteHeader(status int) {
	if status != http.StatusSwitchingProtocols {
		u.status = status
		return
	}
	u.accepted()
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
