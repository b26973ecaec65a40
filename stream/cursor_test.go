package stream_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

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

// Without a store the stream itself keeps the cursor, from one loop to the next.
func TestCursorInMemory(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	ids := emit(t, server, 10)
	s := stream.Merchant(newClient(t, server), stream.Options{Since: ids[0]})
	var got []string
	for range 2 {
		n := 0
		for ev, err := range s.Events(patient(t)) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ev.ID)
			if n++; n == 4 {
				break // with the fourth event in hand
			}
		}
		if handled := got[len(got)-2]; s.Cursor() != handled {
			t.Errorf("the cursor is %s, the last handled event %s", s.Cursor(), handled)
		}
	}
	if want := slices.Concat(ids[1:5], ids[4:8]); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
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
		for ev, err := range s.Events(patient(t)) {
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

func (c brokenCursor) Save(context.Context, string) error { return c.save }

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
