package stream

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// progress is how far a stream has got. It belongs to the range that runs and
// outlives it.
type progress struct {
	position
	loaded  bool // the position was loaded from the cursor store, the lease or Options.Since
	handled *window
	// outOfDate is the cursor that was loaded with ids that are older than it, ""
	// when they are not: what is listed between the two was handled.
	outOfDate string

	// A stream that began without a cursor, and has forgotten nothing yet, knows
	// everything that it handed out.
	fresh bool
	began time.Time    // the second of its first connection, by Pepay's clock
	first string       // the first event it handed out
	held  *pepay.Event // that event, until it is handled

	upgraded  bool      // a dial succeeded at least once
	connected bool      // a connection ended at least once
	lost      time.Time // when the last connection ended
	clock     serverClock
}

// position is the newest event that was handled, the one to resume after.
type position struct {
	id      string
	created time.Time // zero when not known
	refused bool      // Pepay does not know the event: do not ask to continue after it
}

// serverClock is Pepay's time, from the Date header of an upgrade.
type serverClock struct{ date, at time.Time }

// now is never ahead of Pepay's clock: the header has whole seconds.
func (c serverClock) now() time.Time {
	return c.date.Add(time.Since(c.at)).Truncate(time.Second)
}

// recentStore is what a CursorStore may have beside its two methods.
type recentStore interface {
	Recent(ctx context.Context, n int) ([]string, error)
}

// recentAdder is what a CursorStore with Recent may have to be told of handled
// events to which the cursor does not move.
type recentAdder interface {
	AddRecent(ctx context.Context, eventID string) error
}

// loadPosition finds out where to begin, once per stream.
func (r *run) loadPosition(ctx context.Context) error {
	if r.loaded {
		return nil
	}
	id, stored := r.opts.Since, false
	if r.opts.Cursor != nil {
		saved, err := r.opts.Cursor.Load(ctx)
		if err != nil {
			return fmt.Errorf("stream: loading the cursor: %w", err)
		}
		if saved != "" {
			id, stored = saved, true
		}
	}
	if stored {
		r.loadRecent(ctx, id)
	}
	r.beginAt(id)
	return nil
}

// beginAt sets where to begin, "" for now.
func (r *run) beginAt(id string) {
	if id != "" {
		r.handled.add(id, idSecond(id))
		if second := idSecond(id); second != 0 {
			r.lag.since.Store(time.Unix(second, 0).UnixNano())
		}
	}
	r.id, r.loaded, r.fresh = id, true, id == ""
	r.setCursor(id)
}

// loadRecent fills the window with the events that were handled before a restart.
// Without them the list is read back to the cursor only.
func (r *run) loadRecent(ctx context.Context, cursor string) {
	store, ok := r.opts.Cursor.(recentStore)
	if !ok {
		return
	}
	recent, err := store.Recent(ctx, r.opts.DedupeWindow)
	if err != nil {
		r.log(ctx, slog.LevelWarn, "pepay: recent event ids could not be loaded", slog.String("error", r.errorText(err)))
		return
	}
	r.fillWindow(recent, cursor)
}

// fillWindow remembers events that were handled before.
func (r *run) fillWindow(recent []string, cursor string) {
	if len(recent) > 1 && recent[0] == cursor { // newest first
		recent = slices.Clone(recent)
		slices.Reverse(recent)
	}
	for _, id := range recent[max(0, len(recent)-r.opts.DedupeWindow):] {
		if id != "" && id != cursor {
			r.handled.add(id, idSecond(id))
		}
	}
	if len(recent) > 0 && !slices.Contains(recent, cursor) {
		r.outOfDate = cursor
	}
}

// deliver hands an event to the loop. When the loop asks for the next one, it has
// been handled.
func (r *run) deliver(ctx context.Context, ev *pepay.Event) error {
	if r.term != nil {
		if err := r.term.check(); err != nil {
			return err
		}
	}
	id, kind, created := ev.ID, ev.Type, ev.Created.Time // the loop may change the event
	if r.fresh && r.first == "" {
		held := *ev
		r.first, r.held = id, &held
	}
	r.logUndecoded(ctx, ev)
	r.lag.take(created, r.clock)
	taken := r.takenAt()
	handled := r.yield(ev, nil)
	r.lag.give()
	if !handled {
		return errLeft
	}
	r.held = nil
	r.serverErrors, r.rejections = 0, 0
	if now := r.clock.now(); created.After(now) {
		created = now // or no later event could move the cursor
	}
	r.handled.add(id, epoch(created))
	if err := r.advance(ctx, id, created); err != nil {
		return err
	}
	r.tellHandled(id, kind, created, taken)
	return ctx.Err()
}

// advance moves the cursor to a handled event, unless that was created before the
// event at which the cursor is.
func (r *run) advance(ctx context.Context, id string, created time.Time) error {
	switch {
	case created.IsZero():
		created = r.created
	case r.id != "" && !r.refused && isBefore(id, created, r.id, r.created):
		r.addRecent(context.WithoutCancel(ctx), id)
		return nil
	}
	r.position = position{id: id, created: created}
	r.setCursor(id)
	if r.term != nil {
		return r.term.save(ctx, id)
	}
	if r.opts.Cursor != nil {
		if err := r.opts.Cursor.Save(context.WithoutCancel(ctx), id); err != nil {
			return endError{fmt.Errorf("stream: saving the cursor %s: %w", oneLine(id), err)}
		}
	}
	return nil
}

// isBefore reports whether event a was created before event b. Within a second,
// ids of the form evt_<ms>-<number> tell.
func isBefore(a string, createdA time.Time, b string, createdB time.Time) bool {
	if secondA, secondB := epoch(createdA), epoch(createdB); secondA != secondB {
		return secondA < secondB
	}
	msA, numberA, okA := idParts(a)
	msB, numberB, okB := idParts(b)
	if !okA || !okB || msA/1000 != msB/1000 {
		return false
	}
	return msA < msB || msA == msB && numberA < numberB
}

// idParts reads an id of the form evt_<ms>-<number>, which all of Pepay's examples
// have and no page promises.
func idParts(id string) (ms, number int64, ok bool) {
	rest, ok := strings.CutPrefix(id, "evt_")
	if !ok {
		return 0, 0, false
	}
	head, tail, ok := strings.Cut(rest, "-")
	if !ok {
		return 0, 0, false
	}
	ms, err := strconv.ParseInt(head, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	number, err = strconv.ParseInt(tail, 10, 64)
	const since2001 = 1e12 // shorter numbers are no milliseconds
	return ms, number, err == nil && ms >= since2001
}

// idSecond is when an event was created, by its id; 0 when that does not tell.
func idSecond(id string) int64 {
	if ms, _, ok := idParts(id); ok {
		return ms / 1000
	}
	return 0
}

// epoch is a time in seconds, 0 for the zero time.
func epoch(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
