package main

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	// missedPath starts a simulator with as many events as its query says after the first
	// one, and tells its address, its key and the id of the first event.
	missedPath = "/missed"
	// missedEvery is how far apart they were created.
	missedEvery = 100 * time.Millisecond
)

// answerMissed leaves the simulator running until the process ends.
func answerMissed(w http.ResponseWriter, req *http.Request) {
	n, err := strconv.Atoi(req.FormValue("events"))
	if err == nil {
		err = startMissed(w, n) //nolint:contextcheck // it outlives the request
	}
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, err)
	}
}

func startMissed(w http.ResponseWriter, n int) error {
	var past atomic.Int64 // how long ago it is, by the simulator's clock
	past.Store(int64(n+1) * int64(missedEvery))
	srv, err := pepaytest.Start("", pepaytest.WithRetention(n+1), pepaytest.WithClock(func() time.Time {
		return time.Now().Add(-time.Duration(past.Load()))
	}))
	if err != nil {
		return err
	}
	ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		return err
	}
	first := srv.Emit(ev)
	for range n {
		past.Add(-int64(missedEvery))
		srv.Emit(ev)
	}
	past.Store(0)
	_, err = fmt.Fprintln(w, srv.URL(), srv.APIKey(), first.ID)
	return err
}
