package stream

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const (
	minAudit = time.Minute
	// auditAfter is how old events are when they are audited. What is younger may
	// still be on its way.
	auditAfter = time.Minute
	// auditQuiet is how long a stream waits for a frame until nothing that was sent
	// can be unread. It is also about how often that is looked at.
	auditQuiet = time.Second
)

// errOverlooked ends a connection on which Pepay skipped an event.
var errOverlooked = errors.New("stream: the Events API lists an event that did not come")

// audit compares what came on one connection with what the Events API lists. It
// ends the connection when an event is missing, and hands out nothing itself: the
// resume does, in order. A nil audit does nothing.
type audit struct {
	run  *run
	conn *connection

	mu      sync.Mutex
	waiting time.Time // since when the stream waits for a frame; zero when it does not
	alarm   bool

	cancel context.CancelFunc
	done   chan struct{}
}

// startAudit begins to audit a connection, if Options.Audit asks for that.
func (r *run) startAudit(ctx context.Context, conn *connection) *audit {
	if r.opts.Audit == 0 {
		return nil
	}
	if r.auditFrom.IsZero() {
		// Later than the second of the dial: events of that second may be older than
		// the stream.
		r.auditFrom = r.clock.now().Add(time.Second)
		r.scheduleAudit()
	}
	a := &audit{run: r, conn: conn, done: make(chan struct{})}
	ctx, a.cancel = context.WithCancel(ctx)
	go func() {
		defer close(a.done)
		r.guard(ctx, func() { a.loop(ctx) })
	}()
	return a
}

// scheduleAudit spreads the audits of many streams.
func (r *run) scheduleAudit() {
	r.nextAudit = time.Now().Add(r.opts.Audit + rand.N(r.opts.Audit/10))
}

func (a *audit) stop() {
	if a != nil {
		a.cancel()
		<-a.done
	}
}

// begin and end surround the wait for a frame.
func (a *audit) begin() {
	if a != nil {
		a.mu.Lock()
		a.waiting = time.Now()
		a.mu.Unlock()
	}
}

func (a *audit) end() {
	if a != nil {
		a.mu.Lock()
		a.waiting = time.Time{}
		a.mu.Unlock()
	}
}

func (a *audit) alarmed() bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.alarm
}

// loop runs until the connection ends. An audit that fails is made up for by the
// next one, which covers its time as well.
func (a *audit) loop(ctx context.Context) {
	r := a.run
	for sleep(ctx, time.Until(r.nextAudit), nil) == nil {
		r.scheduleAudit()
		to := r.clock.now().Add(-auditAfter)
		if to.Before(r.auditFrom) || !a.whenDrained(ctx, to, func() {}) {
			continue
		}
		listed, err := a.list(ctx, to)
		if err != nil {
			if ctx.Err() == nil {
				r.log(ctx, slog.LevelWarn, "pepay: stream audit failed", slog.String("error", r.errorText(err)))
			}
			continue
		}
		a.whenDrained(ctx, to, func() { a.compare(ctx, listed, to) })
	}
}

// whenDrained calls f while the stream waits for a frame and has read everything
// that was sent up to a time. It reports whether that came before the connection
// ended. The stream changes nothing while f runs.
func (a *audit) whenDrained(ctx context.Context, to time.Time, f func()) bool {
	try := func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.waiting.IsZero() || time.Since(a.waiting) < auditQuiet && a.run.created.Before(to) {
			return false
		}
		f()
		return true
	}
	for !try() {
		// Jittered, as the loop's waits may have a rhythm of their own.
		if sleep(ctx, auditQuiet/2+rand.N(auditQuiet), nil) != nil {
			return false
		}
	}
	return true
}

// list returns the events that the stream asks for, newest first. There is no use
// in more than the window could remember.
func (a *audit) list(ctx context.Context, to time.Time) (listed []handledEvent, err error) {
	r := a.run
	params := r.listParams()
	params.CreatedFrom, params.CreatedTo = r.auditFrom, to
	var loop loopDetector
	for {
		page, err := r.client.Events.List(ctx, params, r.listKey())
		if err != nil {
			return nil, err
		}
		last := ""
		for i := range page.Data {
			ev := &page.Data[i]
			if ev.ID == "" {
				continue
			}
			last = ev.ID
			if r.auditable(ev) {
				listed = append(listed, handledEvent{ev.ID, epoch(ev.Created.Time)})
			}
		}
		if !page.HasMore || last == "" || len(listed) > r.handled.capacity || loop.seen(last) {
			return listed, nil
		}
		params.StartingAfter = last
	}
}

// auditable reports whether the stream should have had the event. One that does not
// say what a filter asks for is none.
func (r *run) auditable(ev *pepay.Event) bool {
	wanted, undecided := r.opts.wants(ev)
	return wanted && undecided == ""
}

// compare raises the alarm if a listed event was not handled. Events that the window
// may have forgotten are left out.
func (a *audit) compare(ctx context.Context, listed []handledEvent, to time.Time) {
	r := a.run
	var end handledEvent
	if !r.knowsAll() {
		end = r.handled.oldest()
	}
	var missing []handledEvent
	for _, ev := range listed {
		if ev.id == end.id {
			break
		}
		if !r.handled.has(ev.id) && ev.created > end.created {
			missing = append(missing, ev)
		}
	}
	r.auditFrom = to // not again, whatever comes of it
	if len(missing) == 0 {
		return
	}
	oldest := missing[0]
	for _, ev := range missing {
		if ev.created < oldest.created {
			oldest = ev
		}
	}
	a.alarm = true
	r.overlooked = time.Unix(oldest.created, 0)
	r.log(ctx, slog.LevelWarn, "pepay: stream audit found events that did not come", slog.Int("events", len(missing)), slog.String("oldest", oneLine(oldest.id)))
	_ = a.conn.ws.CloseNow()
}
