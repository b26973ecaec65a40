package pepaytest

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"strconv"
)

const contentTypeJSON = "application/json; charset=utf-8"

// answer is an answer that has not been sent yet, so that a fault can still
// change it and its status can be recorded before the client sees it.
type answer struct {
	status  int
	header  http.Header
	body    bytes.Buffer
	padding int
	upgrade *stream   // instead of a body: the connection becomes this
	who     requester // that was admitted, or nobody
}

func newAnswer() *answer { return &answer{header: http.Header{}} }

func jsonAnswer(status int, body any) *answer {
	a := newAnswer()
	writeJSON(a, status, body)
	return a
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// send puts the answer on the wire. A padded one goes without a Content-Length,
// so that a client has to count for itself.
func (a *answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	bodiless := a.status == http.StatusNoContent || a.status == http.StatusNotModified
	if a.padding == 0 && !bodiless {
		w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	}
	w.WriteHeader(a.status)
	if bodiless {
		return
	}
	body := a.body.Bytes()
	if a.padding > 0 {
		// After the opening brace: a decoder has to read all of it to see a member.
		head := min(1, len(body))
		if _, err := w.Write(body[:head]); err != nil {
			return
		}
		if _, err := io.CopyN(w, spaces{}, int64(a.padding)); err != nil {
			return
		}
		body = body[head:]
	}
	_, _ = w.Write(body)
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
