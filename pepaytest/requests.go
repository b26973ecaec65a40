package pepaytest

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

const (
	maxRecorded      = 10_000
	maxRecordedBytes = 64 << 20
	// What is kept of one answer.
	maxRecordedAnswer = 64 << 10
)

// Request is one request the server has received.
type Request struct {
	// At is when it had been received, by the server's clock.
	At time.Time
	// Operation is the document's operationId, or empty for an address the document
	// does not have.
	Operation string
	// Method and Path are as sent, the path decoded.
	Method, Path string
	Query        url.Values
	// Header has what was sent, credentials included.
	Header http.Header
	// Body is what was sent, cut off at 1 MiB.
	Body []byte
	// Status is the answer's, 101 for a stream that was opened. It is 0 while there is
	// none yet, and where the connection was cut instead.
	Status int
	// AnswerHeader and AnswerBody are what was answered, credentials included, the body
	// cut off at 64 KiB. They are empty where Status is 0.
	AnswerHeader http.Header
	AnswerBody   []byte
	// Duration is the time until the answer was ready, by the system's clock.
	Duration time.Duration

	number      int64
	escapedPath string
	who         requester
	cut         bool // more was answered than AnswerBody has
}

// Requests returns what the server has received, oldest first, one per attempt
// that reached it. The last 10,000 are kept, fewer when the headers and bodies of both
// sides come to more than 64 MiB. What net/http itself refuses (a malformed request
// line, headers beyond 64 KiB) is not among them. The caller owns the result.
func (s *Server) Requests() []Request { return s.log.all() }

// WithRequestLog calls log once for each request, when the status of its answer is
// known and before that goes out, or when the connection has been cut instead: the
// Status is 0 then. log is called from the goroutines of the requests, many at once,
// and owns what it is given. nil is an error.
func WithRequestLog(log func(Request)) Option {
	return func(c *config) error {
		if log == nil {
			return errors.New("pepaytest: WithRequestLog: nil function")
		}
		c.requestLog = log
		return nil
	}
}

// requestLog has the last requests. One that is in it is not changed, so that readers need
// no lock for it: an answer replaces it.
type requestLog struct {
	mu      sync.Mutex
	entries []*Request
	first   int64 // number of entries[0]; numbers start at 1
	bytes   int
}

func newRequest(at time.Time, operation string, r *http.Request, body []byte) Request {
	return Request{
		At: at, Operation: operation, Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(),
		Header: r.Header.Clone(), Body: body, escapedPath: r.URL.EscapedPath(),
	}
}

// answered is the request with its answer, or with none where ans is nil.
func (r Request) answered(status int, ans *answer, took time.Duration) Request {
	r.Status, r.Duration = status, took
	if ans == nil {
		return r
	}
	body := ans.body.Bytes()
	r.cut = len(body) > maxRecordedAnswer
	r.AnswerHeader, r.AnswerBody, r.who = ans.header.Clone(), bytes.Clone(body[:min(len(body), maxRecordedAnswer)]), ans.who
	return r
}

// add records a request and returns its number, counted from 1.
func (l *requestLog) add(entry Request) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == 0 {
		l.first = 1
	}
	entry.number = l.first + int64(len(l.entries))
	l.entries = append(l.entries, &entry)
	l.bytes += entry.size()
	l.forget()
	return entry.number
}

// goOnAfter numbers the first request that will be received.
func (l *requestLog) goOnAfter(number int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == 0 {
		l.first = max(number, 0) + 1
	}
}

// settle records what became of a request.
func (l *requestLog) settle(number int64, entry Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := number - l.first
	if i < 0 {
		return
	}
	entry.number = number
	l.bytes += entry.size() - l.entries[i].size()
	l.entries[i] = &entry
	l.forget()
}

// forget is called under the lock.
func (l *requestLog) forget() {
	for len(l.entries) > maxRecorded || (l.bytes > maxRecordedBytes && len(l.entries) > 1) {
		l.bytes -= l.entries[0].size()
		l.entries[0] = nil // the backing array must not keep it alive
		l.entries = l.entries[1:]
		l.first++
	}
}

// kept are the requests that are kept, oldest first. They are not to be changed.
func (l *requestLog) kept() []*Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries)
}

// get is a request by its number, or nil. It is not to be changed.
func (l *requestLog) get(number int64) *Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := number - l.first; i >= 0 && i < int64(len(l.entries)) {
		return l.entries[i]
	}
	return nil
}

// total is how many requests there were.
func (l *requestLog) total() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(l.first, 1) + int64(len(l.entries)) - 1
}

func (l *requestLog) all() []Request {
	kept := l.kept()
	copies := make([]Request, len(kept))
	for i, entry := range kept {
		copies[i] = entry.clone()
	}
	return copies
}

// clone shares nothing with r, which the log keeps.
func (r Request) clone() Request {
	r.Header, r.Body, r.Query = r.Header.Clone(), bytes.Clone(r.Body), maps.Clone(r.Query)
	r.AnswerHeader, r.AnswerBody = r.AnswerHeader.Clone(), bytes.Clone(r.AnswerBody)
	for name, values := range r.Query {
		r.Query[name] = slices.Clone(values)
	}
	return r
}

func (r Request) size() int {
	n := len(r.Body) + len(r.AnswerBody) + len(r.Path) + len(r.escapedPath)
	for _, values := range []map[string][]string{r.Header, r.AnswerHeader, r.Query} {
		for name, list := range values {
			for _, v := range list {
				n += len(name) + len(v)
			}
		}
	}
	return n
}
