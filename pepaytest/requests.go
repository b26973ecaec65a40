package pepaytest

import (
	"bytes"
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
	// Status is the answer's. It is 0 while there is none yet, and where a fault cut
	// the connection instead.
	Status int
}

// Requests returns what the server has received, oldest first, one per attempt
// that reached it. The last 10,000 are kept, fewer when their headers and bodies
// come to more than 64 MiB. What net/http itself refuses (a malformed request
// line, headers beyond 64 KiB) is not among them. The caller owns the result.
func (s *Server) Requests() []Request { return s.log.all() }

type requestLog struct {
	mu      sync.Mutex
	entries []Request
	first   int64 // number of entries[0]; numbers start at 1
	bytes   int
}

// add records a request and returns its number, counted from 1.
func (l *requestLog) add(at time.Time, operation string, r *http.Request, body []byte) int64 {
	entry := Request{
		At: at, Operation: operation, Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(),
		Header: r.Header.Clone(), Body: body,
	}
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
		c := &copies[i]
		c.Header, c.Body = c.Header.Clone(), bytes.Clone(c.Body)
		c.Query = maps.Clone(c.Query)
		for name, values := range c.Query {
			c.Query[name] = slices.Clone(values)
		}
	}
	return copies
}

func (r *Request) size() int {
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
