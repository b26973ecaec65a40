package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	pageSize = 100 // the most a page may have, by Pepay's pagination page
	// keptPages bounds the memory of a resume.
	keptPages = 50
	// lateBy is how far behind the cursor the list is read: an event may arrive this
	// much after others that were created later.
	lateBy = time.Minute
)

// backlog is what the Events API lists and the stream has not handled. The list is
// newest first, and events are handed out oldest first, so it is walked once to its
// end. Of the pages with missed events, the last ones are kept, and of the others
// only where they end; those are read again when it is their turn.
type backlog struct {
	run    *run
	params wrapper.EventParams
	pages  []page // newest first
	reason string // of a possible gap

	// end is the event at which the walk ends, because behind it there may be events
	// that were handled and forgotten; "" when everything handled is remembered.
	end      handledEvent
	reached  bool   // the walk met end
	anchored bool   // the walk met some handled event: nothing is missing after it
	latest   string // the last event that was handed out
	unknown  bool   // the Events API does not know the cursor

	// between are the events after those remembered from before a restart, up to the
	// cursor, newest first: they were handled.
	between []handledEvent
}

// page is a part of the list with missed events. A page that is not kept is read
// again from after to last: its first event is no mark, as late events may have
// arrived before it.
type page struct {
	after  string // the event before the page, "" for the newest page
	last   string
	behind behind         // where the page begins
	events []*pepay.Event // newest first; nil when the page is not kept
}

// behind says which events a walk has come by.
type behind struct {
	first     bool // the first event of the stream: what is older may be older than the stream
	outOfDate bool // the cursor, and not yet the newest event remembered from before a restart
}

// missed walks the list back to what was handled. The backlog has the reason of a
// gap, if there is one; the error is that of a list that may work later.
func (r *run) missed(ctx context.Context) (*backlog, error) {
	b := &backlog{run: r}
	switch {
	case !r.kind.list:
		b.gap("the %s stream has no list of events to check", r.kind.name)
		return b, nil
	case r.opts.Backfill == BackfillOff:
		b.gap("the Events API is not asked (BackfillOff)")
		return b, nil
	}
	var refused *listRefusedError
	switch err := b.list(ctx); {
	case errors.As(err, &refused):
		b.pages = nil // or these would come before older events that are replayed
		b.gap("%s", refused.Error())
	case err != nil:
		return nil, err
	default:
		r.listOutage = 0
	}
	return b, nil
}

// list walks from the newest event back to what was handled.
func (b *backlog) list(ctx context.Context) error {
	r := b.run
	hasCursor := r.id != "" && !r.refused
	undated := hasCursor && r.created.IsZero()
	if undated {
		if err := b.askForCursor(ctx); err != nil {
			return err
		}
	}
	b.begin()
	if b.params.CreatedFrom.IsZero() { // this would read all of history
		b.gap("it is not known when the event %s was created", r.id)
		return nil
	}
	if err := b.walk(ctx, page{}, ""); err != nil {
		return err
	}
	b.rememberBetween()
	if hasCursor && !undated && !b.anchored { // it may be filtered out: of another type
		return b.askForCursor(ctx)
	}
	return nil
}

// askForCursor finds out whether the Events API knows the cursor, and when that was
// created.
func (b *backlog) askForCursor(ctx context.Context) error {
	r := b.run
	ev, err := r.getEvent(ctx, r.id)
	if err != nil {
		return err
	}
	if b.unknown = ev == nil; b.unknown {
		b.gap("the Events API does not know the event %s any more", r.id)
	}
	if !r.created.IsZero() {
		return nil
	}
	if ev != nil {
		r.created = ev.Created.Time
	}
	if second := idSecond(r.id); r.created.IsZero() && second != 0 {
		r.created = time.Unix(second, 0)
	}
	if now := r.clock.now(); r.created.After(now) {
		r.created = now
	}
	return nil
}

// begin settles how far back the list is read.
func (b *backlog) begin() {
	r := b.run
	b.params = r.listParams()
	from := r.created
	switch {
	case r.id == "" || r.refused:
		from = r.began
	case !from.IsZero():
		from = from.Add(-lateBy)
	}
	if !r.overlooked.IsZero() && r.overlooked.Before(from) {
		from = r.overlooked
	}
	if r.knowsAll() {
		if from.Before(r.began) {
			from = r.began
		}
	} else if b.end = r.handled.oldest(); b.end.id == r.id {
		b.end.created = epoch(r.created)
	}
	b.params.CreatedFrom = from
}

// listParams are the stream's filters, as far as the Events API has them.
func (r *run) listParams() wrapper.EventParams {
	types := r.opts.Types
	if len(types) == 0 {
		types = r.kind.types
	}
	return wrapper.EventParams{
		Types:       types,
		Limit:       pageSize,
		InvoiceID:   r.opts.InvoiceID,
		Environment: pepay.NetworkEnvironment(r.opts.Environment),
	}
}

// knowsAll reports whether the stream remembers every event that it handled: what
// it does not remember was missed.
func (p *progress) knowsAll() bool { return p.fresh && !p.handled.forgot }

// walk reads the list from a page on, to the event until, or to the end.
func (b *backlog) walk(ctx context.Context, p page, until string) error {
	params := b.params
	params.StartingAfter = p.after
	var loop loopDetector
	behind := p.behind
	where := askingFirst
	if until != "" {
		where = askingAgain
	}
	for {
		list, err := b.run.listEvents(ctx, where, params)
		if err != nil {
			return err
		}
		part := page{after: params.StartingAfter, behind: behind}
		done := b.examine(ctx, list.Data, until, &part, &behind)
		if len(part.events) > 0 {
			b.push(part)
		}
		switch {
		case done || !list.HasMore:
			return nil
		case part.last == "":
			b.gap("the list has a page without the id of an event to go on from")
			return nil
		case loop.seen(part.last):
			b.gap("the list does not get further after the event %s", part.last)
			return nil
		}
		params.StartingAfter = part.last
		where = max(where, askingOn)
	}
}

// examine takes the missed events of a page. It reports whether the walk is over.
func (b *backlog) examine(ctx context.Context, events []pepay.Event, until string, p *page, behind *behind) (done bool) {
	r := b.run
	for i := range events {
		ev := &events[i]
		if ev.ID == "" {
			b.gap("the list has an event without an id")
			continue
		}
		p.last = ev.ID
		switch {
		case ev.ID == b.end.id:
			b.reached, b.anchored = true, true
			return true
		case ev.ID == b.latest: // what is older was handed out
			return true
		case ev.ID == r.id, r.handled.has(ev.ID):
			b.anchored = true
			if b.rememberBetween(); ev.ID == b.end.id {
				b.reached = true
				return true
			}
			behind.outOfDate = ev.ID == r.outOfDate
		case behind.outOfDate:
			b.between = append(b.between, handledEvent{ev.ID, epoch(ev.Created.Time)})
			if len(b.between)+1 >= r.handled.promised { // with the cursor; no more is remembered
				b.rememberBetween()
				b.reached = true
				return true
			}
		case behind.first && !ev.Created.After(r.began): // older than the stream
		default:
			if missed := b.wanted(ctx, ev); missed != nil {
				p.events = append(p.events, missed)
			}
		}
		if ev.ID == r.first && r.knowsAll() {
			behind.first = true
		}
		if ev.ID == until {
			return true
		}
	}
	return false
}

// rememberBetween puts what was handled before the cursor, and was not remembered,
// into its place. What is too old to be remembered then is no longer looked for.
func (b *backlog) rememberBetween() {
	if len(b.between) == 0 {
		return
	}
	slices.Reverse(b.between)
	b.run.handled.insertBefore(b.run.outOfDate, b.between)
	b.between = nil
	b.end = b.run.handled.oldest()
}

// wanted returns the event if the stream asks for it. The copy does not keep the
// page in memory.
func (b *backlog) wanted(ctx context.Context, ev *pepay.Event) *pepay.Event {
	if ev.Type == "" {
		whole, err := b.run.client.Events.Get(ctx, ev.ID, b.run.listKey())
		if err != nil || whole.Type == "" {
			b.gap("the list has the event %s without its type", ev.ID)
			return nil
		}
		ev = whole
	}
	wanted, undecided := b.run.opts.wants(ev)
	if undecided != "" && !b.anchored { // behind a handled event, Pepay has decided
		b.gap("event %s does not say its %s", ev.ID, undecided)
	}
	if !wanted {
		return nil
	}
	missed := *ev
	return &missed
}

func (b *backlog) push(p page) {
	b.pages = append(b.pages, p)
	if i := len(b.pages) - keptPages - 1; i >= 0 {
		b.pages[i].events = nil
	}
}

// next returns the oldest events that were not handed out yet, oldest first, and
// none at the end.
func (b *backlog) next(ctx context.Context) ([]*pepay.Event, error) {
	for len(b.pages) > 0 {
		p := b.pages[len(b.pages)-1]
		b.pages = b.pages[:len(b.pages)-1]
		if p.events != nil {
			slices.Reverse(p.events)
			return p.events, nil
		}
		if err := b.walk(ctx, p, p.last); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// isHandled reports whether the event was handled, or may have been. Where the walk
// did not meet its end, the time tells.
func (b *backlog) isHandled(ev *pepay.Event) bool {
	return b.run.handled.has(ev.ID) || !b.reached && b.end.created != 0 && epoch(ev.Created.Time) < b.end.created
}

// gap notes why events may be missing. The first reason counts.
func (b *backlog) gap(format string, args ...any) {
	if b.reason == "" {
		b.reason = oneLine(fmt.Sprintf(format, args...))
	}
}

// loopDetector notices a walk that comes by the same event again, however long the
// loop, and remembers one event.
type loopDetector struct {
	mark        string
	steps, next int
}

func (l *loopDetector) seen(id string) bool {
	if id == l.mark {
		return true
	}
	if l.steps++; l.steps >= l.next {
		l.mark, l.steps, l.next = id, 0, max(1, 2*l.next)
	}
	return false
}
