// Package canned is an HTTP server that answers every operation of the contract
// with an example of Pepay's documentation. It keeps no state and checks no
// credentials: it is for tests and Examples that need an answer of the right form.
// Package pepaytest is the simulator.
package canned

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"github.com/pepaylabs/pepay-go"
)

//go:embed testdata
var testdata embed.FS

// Files holds the documented examples: "getInvoice/response.json" for instance.
func Files() fs.FS {
	files, err := fs.Sub(testdata, "testdata")
	if err != nil {
		panic(err) // the name is valid
	}
	return files
}

// TB is what Start needs of a *testing.T.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Request is a request that the server got. Operation is its id, empty for one that
// the contract does not have.
type Request struct {
	Operation, Method, Path string
	Query                   url.Values
	Header                  http.Header
	Body                    []byte
}

// Server answers with examples. It is safe for concurrent use. The zero value is a
// handler without a network.
type Server struct {
	http *httptest.Server

	mu       sync.Mutex
	requests []Request
	scripts  map[string][]string // names of the answers to come, by operation
}

// Start runs a server that is closed with the test.
func Start(tb TB) *Server {
	tb.Helper()
	s := New()
	tb.Cleanup(s.Close)
	return s
}

// New runs a server on a free loopback port, for Examples. Close it.
func New() *Server {
	s := &Server{}
	s.http = httptest.NewServer(s)
	return s
}

// URL is the address of the server, without a slash at its end.
func (s *Server) URL() string { return s.http.URL }

// Close ends the server and its connections.
func (s *Server) Close() { s.http.Close() }

// Client is an HTTP client whose connections end with the server.
func (s *Server) Client() *http.Client { return s.http.Client() }

// Requests returns what the server got so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Script sets the answers of an operation, one after the other; the last one is
// repeated. A name is that of an example without .json, such as "response-old", or
// an error status, such as "503", which is sent with an error envelope. What cannot
// be answered panics here.
func (s *Server) Script(operationID string, names ...string) {
	op := operation(operationID)
	if op == nil {
		panic("canned: the contract has no operation " + operationID)
	}
	for _, name := range names {
		if status, err := strconv.Atoi(name); err == nil && status >= 400 && status < 600 {
			continue
		}
		if _, err := fs.Stat(Files(), file(op.ID, name)); err != nil {
			panic("canned: there is no " + file(op.ID, name))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.scripts == nil {
		s.scripts = map[string][]string{}
	}
	s.scripts[operationID] = slices.Clone(names)
}

// next takes the name of the next answer; "" stands for the usual one.
func (s *Server) next(operationID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := s.scripts[operationID]
	if len(names) == 0 {
		return ""
	}
	if len(names) > 1 {
		s.scripts[operationID] = names[1:]
	}
	return names[0]
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		problem(w, http.StatusBadRequest, "the body cannot be read")
		return
	}
	op := match(r.Method, r.URL.EscapedPath())
	request := Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.Query(), Header: r.Header.Clone(), Body: body}
	if op != nil {
		request.Operation = op.ID
	}
	s.mu.Lock()
	s.requests = append(s.requests, request)
	s.mu.Unlock()
	if op == nil {
		problem(w, http.StatusNotFound, "the contract has no "+r.Method+" "+r.URL.EscapedPath())
		return
	}
	s.answer(w, op)
}

func (s *Server) answer(w http.ResponseWriter, op *pepay.Operation) {
	name := s.next(op.ID)
	if status, err := strconv.Atoi(name); err == nil {
		problem(w, status, http.StatusText(status))
		return
	}
	status, hasBody := success(op)
	if status == 0 {
		problem(w, http.StatusNotImplemented, op.ID+" documents no success that canned can send")
		return
	}
	if !hasBody {
		w.WriteHeader(status)
		return
	}
	content, missing := example(op.ID, name)
	if missing != "" {
		problem(w, http.StatusNotImplemented, "there is no internal/canned/testdata/"+missing)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(content)
}

// example reads an answer, the usual one if name is "". missing is the file that
// there should be.
func example(operationID, name string) (content []byte, missing string) {
	names := []string{"response", "response-made"}
	if name != "" {
		names = []string{name}
	}
	for _, name := range names {
		if content, err := fs.ReadFile(Files(), file(operationID, name)); err == nil {
			return content, ""
		}
	}
	return nil, file(operationID, names[0])
}

func file(operationID, name string) string { return operationID + "/" + name + ".json" }

// success is the first documented success, and whether it has a body.
func success(op *pepay.Operation) (status int, hasBody bool) {
	if len(op.Success) == 0 {
		return 0, false
	}
	first := op.Success[0]
	hasBody = len(first.MediaTypes) > 0
	status, err := strconv.Atoi(first.Status)
	switch {
	case err == nil:
	case hasBody: // 2XX
		status = http.StatusOK
	default:
		status = http.StatusNoContent
	}
	return status, hasBody && status != http.StatusNoContent
}

func problem(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"success":false,"error":{"code":"CANNED_%d","message":%q}}`, status, message)
}
