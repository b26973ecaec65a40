package stream

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// worldEvent is an event of a simulated Pepay.
type worldEvent struct {
	id      string
	created int64
	number  int // in the order of creation
	late    bool
	silent  bool // about its customer
	other   bool // of a customer that nobody asks for
}

func (e worldEvent) json() string {
	customer := `,"customer_id":"c1"`
	switch {
	case e.silent:
		customer = ""
	case e.other:
		customer = `,"customer_id":"c2"`
	}
	return fmt.Sprintf(`{"id":%q,"object":"event","type":"invoice.updated","created":%d,"data":{"object":{"object":"invoice","id":"i"%s}}}`, e.id, e.created, customer)
}

// worldRules are how a simulated Pepay behaves.
type worldRules struct {
	listsByArrival bool // the list has the order in which events arrived, not that of creation
	opaqueIDs      bool
	latency        time.Duration // of a page of the list
	dropAfter      int           // connections end after up to so many frames; 0: never
	holdBack       float64       // share of frames that come a little later than the next ones
	silent         bool          // events do not say their customer
	listFails      float64       // share of list requests that fail
	retention      int
}

// world is a Pepay in a bubble: a log of events, the list of it, and streams that
// follow it.
type world struct {
	*wrapper.Client
	worldRules

	mu         sync.Mutex
	rng        *rand.Rand
	events     []worldEvent // in the order of arrival
	listed     []worldEvent // oldest first
	number     int
	changed    chan struct{}
	lists      int // requests for a page
	dials      int
	refuse     func(*http.Request) int // status of a list request, 0 to answer it
	retryAfter string
	skipped    func(number int) bool // frames that never come, on a connection's live part
	down       bool                  // upgrades are refused
	healed     bool                  // connections from now on are perfect, and earlier ones end
}

func newWorld(t *testing.T, seed uint64, rules worldRules) *world {
	t.Helper()
	w := &world{worldRules: rules, rng: rand.New(rand.NewPCG(seed, 1)), changed: make(chan struct{})}
	listener := memnet.Listen()
	ctx, cancel := context.WithCancel(context.Background())
	server := &http.Server{BaseContext: func(net.Listener) context.Context { return ctx }, Handler: w}
	go func() { _ = server.Serve(listener) }()
	transport := &http.Transport{DialContext: listener.DialContext}
	t.Cleanup(func() {
		cancel()
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	client, err := wrapper.New(wrapper.WithBaseURL("http://"+listener.Addr().String()), wrapper.WithAPIKey("key-of-the-world"),
		wrapper.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		t.Fatal(err)
	}
	w.Client = client
	return w
}

// emit makes an event happen that was created some time ago.
func (w *world) emit(ago time.Duration, other bool) worldEvent {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.add(ago, other)
}

func (w *world) add(ago time.Duration, other bool) worldEvent {
	w.number++
	created := time.Now().Add(-ago)
	e := worldEvent{id: fmt.Sprintf("evt_%d-%d", created.UnixMilli(), w.number), created: created.Unix(), number: w.number, late: ago > 0, other: other, silent: w.silent}
	if w.opaqueIDs {
		e.id = fmt.Sprintf("ev%x", uint32(w.number)*2654435761)
	}
	w.events = append(w.events, e)
	if w.listsByArrival || ago == 0 {
		w.listed = append(w.listed, e)
	} else {
		at, _ := slices.BinarySearchFunc(w.listed, e, func(a, b worldEvent) int { return cmp.Compare(a.created, b.created) })
		for at < len(w.listed) && w.listed[at].created == e.created { // after those of its second
			at++
		}
		w.listed = slices.Insert(w.listed, at, e)
	}
	if w.retention > 0 && len(w.listed) > w.retention {
		w.listed = w.listed[len(w.listed)-w.retention:]
		w.events = w.events[len(w.events)-w.retention:]
	}
	close(w.changed)
	w.changed = make(chan struct{})
	return e
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	rw.Header().Set("Content-Type", "application/json")
	id, single := strings.CutPrefix(r.URL.Path, "/api/v1/events/")
	switch {
	case strings.HasPrefix(r.URL.Path, "/ws/"):
		w.stream(rw, r)
	case single:
		w.get(rw, id)
	default:
		w.list(rw, r)
	}
}

func (w *world) get(rw http.ResponseWriter, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.listed {
		if e.id == id {
			_, _ = io.WriteString(rw, `{"success":true,"data":`+e.json()+`}`)
			return
		}
	}
	rw.WriteHeader(http.StatusNotFound)
}

func (w *world) list(rw http.ResponseWriter, r *http.Request) {
	time.Sleep(w.latency)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lists++
	status := 0
	if w.refuse != nil {
		status = w.refuse(r)
	}
	if status == 0 && w.rng.Float64() < w.listFails {
		status = 500
	}
	if status != 0 {
		if w.retryAfter != "" {
			rw.Header().Set("Retry-After", w.retryAfter)
		}
		rw.WriteHeader(status)
		return
	}
	events, more, ok := w.page(r.URL.Query())
	if !ok {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	_, _ = io.WriteString(rw, pageJSON(events, more))
}

func pageJSON(events []string, more bool) string {
	return `{"success":true,"data":{"object":"list","data":[` + strings.Join(events, ",") + `],"has_more":` + strconv.FormatBool(more) + `}}`
}

func (w *world) page(q url.Values) (events []string, more, ok bool) {
	limit, _ := strconv.Atoi(q.Get("limit"))
	from, _ := strconv.ParseInt(q.Get("created[gte]"), 10, 64)
	to, err := strconv.ParseInt(q.Get("created[lte]"), 10, 64)
	if err != nil {
		to = 1 << 62
	}
	at := len(w.listed) - 1
	if after := q.Get("starting_after"); after != "" {
		at = slices.IndexFunc(w.listed, func(e worldEvent) bool { return e.id == after }) - 1
		if at == -2 {
			return nil, false, false
		}
	}
	for ; at >= 0; at-- {
		e := w.listed[at]
		if e.created < from || e.created > to {
			continue
		}
		if len(events) == limit {
			return events, true, true
		}
		events = append(events, e.json())
	}
	return events, false, true
}

// stream replays what follows since and then sends events as they arrive.
func (w *world) stream(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.dials++
	down, healed := w.down, w.healed
	at := len(w.events)
	if since := r.URL.Query().Get("since"); since != "" {
		if i := slices.IndexFunc(w.events, func(e worldEvent) bool { return e.id == since }); i >= 0 {
			at = i + 1
		}
	}
	replayed := len(w.events)
	left := -1
	if w.dropAfter > 0 && !healed {
		left = w.rng.IntN(w.dropAfter + 1)
	}
	w.mu.Unlock()
	if down {
		rw.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	conn, err := websocket.Accept(rw, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	ctx := conn.CloseRead(r.Context())
	customer := r.URL.Query().Get("customer_id")
	var held []worldEvent
	send := func(e worldEvent) bool {
		if customer == "c1" && (e.other || e.silent) {
			return true
		}
		if left == 0 {
			return false
		}
		left--
		return conn.Write(ctx, websocket.MessageText, []byte(e.json())) == nil
	}
	for {
		w.mu.Lock()
		if w.healed != healed {
			w.mu.Unlock()
			return
		}
		if at >= len(w.events) {
			changed := w.changed
			w.mu.Unlock()
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
			continue
		}
		e, live := w.events[at], at >= replayed
		at++
		chance := w.rng.Float64()
		skips, holds := live && w.skipped != nil && w.skipped(e.number-1), chance > 1-w.holdBack && len(held) < 3
		release := w.rng.IntN(3) == 0
		w.mu.Unlock()
		switch {
		case skips:
			continue
		case holds:
			held = append(held, e)
			continue
		}
		if !send(e) {
			return
		}
		for release && len(held) > 0 {
			if !send(held[0]) {
				return
			}
			held = held[1:]
		}
	}
}

// heal lets the world be perfect from now on.
func (w *world) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.healed, w.holdBack, w.listFails = true, 0, 0
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *world) random() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rng.Float64()
}

// memoryCursor is a store that survives restarts.
type memoryCursor struct {
	mu  sync.Mutex
	id  string
	ids []string // handled, the cursor last
}

func (c *memoryCursor) Load(context.Context) (string, error) { return c.id, nil }

func (c *memoryCursor) Save(_ context.Context, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.id = id
	c.ids = append(c.ids, id)
	return nil
}

// recentCursor also remembers what was handled.
type recentCursor struct{ *memoryCursor }

func (c *recentCursor) Recent(_ context.Context, n int) ([]string, error) {
	return slices.Clone(c.ids[max(0, len(c.ids)-n):]), nil
}

func (c *recentCursor) AddRecent(_ context.Context, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids = slices.Insert(c.ids, max(0, len(c.ids)-1), id)
	return nil
}

// consumer ranges over streams of a world, leaves loops and starts again.
type consumer struct {
	t       *testing.T
	rng     *rand.Rand
	handled []string
	inHand  string
	resumes []Resume
	open    func() *Stream
	leave   float64 // chance to leave the loop at an event
	restart float64 // chance that the program starts again then
}

// observe is the observer of the consumer's streams.
func (c *consumer) observe() Observer {
	return Observer{OnResume: func(r Resume) { c.resumes = append(c.resumes, r) }}
}

// run handles events until enough says so or ctx ends.
func (c *consumer) run(ctx context.Context, enough func() bool) error {
	s := c.open()
	for {
		left := false
		for ev, err := range s.Events(ctx) {
			if c.inHand != "" {
				c.handled = append(c.handled, c.inHand)
				c.inHand = ""
			}
			if err != nil {
				return err
			}
			if enough != nil && enough() {
				return nil
			}
			if c.rng.Float64() < c.leave {
				left = true // with the event in hand
				break
			}
			c.inHand = ev.ID
		}
		if !left {
			return nil
		}
		if len(c.handled) > 0 && c.rng.Float64() < c.restart { // or it would begin now, without a cursor
			s = c.open()
		}
	}
}

func (c *consumer) gaps() (reasons []string) {
	for _, r := range c.resumes {
		if r.Gap {
			reasons = append(reasons, r.Reason)
		}
	}
	return reasons
}

// checkOnce reports what was lost, repeated, or out of order. Late events have no
// order.
func (c *consumer) checkOnce(events []worldEvent, opts Options, ordered bool) {
	c.t.Helper()
	times := map[string]int{}
	for _, id := range c.handled {
		times[id]++
	}
	number := map[string]int{}
	lost, repeated := 0, 0
	for _, e := range events {
		if opts.CustomerID == "c1" && e.other {
			if times[e.id] > 0 {
				c.t.Errorf("%s was not asked for", e.id)
			}
			continue
		}
		if !e.late {
			number[e.id] = e.number
		}
		switch n := times[e.id]; {
		case n == 0:
			lost++
		case n > 1:
			repeated++
		}
		delete(times, e.id)
	}
	unknown := len(times)
	disorder, last := 0, 0
	for _, id := range c.handled {
		if n, ok := number[id]; ok {
			if n < last {
				disorder++
			}
			last = n
		}
	}
	if lost+repeated > 0 || ordered && disorder > 0 {
		c.t.Errorf("of %d events %d were lost and %d repeated, %d out of order, %d from before", len(events), lost, repeated, disorder, unknown)
	}
}
