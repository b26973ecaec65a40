package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// inProcess is a transport without a network.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

func inProcessClient(t *testing.T, h http.HandlerFunc) *wrapper.Client {
	t.Helper()
	client, err := wrapper.New(wrapper.WithBaseURL("http://127.0.0.1:1"), wrapper.WithAPIKey("a-key-of-a-test"),
		wrapper.WithHTTPClient(&http.Client{Transport: inProcess{h}}))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// history is the list of events.
type history struct {
	events   []string // ids, oldest first
	requests int
	before   func(request int) // called before each
	near     int               // where the last request was answered
}

// index looks around the last place first.
func (h *history) index(id string) int {
	for at := max(0, h.near-300); at < min(len(h.events), h.near+300); at++ {
		if h.events[at] == id {
			return at
		}
	}
	return slices.Index(h.events, id)
}

func (h *history) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.requests++
	if h.before != nil {
		h.before(h.requests)
	}
	w.Header().Set("Content-Type", "application/json")
	at := len(h.events)
	if after := r.URL.Query().Get("starting_after"); after != "" {
		at = h.index(after)
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	from := max(0, at-limit)
	h.near = at
	var b strings.Builder
	b.WriteString(`{"success":true,"data":{"object":"list","data":[`)
	for i := at - 1; i >= from; i-- {
		b.WriteString(`{"id":"` + h.events[i] + `","object":"event","type":"invoice.updated","created":1700000100,"data":{"object":{}}}`)
		if i > from {
			b.WriteByte(',')
		}
	}
	b.WriteString(`],"has_more":` + strconv.FormatBool(from > 0) + `}}`)
	_, _ = io.WriteString(w, b.String())
}

// A backlog of any length is handed out once and in order, holds 50 pages at most,
// and reads the list little more than twice, while new and late events arrive.
func TestBacklogIsBounded(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 99, 100, 101, 4_999, 5_000, 5_001, 5_100, 12_345, 25_000} {
		if n > 5_100 && testing.Short() {
			continue
		}
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			h := &history{events: []string{"cursor"}}
			for i := range n {
				h.events = append(h.events, "e"+strconv.Itoa(i))
			}
			rng := rand.New(rand.NewPCG(uint64(n), 3))
			late := map[string]bool{}
			h.before = func(request int) {
				if request%7 == 0 { // a new one
					h.events = append(h.events, "new"+strconv.Itoa(request))
				}
				if request%3 == 0 && n > 0 { // and one that arrives late, anywhere
					id := "late" + strconv.Itoa(request)
					late[id] = true
					h.events = slices.Insert(h.events, 1+rng.IntN(len(h.events)), id)
				}
			}
			client := inProcessClient(t, h.ServeHTTP)
			s := newStream(client, merchantKind, Options{})
			s.id, s.created = "cursor", time.Unix(1_700_000_000, 0)
			s.handled.add("cursor", 1_700_000_000)
			s.clock = serverClock{time.Now(), time.Now()}
			r := &run{Stream: s}
			b, err := r.missed(t.Context())
			if err != nil || b.reason != "" {
				t.Fatal(err, b.reason)
			}
			seen, next, most := map[string]bool{}, 0, 0
			for {
				held := 0
				for _, p := range b.pages {
					held += len(p.events)
				}
				most = max(most, held)
				events, err := b.next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if events == nil {
					break
				}
				for _, ev := range events {
					if b.isHandled(ev) {
						continue
					}
					b.latest = ev.ID
					r.handled.add(ev.ID, 0)
					if seen[ev.ID] {
						t.Fatalf("%s comes twice", ev.ID)
					}
					seen[ev.ID] = true
					if number, ok := strings.CutPrefix(ev.ID, "e"); ok {
						if number != strconv.Itoa(next) {
							t.Fatalf("%s comes after %d", ev.ID, next-1)
						}
						next++
					}
				}
			}
			if next != n {
				t.Errorf("%d of %d events", next, n)
			}
			if limit := keptPages * pageSize; most > limit || n >= limit && most < limit/2 {
				t.Errorf("%d events were held at once", most)
			}
			if limit := 2*(n/pageSize) + n/pageSize/4 + 3; h.requests > limit {
				t.Errorf("%d requests for %d events", h.requests, n)
			}
		})
	}
}

// A list that goes in circles ends a walk, however long the circle.
func TestBacklogEndsInACircle(t *testing.T) {
	t.Parallel()
	for _, circle := range []int{1, 2, 3, 10, 100} {
		t.Run(strconv.Itoa(circle), func(t *testing.T) {
			t.Parallel()
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			var requests atomic.Int64
			client := inProcessClient(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/api/v1/events" {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				n := int(requests.Add(1)) - 1
				if n > 10_000 {
					giveUp()
				}
				if n > 10 {
					n = 10 + n%circle
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, pageJSON([]string{worldEvent{id: fmt.Sprint("evt_", n), created: 1_700_000_100}.json()}, true))
			})
			s := newStream(client, merchantKind, Options{})
			s.id, s.created = "cursor", time.Unix(1_700_000_000, 0)
			s.clock = serverClock{time.Now(), time.Now()}
			b, err := (&run{Stream: s}).missed(ctx)
			if err != nil || !strings.Contains(b.reason, "does not get further") {
				t.Errorf("%v, %q", err, b.reason)
			}
			if n := requests.Load(); n > int64(6*circle+40) {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// Thousands of missed events: the loop is left and the program starts again in the
// middle, with the cursor anywhere, while pages move.
func TestLongBacklogs(t *testing.T) {
	t.Parallel()
	const missed = 5_500
	for _, c := range []struct {
		name    string
		rules   worldRules
		opts    Options
		leave   float64
		restart float64
		recent  bool
		late    bool
	}{
		{name: "in one go"},
		{name: "a small window", opts: Options{DedupeWindow: 10}},
		{name: "a large window", opts: Options{DedupeWindow: 50_000}},
		{name: "left loops", leave: 0.001},
		{name: "restarts", leave: 0.001, restart: 1},
		{name: "restarts, a small window, opaque ids", rules: worldRules{opaqueIDs: true}, opts: Options{DedupeWindow: 50}, leave: 0.001, restart: 1},
		{name: "late events, restarts", rules: worldRules{latency: 10 * time.Millisecond}, leave: 0.0007, restart: 1, recent: true, late: true},
		{name: "breaks and a failing list", rules: worldRules{dropAfter: 3000, listFails: 0.1}, leave: 0.0005},
		{name: "a filter on the client", opts: Options{CustomerID: "c1"}, leave: 0.001},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && c.name != "restarts" {
				t.Skip("-short: one of the long backlogs is enough")
			}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 7, c.rules)
				first := w.emit(0, false)
				for range missed {
					w.emit(0, c.opts.CustomerID != "" && w.random() < 0.98)
					time.Sleep(time.Duration(w.random() * float64(20*time.Millisecond)))
				}
				opts := c.opts
				opts.Backoff = Backoff{Base: 50 * time.Millisecond, Max: time.Second}
				memory := &memoryCursor{id: first.id, ids: []string{first.id}}
				opts.Cursor = memory
				if c.recent {
					opts.Cursor = &recentCursor{memory}
				}
				user := &consumer{t: t, rng: rand.New(rand.NewPCG(7, 2)), leave: c.leave, restart: c.restart}
				opts.Observer = user.observe()
				user.open = func() *Stream { return Merchant(w.Client, opts) }
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go func() {
					for range 200 { // meanwhile
						ago := time.Duration(0)
						if c.late && w.random() < 0.3 {
							ago = time.Duration(w.random() * float64(4*time.Second))
						}
						w.emit(ago, false)
						time.Sleep(time.Duration(w.random() * float64(30*time.Millisecond)))
					}
					time.Sleep(time.Minute)
					w.heal()
					time.Sleep(time.Minute)
					cancel()
				}()
				if err := user.run(ctx, nil); !errors.Is(err, context.Canceled) {
					t.Fatalf("ended with %v", err)
				}
				user.checkOnce(w.events[1:], opts, true)
				if gaps := user.gaps(); len(gaps) > 0 {
					t.Errorf("gaps: %v", gaps)
				}
				t.Logf("%d dials, %d lists, %d resumes", w.dials, w.lists, len(user.resumes))
			})
		})
	}
}

// Events that do not say what a filter asks for are a gap where they are new, and
// not again where they lie behind an event that was handled.
func TestUndecidedEventsAreAGapOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, worldRules{})
		first := w.emit(0, false)
		w.silent = true
		w.emit(0, false)
		w.silent = false
		w.emit(0, false)
		w.silent = true
		w.emit(0, false)
		w.silent = false
		w.emit(0, false)
		user := &consumer{t: t, rng: rand.New(rand.NewPCG(1, 2))}
		opts := Options{Since: first.id, CustomerID: "c1", Observer: user.observe()}
		s := Merchant(w.Client, opts)
		user.open = func() *Stream { return s }
		n := 0
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			if err := user.run(ctx, func() bool { n++; return false }); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			cancel()
		}
		if n != 2 || len(user.resumes) != 3 || len(user.gaps()) != 1 {
			t.Errorf("%d events, %+v", n, user.resumes)
		}
	})
}
