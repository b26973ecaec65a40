package pepaytest

import (
	"mime"
	"net/http"
	"strings"
)

// controlPath is where a simulator in another process is told what to do and asked
// how it is. It is not Pepay's: requests are not recorded and meet no faults.
const controlPath = "/_pepaytest/"

func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, controlPath) }

// control answers
//
//	POST /_pepaytest/events   a JSON event, of which type and data.object are required,
//	                          is emitted; the answer has it completed
//	GET  /_pepaytest/streams  the open streams
//
// to whoever has a key of the simulator and is not a page of another origin: any page
// in a browser can reach a server on localhost. bad is what is wrong with the request
// already, if anything.
func (s *Server) control(r *http.Request, bad *problem) *answer {
	ans := newAnswer()
	if bad == nil {
		bad = s.admit(r)
	}
	if bad != nil {
		bad.write(ans)
		return ans
	}
	switch method, name := r.Method, strings.TrimPrefix(r.URL.Path, controlPath); {
	case name == "events" && method == http.MethodPost:
		s.controlEmit(ans, r)
	case name == "streams" && method == http.MethodGet:
		writeJSON(ans, http.StatusOK, map[string]any{"success": true, "data": s.openStreams()})
	case name == "events" || name == "streams":
		methodNotAllowed(method, r.URL.Path).write(ans)
	default:
		notFound(method, r.URL.Path).write(ans)
	}
	return ans
}

// admit refuses browsers on pages of another origin, and then whoever has no key. A
// page cannot send the key's header without a preflight request, which is refused too.
func (s *Server) admit(r *http.Request) *problem {
	asked := *r
	asked.Method = http.MethodPost // the check lets methods pass that change nothing
	if new(http.CrossOriginProtection).Check(&asked) != nil {
		return &problem{http.StatusForbidden, "FORBIDDEN", "A page of another origin may not ask this"}
	}
	_, bad := s.authenticateKey(r.Header)
	return bad
}

func (s *Server) controlEmit(w http.ResponseWriter, r *http.Request) {
	if ct, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || ct != "application/json" {
		(&problem{http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json"}).write(w)
		return
	}
	body, bad := readBody(r)
	if bad != nil {
		bad.write(w)
		return
	}
	ev, err := decodeEvent(body)
	if err != nil {
		invalidRequest(err.Error()).write(w)
		return
	}
	rec, err := s.emit(ev) //nolint:contextcheck // deliveries outlive the request that emits
	if err != nil {
		invalidRequest(err.Error()).write(w)
		return
	}
	writeJSON(w, http.StatusOK, newEventAnswer(rec))
}
