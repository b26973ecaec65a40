package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// memory is a transport without a network: it reads the request, checks it and
// returns the answer, with as little work as possible. Only one goroutine at a time
// may use it.
type memory struct {
	answer                 string
	check                  func(req *http.Request, content []byte) error
	buffer                 [1024]byte
	contentType, requestID [1]string
}

func newMemory(answer string, check func(*http.Request, []byte) error) http.RoundTripper {
	return &memory{answer: answer, check: check, contentType: [1]string{"application/json"}, requestID: [1]string{"req_123"}}
}

// inMemory is an HTTP client that gets one answer.
func inMemory(answer string, check func(*http.Request, []byte) error) *http.Client {
	return &http.Client{Transport: newMemory(answer, check)}
}

func (m *memory) RoundTrip(req *http.Request) (*http.Response, error) {
	n := 0
	if req.Body != nil {
		var err error
		n, err = io.ReadFull(req.Body, m.buffer[:])
		_ = req.Body.Close()
		if err != io.ErrUnexpectedEOF && err != io.EOF {
			return nil, fmt.Errorf("unexpected length of the body: %w", err)
		}
	}
	if err := m.check(req, m.buffer[:n]); err != nil {
		return nil, err
	}
	body := &readOnce{}
	body.Reset(m.answer)
	return &http.Response{
		Status:        "200 OK",
		StatusCode:    http.StatusOK,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": m.contentType[:], "X-Request-Id": m.requestID[:]},
		Body:          body,
		ContentLength: int64(len(m.answer)),
		Request:       req,
	}, nil
}

type readOnce struct{ strings.Reader }

func (*readOnce) Close() error { return nil }

// checkCredential finds the key that every contestant sends in its own way.
func checkCredential(req *http.Request) error {
	if req.Header.Get("X-Api-Key") != mintKey && req.Header.Get("Authorization") != "Bearer "+mintKey {
		return errors.New("the request has no credential")
	}
	return nil
}

// asks makes the check of a request without a body: its method, its path and what its
// query has.
func asks(method, path, query string) func(*http.Request, []byte) error {
	return func(req *http.Request, content []byte) error {
		if req.Method != method || req.URL.Path != path || !strings.Contains(req.URL.RawQuery, query) || len(content) > 0 {
			return fmt.Errorf("unexpected request: %s %s with the body %q", req.Method, req.URL, content)
		}
		return checkCredential(req)
	}
}
