package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// How often logRequests looks, and how long it waits for the status of an answer.
const (
	requestInterval = 100 * time.Millisecond
	answerPatience  = time.Second
)

// logRequests writes a line per request until ctx ends. The simulator keeps what
// it received, so looking now and then misses nothing.
func logRequests(ctx context.Context, w io.Writer, server *pepaytest.Server) {
	var log requestLog
	ticker := time.NewTicker(requestInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			log.print(w, server.Requests(), 0)
			return
		case <-ticker.C:
			log.print(w, server.Requests(), answerPatience)
		}
	}
}

// requestLog remembers the last request that was written.
type requestLog struct{ last pepaytest.Request }

// print writes the requests after the last one, up to the first that may still
// get its answer.
func (l *requestLog) print(w io.Writer, requests []pepaytest.Request, patience time.Duration) {
	for _, r := range requests[l.next(requests):] {
		if r.Status == 0 && time.Since(r.At) < patience {
			return
		}
		l.last = r
		outcome := "no answer yet"
		if r.Status != 0 {
			outcome = fmt.Sprint(r.Status)
		}
		operation := r.Operation
		if operation == "" {
			operation = "not documented"
		}
		fmt.Fprintf(w, "%s %s %s %s (%s)\n", r.At.Format(time.TimeOnly), outcome, printable(r.Method), printable(r.Path), operation)
	}
}

// next finds the place by the time of the last request: the simulator forgets the
// oldest, so that positions move.
func (l *requestLog) next(requests []pepaytest.Request) int {
	for i := len(requests) - 1; i >= 0; i-- {
		if requests[i].At.Equal(l.last.At) && requests[i].Path == l.last.Path {
			return i + 1
		}
	}
	return 0
}
