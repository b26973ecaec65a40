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
}

// Requests returns what the server has received, oldest first, one per attempt
// that reached it. The last 10,000 are kept, fewer when their headers and bodies
// come to more than 64 MiB. What net/http itself refuses (a malformed request
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

type requestLog struct {
	mu      sync.Mutex
	entries []Request
	first   int64 // number of entries[0]; numbers start at 1
	bytes   int
}

func newRequest(at time.Time, operation string, r *http.Request, body []byte) Request {
	return Request{
		At: at, Operation: operation, Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(),
		Header: r.Header.Clone(), Body: body,
	}
}

// add records a request and returns its number, counted from 1.
func (l *requestLog) add(entry Request) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == 0 {
		l.first = 1
	}
	l.entries = append(l.entries, entry)
	l.bytes += entry.size()
	for len(l.entries) > maxRecorded || (l.bytes > maxRecordedBytes && len(l.entries) > 1) {
		l.bytes -= l.entries[0].size()
		l.entries[0] = Request{} // the backing array must not keep it alive
		l.entries = l.entries[1:]
		l.first++
	}
	return l.first + int64(len(l.entries)) - 1
}

func (l *requestLog) setStatus(number int64, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := number - l.first; i >= 0 {
		l.entries[i].Status = status
	}
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	copies := slices.Clone(l.entries)
	for i := range copies {
		copies[i] = copies[i].clone()
	}
	return copies
}

// clone shares nothing with r, which the log keeps.
func (r Request) clone() Request {
	r.Header, r.Body, r.Query = r.Header.Clone(), bytes.Clone(r.Body), maps.Clone(r.Query)
	for name, values := range r.Query {
		r.Query[name] = slices.Clone(values)
	}
	return r
}

func (r Request) size() int {
	n := len(r.Body) + len(r.Path)
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	for name, values := range r.Query {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}
