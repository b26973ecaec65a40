package stream_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// Whatever happens to its connections, a stream hands out every event once, in order.
func TestRecovers(t *testing.T) {
	t.Parallel()
	const events = 200
	for _, c := range []struct {
		name  string
		fault pepaytest.Fault
		when  pepaytest.When
		opts  stream.Options
	}{
		{"drop before the first event", pepaytest.DropAfter(0), pepaytest.Next(3), stream.Options{}},
		{"drop", pepaytest.DropAfter(9), pepaytest.Always(), stream.Options{}},
		{"reset", pepaytest.ResetAfter(9), pepaytest.Always(), stream.Options{}},
		{"silence", pepaytest.SilentAfter(40), pepaytest.Always(), stream.Options{IdleTimeout: 60 * time.Millisecond}},
		{"duplicates", pepaytest.DuplicateAfter(9), pepaytest.Always(), stream.Options{}},
		{"truncated frame", pepaytest.TruncatedFrameAfter(9), pepaytest.Always(), stream.Options{}},
		{"close 1000", pepaytest.CloseAfter(9, 1000), pepaytest.Always(), stream.Options{}},
		{"close 1012", pepaytest.CloseAfter(9, 1012), pepaytest.Always(), stream.Options{}},
		{"close 4000", pepaytest.CloseAfter(9, 4000), pepaytest.Always(), stream.Options{}},
		{"ws_error", pepaytest.WSErrorAfter(9, "INTERNAL", "no"), pepaytest.Always(), stream.Options{}},
		{"refused upgrade", pepaytest.RefuseUpgrade(503), pepaytest.Next(3), stream.Options{}},
		{"refused key", pepaytest.RefuseUpgrade(401), pepaytest.Next(1), stream.Options{}},
		{"a window of one", pepaytest.DropAfter(9), pepaytest.Always(), stream.Options{DedupeWindow: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := pepaytest.NewServer(t)
			client := newClient(t, server)
			rule := server.Faults().On("openMerchantStream", c.fault, c.when)
			c.opts.Backoff = quick
			f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, c.opts, events)
			f.wait(t, f.live)
			want := emit(t, server, events)
			f.wait(t, f.done)
			if !slices.Equal(f.ids, want) {
				t.Errorf("%v: got %d events, want %d; first difference at %d", f.err, len(f.ids), len(want), difference(f.ids, want))
			}
			if gaps := f.gaps(); len(gaps) > 0 {
				t.Errorf("gaps: %v", gaps)
			}
			if rule.Hits() == 0 {
				t.Error("the fault never struck")
			}
		})
	}
}

func difference(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// What cannot be told from the stream has an ending of its own.
func TestServersThatSkipOrReorder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault pepaytest.Fault
		want  func(ids []string) []string
	}{
		{"skip: the event is missing, and nobody can know", pepaytest.SkipAfter(3), func(ids []string) []string {
			return slices.Delete(slices.Clone(ids), 3, 4)
		}},
		{"reorder: events are handed out as they come", pepaytest.ReorderAfter(3), func(ids []string) []string {
			swapped := slices.Clone(ids)
			swapped[3], swapped[4] = swapped[4], swapped[3]
			return swapped
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := pepaytest.NewServer(t)
			server.Faults().On("openMerchantStream", c.fault, pepaytest.Always())
			client := newClient(t, server)
			f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{}, 9)
			f.wait(t, f.live)
			want := c.want(emit(t, server, 10))[:9]
			f.wait(t, f.done)
			if !slices.Equal(f.ids, want) {
				t.Errorf("got %v, want %v", f.ids, want)
			}
		})
	}
}

func TestOversizedFrameEndsTheStream(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	server.Faults().On("openMerchantStream", pepaytest.OversizedFrameAfter(2, 2<<20), pepaytest.Always())
	client := newClient(t, server)
	f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{}, 0)
	f.wait(t, f.live)
	emit(t, server, 5)
	f.wait(t, f.done)
	if !errors.Is(f.err, stream.ErrFrameTooLarge) || len(f.ids) != 2 {
		t.Errorf("%v after %d events", f.err, len(f.ids))
	}
}

// A token that expires under an open stream is replaced, and nothing is lost.
func TestTokenExpiresUnderTheStream(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t, pepaytest.WithCloseOnExpiry())
	client := newClient(t, server)
	cache := wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant, TTL: time.Second}))
	f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Source: cache, Backoff: quick}, 30)
	f.wait(t, f.live)
	var want []string
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for len(want) < 30 {
		want = append(want, emit(t, server, 1)...)
		<-ticker.C
	}
	f.wait(t, f.done)
	if !slices.Equal(f.ids, want) || len(f.gaps()) > 0 || len(f.resumes) < 2 {
		t.Errorf("%v: got %d events over %d resumes, gaps %v", f.err, len(f.ids), len(f.resumes), f.gaps())
	}
	for _, r := range server.Requests() {
		if r.Operation == "openMerchantStream" && r.Header.Get("X-Api-Key") != "" {
			t.Error("the API key was sent beside the token")
		}
	}
}

// A stream that Pepay refuses says why, in Pepay's words.
func TestRefusalSaysWhy(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	for ev, err := range stream.Merchant(client, stream.Options{Types: []string{"refund.*"}}).Events(patient(t)) {
		if ev != nil || err == nil || !strings.Contains(err.Error(), "400 VALIDATION_ERROR: ") || !strings.Contains(err.Error(), "refund") {
			t.Errorf("got %v", err)
		}
	}
}

// With both keys, the list behind a commerce stream is read with the commerce key.
func TestCommerceResumesWithBothKeys(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	var ids []string
	for range 3 {
		ev, err := pepaytest.NewEvent(pepay.EventCommerceOrderUpdated)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, server.Emit(ev).ID)
	}
	f := follow(t, func(o stream.Options) *stream.Stream { return stream.Commerce(client, o) }, stream.Options{Since: ids[0]}, 2)
	f.wait(t, f.done)
	if !slices.Equal(f.ids, ids[1:]) || len(f.gaps()) != 0 {
		t.Errorf("%v: got %v, want %v, gaps %v", f.err, f.ids, ids[1:], f.gaps())
	}
}

func TestCommerceStream(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	f := follow(t, func(o stream.Options) *stream.Stream { return stream.Commerce(client, o) }, stream.Options{Types: []string{"commerce.order.*"}, Backoff: quick}, 2)
	f.wait(t, f.live)
	emit(t, server, 1)
	var want []string
	for range 2 {
		ev, err := pepaytest.NewEvent(pepay.EventCommerceOrderUpdated)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, server.Emit(ev).ID)
	}
	f.wait(t, f.done)
	if !slices.Equal(f.ids, want) {
		t.Errorf("%v: got %v, want %v", f.err, f.ids, want)
	}
	requests := server.Requests()
	if upgrade := requests[0]; upgrade.Header.Get("X-Commerce-Api-Key") == "" || upgrade.Header.Get("X-Api-Key") != "" ||
		upgrade.Query.Get("types") != "commerce.order.*" || upgrade.Query.Get("format") != "event_v1" || !strings.HasPrefix(upgrade.Header.Get("User-Agent"), "pepay-go/") {
		t.Errorf("the upgrade was %v %v", upgrade.Query, upgrade.Header)
	}
}
