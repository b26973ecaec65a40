package pepaytest

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strconv"
)

// resetBefore cuts the connection before the first byte of an answer.
func (s *Server) resetBefore(w http.ResponseWriter) {
	conn, _ := s.hijack(w)
	s.reset(conn)
}

// resetMidBody announces the whole answer, sends half of its body and cuts the
// connection. An empty body is announced as one byte, or nothing would be missing;
// the answer to a HEAD has no body to send.
func (s *Server) resetMidBody(w http.ResponseWriter, method string, ans *answer) {
	conn, buf := s.hijack(w)
	defer s.reset(conn)
	body := ans.body.Bytes()
	ans.header.Set("Content-Length", strconv.Itoa(max(1, len(body)+ans.padding)))
	if _, err := fmt.Fprintf(buf, "HTTP/1.1 %03d %s\r\n", ans.status, http.StatusText(ans.status)); err != nil {
		return
	}
	if err := ans.header.Write(buf); err != nil {
		return
	}
	if _, err := buf.WriteString("\r\n"); err != nil {
		return
	}
	if method != http.MethodHead {
		if _, err := buf.Write(body[:len(body)/2]); err != nil {
			return
		}
	}
	_ = buf.Flush()
}

func (s *Server) hijack(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter) {
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // close without an answer is the closest to a reset
	}
	s.hijacked.add(conn)
	return conn, buf
}

// reset closes with a RST instead of a FIN: nothing lingers. A connection that
// knows no RST is closed.
func (s *Server) reset(conn net.Conn) {
	if l, ok := conn.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(0)
	}
	_ = conn.Close()
	s.hijacked.remove(conn)
}
