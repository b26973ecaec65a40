package stream_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

var quick = stream.Backoff{Base: time.Millisecond, Max: 5 * time.Millisecond}

func newClient(t *testing.T, server *pepaytest.Server, opts ...wrapper.Option) *wrapper.Client {
	t.Helper()
	client, err := wrapper.New(append([]wrapper.Option{
		wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()),
		wrapper.WithAPIKey(server.APIKey()), wrapper.WithCommerceAPIKey(server.CommerceAPIKey()),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// emit sends n invoice events and returns their ids.
func emit(t *testing.T, server *pepaytest.Server, n int) (ids []string) {
	t.Helper()
	for range n {
		ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, server.Emit(ev).ID)
	}
	return ids
}

// follower ranges over a stream in the background and says what came.
type follower struct {
	live    chan struct{} // closed when the stream is live for the first time
	done    chan struct{}
	cancel  context.CancelFunc
	mu      sync.Mutex
	ids     []string
	resumes []stream.Resume
	states  []stream.State
	err     error
}

// follow starts a stream. It ends with the test, or after want events.
func follow(t *testing.T, open func(stream.Options) *stream.Stream, o stream.Options, want int) *follower {
	t.Helper()
	f := &follower{live: make(chan struct{}), done: make(chan struct{})}
	o.Observer.OnState = func(s stream.State, _ error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if s == stream.StateLive && !slices.Contains(f.states, s) {
			close(f.live)
		}
		f.states = append(f.states, s)
	}
	o.Observer.OnResume = func(r stream.Resume) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.resumes = append(f.resumes, r)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	f.cancel = cancel
	s := open(o)
	go func() {
		defer close(f.done)
		defer cancel()
		for ev, err := range s.Events(ctx) {
			f.mu.Lock()
			if err != nil {
				f.err = err
				f.mu.Unlock()
				return
			}
			f.ids = append(f.ids, ev.ID)
			enough := len(f.ids) >= want && want > 0
			f.mu.Unlock()
			if enough {
				return
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-f.done })
	return f
}

func (f *follower) wait(t *testing.T, signal chan struct{}) {
	t.Helper()
	select {
	case <-signal:
	case <-f.done:
		if signal != f.done {
			t.Fatalf("ended early: %v", f.err)
		}
	}
}

func (f *follower) gaps() (reasons []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.resumes {
		if r.Gap {
			reasons = append(reasons, r.Reason)
		}
	}
	return reasons
}

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
		{"drop before the first event", pepaytest.DropAfter(0), pepaytest.Every(2), stream.Options{}},
		{"drop", pepaytest.DropAfter(9), pepaytest.Always(), stream.Options{}},
		{"reset", pepaytest.ResetAfter(9), pepaytest.Always(), stream.Options{}},
		{"silence", pepaytest.SilentAfter(40), pepaytest.Every(2), stream.Options{IdleTimeout: 60 * time.Millisecond}},
		{"duplicates", pepaytest.DuplicateAfter(9), pepaytest.Always(), stream.Options{}},
		{"truncated frame", pepaytest.TruncatedFrameAfter(9), pepaytest.Every(2), stream.Options{}},
		{"close 1000", pepaytest.CloseAfter(9, 1000), pepaytest.Always(), stream.Options{}},
		{"close 1012", pepaytest.CloseAfter(9, 1012), pepaytest.Always(), stream.Options{}},
		{"close 4000", pepaytest.CloseAfter(9, 4000), pepaytest.Always(), stream.Options{}},
		{"ws_error", pepaytest.WSErrorAfter(9, "INTERNAL", "no"), pepaytest.Always(), stream.Options{}},
		{"refused upgrade", pepaytest.RefuseUpgrade(503), pepaytest.Every(2), stream.Options{}},
		{"refused key", pepaytest.RefuseUpgrade(401), pepaytest.Every(3), stream.Options{}},
		{"no replay at all", pepaytest.DropAfter(9), pepaytest.Always(), stream.Options{DedupeWindow: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := pepaytest.NewServer(t)
			client := newClient(t, server)
			c.opts.Backoff = quick
			f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, c.opts, events)
			f.wait(t, f.live)
			rule := server.Faults().On("openMerchantStream", c.fault, c.when)
			want := emit(t, server, events/2)
			_ = server.Client() // the connections of the first half are open or lost by now
			want = append(want, emit(t, server, events/2)...)
			f.wait(t, f.done)
			if !slices.Equal(f.ids, want) {
				t.Errorf("%v: got %d events, want %d; first difference at %d", f.err, len(f.ids), len(want), difference(f.ids, want))
			}
			if gaps := f.gaps(); len(gaps) > 0 {
				t.Errorf("gaps: %v", gaps)
			}
			_ = rule
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

// Since picks up where another program stopped.
func TestSince(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*wrapper.Client, stream.Options) *stream.Stream{"merchant": stream.Merchant} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := pepaytest.NewServer(t)
			client := newClient(t, server)
			ids := emit(t, server, 3000) // more than the window and than a page
			f := follow(t, func(o stream.Options) *stream.Stream { return open(client, o) }, stream.Options{Since: ids[99]}, 2900)
			f.wait(t, f.done)
			if !slices.Equal(f.ids, ids[100:]) {
				t.Errorf("%v: got %d events; first difference at %d", f.err, len(f.ids), difference(f.ids, ids[100:]))
			}
		})
	}
}

// A cursor that Pepay does not keep any more is a gap, whichever way it says so,
// and the stream goes on.
func TestOldCursor(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]pepaytest.OldCursorAnswer{
		"snapshot": pepaytest.OldCursorSnapshot, "control frame": pepaytest.OldCursorControl, "error frame": pepaytest.OldCursorError,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := pepaytest.NewServer(t, pepaytest.WithRetention(10), pepaytest.WithOldCursor(answer))
			client := newClient(t, server)
			lost := emit(t, server, 1)[0]
			kept := emit(t, server, 50)[40:]
			f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Since: lost, Backoff: quick}, 0)
			f.wait(t, f.live)
			live := emit(t, server, 5)
			deadline := time.Now().Add(10 * time.Second)
			for {
				f.mu.Lock()
				seen := slices.Contains(f.ids, live[4])
				f.mu.Unlock()
				if seen || time.Now().After(deadline) {
					break
				}
				<-time.After(time.Millisecond)
			}
			f.cancel()
			f.wait(t, f.done)
			if reasons := f.gaps(); len(reasons) == 0 || !strings.Contains(reasons[0], lost) {
				t.Errorf("gaps %v, want one that names %s", reasons, lost)
			}
			want := append(slices.Clone(kept), live...)
			if answer == pepaytest.OldCursorError {
				want = live // without a replay there is only what comes after
			}
			if !slices.Equal(f.ids[max(0, len(f.ids)-len(want)):], want) {
				t.Errorf("got %v, want %v (%v)", f.ids, want, f.err)
			}
		})
	}
}

func TestStopOnGap(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t, pepaytest.WithRetention(10))
	client := newClient(t, server)
	lost := emit(t, server, 1)[0]
	emit(t, server, 50)
	f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Since: lost, StopOnGap: true}, 0)
	f.wait(t, f.done)
	if !errors.Is(f.err, stream.ErrGap) || !strings.Contains(f.err.Error(), lost) || len(f.ids) != 0 {
		t.Errorf("%v after %v", f.err, f.ids)
	}
	if len(f.resumes) != 1 || !f.resumes[0].Gap {
		t.Errorf("the observer heard %+v", f.resumes)
	}
}

// A gap is never hidden where it cannot be ruled out.
func TestGapsThatCannotBeRuledOut(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	full := newClient(t, server)
	keyless, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithCredential("wsToken", "unused-credential"))
	if err != nil {
		t.Fatal(err)
	}
	source := wstoken.NewSource(full.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
	session := server.PaymentToken("550e8400-e29b-41d4-a716-446655440000", time.Minute)
	ids := emit(t, server, 20)
	for _, c := range []struct {
		name   string
		open   func(stream.Options) *stream.Stream
		opts   stream.Options
		reason string // "" for none
	}{
		{"none", func(o stream.Options) *stream.Stream { return stream.Merchant(full, o) }, stream.Options{}, ""},
		{"no credential", func(o stream.Options) *stream.Stream { return stream.Merchant(keyless, o) }, stream.Options{Source: source}, "no credential"},
		{"backfill off", func(o stream.Options) *stream.Stream { return stream.Merchant(full, o) }, stream.Options{Backfill: stream.BackfillOff}, "BackfillOff"},
		{"payment stream", func(o stream.Options) *stream.Stream { return stream.Payment(full, session, o) }, stream.Options{}, "no list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opts.Since = ids[9]
			f := follow(t, c.open, c.opts, 10)
			f.wait(t, f.done)
			if !slices.Equal(f.ids, ids[10:]) {
				t.Errorf("%v: got %v, want %v", f.err, f.ids, ids[10:])
			}
			if len(f.resumes) != 1 || f.resumes[0].Since != ids[9] || f.resumes[0].Gap != (c.reason != "") || !strings.Contains(f.resumes[0].Reason, c.reason) {
				t.Errorf("the observer heard %+v, want the reason %q", f.resumes, c.reason)
			}
		})
	}
}

// The observer hears what was replayed, and the states come in order.
func TestObserver(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	ids := emit(t, server, 50)
	f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Since: ids[9]}, 41)
	f.wait(t, f.live) // a second of quiet after the replay
	last := emit(t, server, 1)
	f.wait(t, f.done)
	if !slices.Equal(f.ids, append(ids[10:], last...)) {
		t.Errorf("%v: got %d events", f.err, len(f.ids))
	}
	if len(f.resumes) != 1 {
		t.Fatalf("the observer heard %+v", f.resumes)
	}
	if r := f.resumes[0]; r.Since != ids[9] || r.Attempt != 1 || r.Downtime != 0 || r.Replayed != 40 || r.Backfilled != 0 || r.Duplicates != 0 || r.Gap || r.Reason != "" {
		t.Errorf("the observer heard %+v", r)
	}
	want := []stream.State{stream.StateConnecting, stream.StateReplaying, stream.StateLive, stream.StateClosed}
	if !slices.Equal(f.states, want) {
		t.Errorf("states %v, want %v", f.states, want)
	}
}

// Filters that the Events API does not have are applied here.
func TestFiltersOnResume(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	send := func(object string) string {
		return server.Emit(pepay.Event{Type: pepay.EventInvoiceUpdated, Data: pepay.EventData{Object: []byte(object)}}).ID
	}
	start := send(`{"object":"invoice","id":"i0","customer_id":"c1"}`)
	wanted := []string{send(`{"object":"invoice","id":"i1","customer_id":"c1"}`)}
	send(`{"object":"invoice","id":"i2","customer_id":"c2"}`)
	wanted = append(wanted, send(`{"object":"invoice","id":"i3","customer_id":"c1"}`))
	f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Since: start, CustomerID: "c1"}, 2)
	f.wait(t, f.done)
	if !slices.Equal(f.ids, wanted) || len(f.gaps()) != 0 {
		t.Errorf("got %v, want %v, gaps %v", f.ids, wanted, f.gaps())
	}
	send(`{"object":"invoice","id":"i4"}`) // says nothing about a customer
	wanted = append(wanted, send(`{"object":"invoice","id":"i5","customer_id":"c1"}`))
	f = follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Since: start, CustomerID: "c1"}, 3)
	f.wait(t, f.done)
	if gaps := f.gaps(); !slices.Equal(f.ids, wanted) || len(gaps) != 1 || !strings.Contains(gaps[0], "customer_id") {
		t.Errorf("got %v, want %v, gaps %v", f.ids, wanted, gaps)
	}
}

// A program that dies between handling and asking for more sees the event again,
// and none is skipped.
func TestCursorFileAcrossRestarts(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	path := filepath.Join(t.TempDir(), "cursor")
	ids := emit(t, server, 30)
	if err := stream.FileCursor(path).Save(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 3 { // three lives of a program
		n := 0
		s := stream.Merchant(client, stream.Options{Cursor: stream.FileCursor(path), Since: "evt_ignored"})
		for ev, err := range s.Events(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ev.ID)
			if n++; n == 10 {
				break // dies with the tenth event in hand
			}
		}
	}
	want := slices.Concat(ids[1:11], ids[10:20], ids[19:29])
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

type brokenCursor struct{ load, save error }

func (c brokenCursor) Load(context.Context) (string, error) { return "", c.load }
func (c brokenCursor) Save(context.Context, string) error   { return c.save }

func TestCursorThatFails(t *testing.T) {
	t.Parallel()
	disk := errors.New("disk full")
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Cursor: brokenCursor{load: disk}}, 0)
	f.wait(t, f.done)
	if !errors.Is(f.err, disk) || len(server.Requests()) != 0 {
		t.Errorf("loading: %v", f.err)
	}
	f = follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Cursor: brokenCursor{save: disk}}, 0)
	f.wait(t, f.live)
	ids := emit(t, server, 2)
	f.wait(t, f.done)
	if !errors.Is(f.err, disk) || !strings.Contains(f.err.Error(), ids[0]) || len(f.ids) != 1 {
		t.Errorf("saving: %v after %v", f.err, f.ids)
	}
}

// A stream that Pepay refuses says why, in Pepay's words.
func TestRefusalSaysWhy(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	for ev, err := range stream.Merchant(client, stream.Options{Types: []string{"refund.*"}}).Events(t.Context()) {
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

func Example() {
	server, err := pepaytest.Start("127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	created, _ := pepaytest.NewEvent(pepay.EventInvoiceCreated)
	paid, _ := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	last := server.Emit(created)
	server.Emit(paid)

	// Since is the last event an earlier run handled.
	for ev, err := range stream.Merchant(client, stream.Options{Since: last.ID}).Events(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		kind, _, status := ev.Resource()
		fmt.Println(ev.Type, kind, status)
		break // for the example; a program goes on
	}
	// Output: invoice.updated invoice paid
}
