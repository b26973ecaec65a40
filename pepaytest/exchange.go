package pepaytest

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const (
	maxBodyBytes = 1 << 20
	// What is read of a body that is too large, so that a client that is still
	// sending gets to read its 413 instead of a reset.
	maxDrainBytes = 64 << 20
)

// serve records a request, applies the faults to it and answers it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.running.Add(1)
	defer s.running.Done()

	misdirected := s.cfg.checkHost(r)
	if isControl(r) {
		s.control(w, r, misdirected)
		return
	}
	if s.console(w, r, misdirected) {
		return
	}
	began := time.Now()
	operation := s.operation(r)
	operationID := ""
	if operation != nil {
		operationID = operation.ID
	}
	body, bad := readBodyInTime(w, r)
	entry := newRequest(s.cfg.now(), operationID, r, body)
	number := s.log.add(entry)
	s.changes.note(requestChange, strconv.FormatInt(number, 10))
	settled := func(status int, ans *answer) {
		entry := entry.answered(status, ans, time.Since(began))
		// Before the answer goes out: whoever has it must find it recorded.
		s.log.settle(number, entry)
		s.changes.note(requestChange, strconv.FormatInt(number, 10))
		if s.cfg.requestLog != nil {
			s.cfg.requestLog(entry.clone())
		}
	}

	var due plan
	if misdirected != nil {
		bad = misdirected
	} else {
		due = s.faults.plan(operationID, r)
	}
	if !s.wait(r.Context(), due.delay) {
		settled(0, nil)
		panic(http.ErrAbortHandler) // net/http's way to close without an answer
	}
	if due.cut == cutBefore {
		s.resetBefore(w)
		settled(0, nil)
		return
	}
	genuine := func() *answer { return s.answer(operation, number, r, body, bad) }
	ans := due.answer(genuine)
	ans.header.Set("x-request-id", requestID(number))
	ans.header.Set("Date", s.cfg.now().UTC().Format(http.TimeFormat))
	switch {
	case due.cut == cutMidBody:
		s.resetMidBody(w, r.Method, ans)
		settled(0, nil)
	case ans.upgrade != nil:
		s.upgrade(w, r, ans, settled)
	default:
		settled(ans.status, ans)
		ans.send(w)
	}
}

// answer makes the answer that Pepay would give. An operation of the contract is
// admitted first: who asks, whether they may, and what the contract says about the
// parameters and the body. Streams read their credentials themselves.
func (s *Server) answer(op *pepay.Operation, number int64, r *http.Request, body []byte, bad *problem) *answer {
	ans := newAnswer()
	if bad == nil && op != nil && !isStream(op.Method, op.Path) {
		var c *call
		if c, bad = s.newCall(op, number, r, body); bad == nil {
			ans.who = c.who
			r = r.WithContext(withCall(r.Context(), c))
		}
	}
	if bad != nil {
		bad.write(ans)
		return ans
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.routes.ServeHTTP(ans, r)
	if ans.status == http.StatusNotImplemented && ans.body.Len() == 0 {
		ans.writeExample(op.ID)
	}
	ans.WriteHeader(http.StatusOK)
	return ans
}

// maxBodyTime is how long a request body may take. A client that stops in the middle
// of one would hold its connection for ever.
const maxBodyTime = 30 * time.Second

// readBodyInTime is readBody with an end. What follows, such as a stream, has none.
func readBodyInTime(w http.ResponseWriter, r *http.Request) ([]byte, *problem) {
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(time.Now().Add(maxBodyTime))
	body, bad := readBody(r)
	if bad == nil { // else net/http would wait for the rest of the body
		_ = connection.SetReadDeadline(time.Time{})
	}
	return body, bad
}

func readBody(r *http.Request) ([]byte, *problem) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBodyBytes+1))
	if err != nil {
		return body, invalidRequest("The request body cannot be read")
	}
	if len(body) <= maxBodyBytes {
		return body, nil
	}
	_, _ = io.CopyN(io.Discard, r.Body, maxDrainBytes)
	return body[:maxBodyBytes], bodyTooLarge()
}

func requestID(number int64) string { return "req_" + strconv.FormatInt(number, 10) }
