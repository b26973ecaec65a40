package hostile_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// Pepay's clock jumps by an hour and back, and its streams break then and now. Every
// event comes once and within seconds, and tokens are minted as if nothing had happened: those that a
// jump has made invalid are replaced.
func TestClockJumps(t *testing.T) { //nolint:paralleltest // bubbles, one after the other
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(jump.String(), func(t *testing.T) { //nolint:paralleltest // as above
			synctest.Test(t, func(t *testing.T) { jumpAnd(t, jump) })
		})
	}
}

func jumpAnd(t *testing.T, jump time.Duration) {
	t.Helper()
	var offset atomic.Int64
	listener := memnet.Listen()
	s := pepaytest.NewServer(t, pepaytest.WithListener(listener), pepaytest.WithCloseOnExpiry(),
		pepaytest.WithClock(func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }))
	n := &network{names: map[string]*memnet.Listener{"127.0.0.1": listener}}
	transport := &http.Transport{DialContext: n.DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := wrapper.New(wrapper.WithBaseURL(s.URL()), wrapper.WithAPIKey(s.APIKey()), wrapper.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		t.Fatal(err)
	}
	cache := wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{}))
	const between, events = 10 * time.Second, 60 // ten minutes
	sent := make([]string, events)
	at := map[string]time.Duration{}
	start := time.Now()
	for i := range events {
		time.AfterFunc(time.Duration(i+1)*between, func() {
			switch i {
			case 15, 35:
				offset.Store(int64(jump))
			case 25, 45:
				offset.Store(0)
			}
			if i%5 == 0 {
				n.cuts()
			}
			sent[i] = emit(s)
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), (events+12)*between)
	defer cancel()
	var got []string
	for ev, err := range stream.Merchant(client, stream.Options{Source: cache}).Events(ctx) {
		if err != nil {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("ended with %v", err)
			}
			break
		}
		got, at[ev.ID] = append(got, ev.ID), time.Since(start)
	}
	synctest.Wait() // every event was sent
	for i, id := range sent {
		if n := count(got, id); n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
		if late := at[id] - time.Duration(i+1)*between; late > between {
			t.Errorf("%s came after %s", id, late)
		}
	}
	mints, dials := 0, 0
	for _, r := range s.Requests() {
		switch {
		case strings.HasSuffix(r.Path, "/ws/token"):
			mints++
		case strings.HasPrefix(r.Path, "/ws/"):
			dials++
		}
	}
	// A token lives for a minute, in which the stream of one ends.
	if mints > 16 || dials > 26 {
		t.Errorf("%d mints, %d dials in 12 minutes", mints, dials)
	}
	t.Logf("%d events, %d mints, %d dials", len(got), mints, dials)
}

func emit(s *pepaytest.Server) string {
	ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		return err.Error()
	}
	ev.ID, ev.Created = "", pepay.Timestamp{}
	return s.Emit(ev).ID
}

func count(all []string, id string) (n int) {
	for _, other := range all {
		if other == id {
			n++
		}
	}
	return n
}

// A delivery of an hour ago, or of an hour to come, is refused however right its
// signature is.
func TestDeliveriesOfAnotherHour(t *testing.T) {
	t.Parallel()
	verifier, err := webhook.NewVerifier("whsec_hostile")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, away := range []time.Duration{0, time.Hour, -time.Hour} {
		err := verifier.WithClock(func() time.Time { return now.Add(away) }).Verify(webhook.Sign("whsec_hostile", now, []byte("{}")), []byte("{}"))
		if (away == 0) != (err == nil) || away != 0 && !errors.Is(err, webhook.ErrTimestampOutOfRange) {
			t.Errorf("%s: %v", away, err)
		}
	}
}
