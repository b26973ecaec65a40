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
