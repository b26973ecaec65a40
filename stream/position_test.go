package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
)

func TestIDParts(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]struct {
		ms, number int64
		ok         bool
	}{
		"evt_1700000000123-9":        {1_700_000_000_123, 9, true},
		"evt_1700000000123":          {},
		"evt_1700000000123-":         {},
		"evt_1700000000123-a":        {},
		"evt_12-3":                   {},
		"ev_1700000000123-9":         {},
		"":                           {},
		"evt_99999999999999999999-1": {},
	} {
		ms, number, ok := idParts(id)
		if ok != want.ok || ok && (ms != want.ms || number != want.number) {
			t.Errorf("%s: %d, %d, %t", id, ms, number, ok)
		}
	}
}

// The cursor never moves to an event that was created before it, nor can an event
// from the future stop it.
func TestCursorNeverMovesBack(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_100, 0)
	for _, c := range []struct {
		name   string
		events []pepay.Event
		want   []string // the cursor after each
		recent []string // told to the store beside it
	}{
		{"in order", []pepay.Event{dated("a", 10), dated("b", 10), dated("c", 11)}, []string{"a", "b", "c"}, nil},
		{"late", []pepay.Event{dated("a", 10), dated("c", 12), dated("b", 11), dated("d", 12)}, []string{"a", "c", "c", "d"}, []string{"b"}},
		{"late within a second", []pepay.Event{dated("evt_1700000010000-1", 10), dated("evt_1700000010000-3", 10), dated("evt_1700000010000-2", 10), dated("evt_1700000010001-1", 10)},
			[]string{"evt_1700000010000-1", "evt_1700000010000-3", "evt_1700000010000-3", "evt_1700000010001-1"}, []string{"evt_1700000010000-2"}},
		{"of the future", []pepay.Event{dated("a", 99), dated("b", 5000), dated("c", 100), dated("d", 101)}, []string{"a", "b", "c", "d"}, nil},
		{"without a time", []pepay.Event{dated("a", 50), {ID: "b"}, dated("c", 49), dated("d", 50)}, []string{"a", "b", "b", "d"}, []string{"c"}},
		{"without a time at first", []pepay.Event{{ID: "a"}, dated("b", 1)}, []string{"a", "b"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				memory := &recentCursor{&memoryCursor{}}
				s := newStream(nil, merchantKind, Options{Cursor: memory})
				s.clock = serverClock{now, time.Now()}
				r := &run{Stream: s, yield: func(*pepay.Event, error) bool { return true }}
				for i := range c.events {
					if err := r.deliver(t.Context(), &c.events[i]); err != nil {
						t.Fatal(err)
					}
					if s.Cursor() != c.want[i] || memory.id != c.want[i] {
						t.Errorf("after %s the cursor is %s, saved %s, want %s", c.events[i].ID, s.Cursor(), memory.id, c.want[i])
					}
				}
				for _, id := range c.recent {
					if !slices.Contains(memory.ids, id) {
						t.Errorf("the store was not told of %s: %v", id, memory.ids)
					}
				}
			})
		})
	}
}

// dated is an event that was created so many seconds after a certain time.
func dated(id string, second int64) pepay.Event {
	return pepay.Event{ID: id, Created: pepay.Timestamp{Time: time.Unix(1_700_000_000+second, 0)}}
}

// The position survives a loop that was left with the first event in hand, also
// where there is no list to find it in.
func TestFirstEventInHand(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*server) *Stream{
		"merchant":     func(s *server) *Stream { return Merchant(s.Client, Options{}) },
		"backfill off": func(s *server) *Stream { return Merchant(s.Client, Options{Backfill: BackfillOff}) },
		"payment":      func(s *server) *Stream { return Payment(s.Client, "a-session-token", Options{}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var dials atomic.Int64
				s := serve(t, func(w http.ResponseWriter, r *http.Request) {
					n := dials.Add(1)
					accept(func(ctx context.Context, c *websocket.Conn) {
						if n == 1 {
							_ = c.Write(ctx, websocket.MessageText, []byte(event(1)))
						}
						<-ctx.Done()
					})(w, r)
				})
				stream := open(s)
				for range 3 { // left with the first event in hand, again and again
					for ev, err := range stream.Events(t.Context()) {
						if err != nil || ev.ID != "evt_1" {
							t.Fatalf("%v, %v", ev, err)
						}
						ev.ID = "changed by the loop"
						break
					}
					if stream.Cursor() != "" {
						t.Errorf("the cursor is %q", stream.Cursor())
					}
				}
				ids, err := collect(t, stream, time.Minute)
				if !slices.Equal(ids, []string{"evt_1"}) || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v, %v", ids, err)
				}
			})
		})
	}
}

// Ids that are older than the cursor leave a hole, in which everything was handled:
// after a kill -9, nothing but the event in hand comes again.
func TestRecentIDsThatAreOutOfDate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, worldRules{})
		var all []worldEvent
		for range 30 {
			all = append(all, w.emit(0, false))
			time.Sleep(100 * time.Millisecond)
		}
		late := w.emit(2800*time.Millisecond, false) // behind the oldest known id, before the hole
		memory := &recentCursor{&memoryCursor{id: all[19].id}}
		for _, e := range all[:15] {
			memory.ids = append(memory.ids, e.id)
		}
		var resumes []Resume
		s := Merchant(w.Client, Options{Cursor: memory, Observer: Observer{OnResume: func(r Resume) { resumes = append(resumes, r) }}})
		ids, err := collect(t, s, time.Minute)
		want := []string{late.id}
		for _, e := range all[20:] {
			want = append(want, e.id)
		}
		slices.Sort(want)
		slices.Sort(ids)
		if !slices.Equal(ids, want) || !errors.Is(err, context.DeadlineExceeded) || len(resumes) != 1 || resumes[0].Gap {
			t.Errorf("got %v\nwant %v\n%v %+v", ids, want, err, resumes)
		}
	})
}

// However large the hole is, what was handled before it does not come again.
func TestRecentIDsThatAreFarOutOfDate(t *testing.T) {
	t.Parallel()
	for _, hole := range []int{0, 1, 17, 18, 19, 20, 21, 63, 64, 65, 84, 85, 300} {
		t.Run(fmt.Sprint(hole), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const window, missed = 20, 40 // more missed than a connection may bring
				w := newWorld(t, 1, worldRules{})
				memory := &recentCursor{&memoryCursor{}}
				for range window {
					memory.ids = append(memory.ids, w.emit(0, false).id)
					time.Sleep(10 * time.Millisecond)
				}
				for range hole + 1 {
					memory.id = w.emit(0, false).id
					time.Sleep(10 * time.Millisecond)
				}
				var want []string
				for range missed {
					want = append(want, w.emit(0, false).id)
				}
				gap := false
				s := Merchant(w.Client, Options{Cursor: memory, DedupeWindow: window, Observer: Observer{OnResume: func(r Resume) { gap = gap || r.Gap }}})
				ids, err := collect(t, s, time.Minute)
				if !slices.Equal(ids, want) || !errors.Is(err, context.DeadlineExceeded) || gap {
					t.Errorf("got %d events %v\nwant %v\n%v, gap %v", len(ids), ids, want, err, gap)
				}
			})
		})
	}
}

// A store that cannot give recent ids, or gives them the other way round, is used
// as far as it goes.
func TestLoadRecent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		recent []string
		err    error
		want   string // remembered, oldest first
	}{
		{"oldest first", []string{"a", "b", "c"}, nil, "a b c"},
		{"newest first", []string{"c", "b", "a"}, nil, "a b c"},
		{"without the cursor", []string{"a", "b"}, nil, "a b c"},
		{"more than asked for", []string{"1", "2", "3", "4", "5", "a", "b", "c"}, nil, "4 5 a b c"},
		{"an empty id", []string{"", "b", "c"}, nil, "b c"},
		{"none", nil, nil, "c"},
		{"an error", []string{"a"}, errors.New("no table"), "c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStream(nil, merchantKind, Options{DedupeWindow: 5, Cursor: oddCursor{c.recent, c.err}})
			r := &run{Stream: s}
			if err := r.loadPosition(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range s.handled.ring {
				got = append(got, e.id)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("remembered %v, want %s", got, c.want)
			}
		})
	}
}

type oddCursor struct {
	recent []string
	err    error
}

func (oddCursor) Load(context.Context) (string, error)            { return "c", nil }
func (oddCursor) Save(context.Context, string) error              { return nil }
func (c oddCursor) Recent(context.Context, int) ([]string, error) { return c.recent, c.err }
