package stream_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/chaos"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// By hand: go test ./stream -run TestChaos -chaos 3m -chaos-seed 7 -v
var (
	chaosFor  = flag.Duration("chaos", 20*time.Second, "how long TestChaos goes on")
	chaosSeed = flag.Uint64("chaos-seed", 1, "where TestChaos takes its fates from")
)

// Through a network that does its worst, every event comes once and in order, and
// no gap is reported where there is none.
func TestChaos(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("-short: takes 20 s")
	}
	var streams sync.WaitGroup // and not parallel tests, of which few run at a time
	defer streams.Wait()
	for i, withToken := range []bool{false, true, false, true} {
		random := rand.New(rand.NewPCG(*chaosSeed, uint64(i)))
		server := pepaytest.NewServer(t)
		at, err := url.Parse(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		proxy, err := chaos.Start(t.Context(), at.Host, func() chaos.Fate { return chaos.Any(random, 30_000, 2*time.Second) })
		if err != nil {
			t.Fatal(err)
		}
		transport := &http.Transport{
			DialContext:           (&net.Dialer{Timeout: time.Second}).DialContext,
			ResponseHeaderTimeout: time.Second,
		}
		t.Cleanup(func() {
			transport.CloseIdleConnections()
			proxy.Close()
		})
		client, err := wrapper.New(wrapper.WithBaseURL("http://"+proxy.Addr()), wrapper.WithAPIKey(server.APIKey()),
			wrapper.WithHTTPClient(&http.Client{Transport: transport}), wrapper.WithTimeout(2*time.Second),
			wrapper.WithRetry(wrapper.RetryPolicy{MaxRetries: 3, BaseDelay: 5 * time.Millisecond, MaxDelay: 50 * time.Millisecond, Budget: 100_000}))
		if err != nil {
			t.Fatal(err)
		}
		o := stream.Options{
			IdleTimeout: 500 * time.Millisecond,
			Backoff:     stream.Backoff{Base: 5 * time.Millisecond, Max: 100 * time.Millisecond},
			Since:       emit(t, server, 1)[0], // so that nothing is missed before the first upgrade
		}
		if withToken {
			o.Source = wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant, TTL: 5 * time.Second}))
		}
		streams.Go(func() { passChaos(t, server, proxy, client, o) })
	}
}

func passChaos(t *testing.T, server *pepaytest.Server, proxy *chaos.Proxy, client *wrapper.Client, o stream.Options) {
	t.Helper()
	var (
		mu      sync.Mutex
		want    []string
		emitted bool // all of it
		ends    = map[string]int{}
		resumes []stream.Resume
	)
	o.Observer.OnState = func(state stream.State, err error) {
		if state == stream.StateWaiting {
			ends[fmt.Sprintf("%.60s", err)]++
		}
	}
	o.Observer.OnResume = func(r stream.Resume) { resumes = append(resumes, r) }
	ctx, cancel := context.WithTimeout(t.Context(), *chaosFor+time.Minute)
	defer cancel()
	var emitting sync.WaitGroup
	defer emitting.Wait()
	emitting.Go(func() {
		tick := time.NewTicker(25 * time.Millisecond)
		defer tick.Stop()
		for until := time.Now().Add(*chaosFor); time.Now().Before(until) && ctx.Err() == nil; <-tick.C {
			ids := emit(t, server, 1)
			mu.Lock()
			want = append(want, ids...)
			mu.Unlock()
		}
		proxy.Calm()
		mu.Lock()
		emitted = true
		want = append(want, emit(t, server, 1)...)
		mu.Unlock()
	})
	var got []string
	for ev, err := range stream.Merchant(client, o).Events(ctx) {
		if err != nil {
			t.Errorf("ended after %d events: %v", len(got), err)
			cancel()
			break
		}
		got = append(got, ev.ID)
		mu.Lock()
		done := emitted && ev.ID == want[len(want)-1]
		mu.Unlock()
		if done {
			break
		}
	}
	emitting.Wait()
	if at := difference(got, want); !slices.Equal(got, want) {
		t.Errorf("got %d events, want %d, first difference at %d: %v and %v", len(got), len(want), at,
			got[max(0, at-2):min(len(got), at+3)], want[max(0, at-2):min(len(want), at+3)])
	}
	gaps, backfilled, replayed, duplicates := 0, 0, 0, 0
	for _, r := range resumes {
		backfilled, replayed, duplicates = backfilled+r.Backfilled, replayed+r.Replayed, duplicates+r.Duplicates
		if r.Gap {
			gaps++
			t.Errorf("a gap where there is none: %s", r.Reason)
		}
	}
	met := proxy.Met()
	t.Logf("%d events, %d resumes (%d replayed, %d from the list, %d duplicates), %d gaps; the network: %v", len(got), len(resumes),
		replayed, backfilled, duplicates, gaps, met)
	for _, why := range slices.Sorted(maps.Keys(ends)) {
		t.Logf("%4d × %s", ends[why], why)
	}
	for _, end := range []chaos.End{chaos.Refuse, chaos.Cut, chaos.Reset, chaos.HalfOpen} {
		if met[end] == 0 {
			t.Errorf("no connection met %q", end)
		}
	}
}
