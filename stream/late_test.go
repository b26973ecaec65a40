package stream_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
)

// An event that arrives behind newer ones is not lost when the connection breaks in
// between, wherever that is.
func TestLateEventBehindTheCursor(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]struct{ late, drop int }{
		"the second":  {1, 2},
		"the third":   {2, 3},
		"far behind":  {3, 9},
		"in the long": {20, 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := pepaytest.NewServer(t)
			client := newClient(t, server)
			server.Faults().On("openMerchantStream", pepaytest.ReorderAfter(at.late), pepaytest.Every(2))
			server.Faults().On("openMerchantStream", pepaytest.DropAfter(at.drop), pepaytest.Every(2))
			server.Faults().On("openMerchantStream", pepaytest.ReorderAfter(at.late), pepaytest.Next(1))
			server.Faults().On("openMerchantStream", pepaytest.DropAfter(at.late+1), pepaytest.Next(1))
			f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Backoff: quick}, 100)
			f.wait(t, f.live)
			want := emit(t, server, 100)
			f.wait(t, f.done)
			got := slices.Clone(f.ids)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || len(f.gaps()) > 0 {
				t.Errorf("%v: got %d events, want %d; gaps %v", f.err, len(slices.Compact(got)), len(want), f.gaps())
			}
		})
	}
}

// An event that was created half a minute before the cursor, and that no stream brought, is
// found by the list.
func TestEventThatIsLateByHalfAMinute(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	server.Faults().On("openMerchantStream", pepaytest.SkipAfter(1), pepaytest.Next(1))
	server.Faults().On("openMerchantStream", pepaytest.DropAfter(2), pepaytest.Next(1))
	ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		t.Fatal(err)
	}
	// In the past: a stream does not believe in events of the future.
	start := time.Now().Add(-time.Hour)
	emit := func(after time.Duration) string {
		ev.Created.Time = start.Add(after)
		return server.Emit(ev).ID
	}
	f := follow(t, func(o stream.Options) *stream.Stream { return stream.Merchant(client, o) }, stream.Options{Backoff: quick, Since: emit(0)}, 3)
	f.wait(t, f.live)
	before, late, cursor := emit(2*time.Minute), emit(90*time.Second), emit(2*time.Minute+time.Second)
	f.wait(t, f.done)
	if want := []string{before, cursor, late}; !slices.Equal(f.ids, want) || len(f.gaps()) > 0 {
		t.Errorf("%v: got %v, want %v; gaps %v", f.err, f.ids, want, f.gaps())
	}
}

// A long backlog is handed out in order from one program to the next, each of which
// stops in the middle of it.
func TestBacklogAcrossRestarts(t *testing.T) {
	t.Parallel()
	const missed, each = 2_000, 700
	server := pepaytest.NewServer(t)
	client := newClient(t, server)
	path := filepath.Join(t.TempDir(), "cursor")
	ids := emit(t, server, missed+1)
	if err := stream.FileCursor(path).Save(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	var got []string
	for len(got) < missed {
		s := stream.Merchant(client, stream.Options{Cursor: stream.FileCursor(path), DedupeWindow: 100, Observer: stream.Observer{
			OnResume: func(r stream.Resume) {
				if r.Gap {
					t.Errorf("a gap: %s", r.Reason)
				}
			},
		}})
		n := 0
		for ev, err := range s.Events(patient(t)) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n > each {
				break // with one more in hand
			}
			got = append(got, ev.ID)
			if len(got) == missed {
				break
			}
		}
	}
	if !slices.Equal(got, ids[1:]) {
		t.Errorf("got %d events, want %d; first difference at %d", len(got), missed, difference(got, ids[1:]))
	}
}
