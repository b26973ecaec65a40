package stream

import (
	"context"
	"slices"
	"strings"
	"time"
)

// beganMark begins what a lease keeps in place of a cursor until the first event was
// handled: the second in which the group began. Without it, events would be lost that
// come before the first one is handled and while no stream has the lease.
const beganMark = "began:"

func markOf(began time.Time) string { return beganMark + began.UTC().Format(time.RFC3339) }

// beganAt reads a mark.
func beganAt(cursor string) (time.Time, bool) {
	text, ok := strings.CutPrefix(cursor, beganMark)
	if !ok {
		return time.Time{}, false
	}
	began, err := time.Parse(time.RFC3339, text)
	return began, err == nil
}

// endedTerm is the last term of this stream.
type endedTerm struct {
	fence int64
	saved string
}

// takePosition finds out where to begin a term: after the group's cursor. If no other
// stream has had the lease since this one lost it, this one knows better than the
// lease what it has handled.
func (r *run) takePosition(ctx context.Context) error {
	t := r.term
	t.saved = t.Cursor
	if r.loaded && t.Fence == r.lastTerm.fence+1 && (t.Cursor == r.lastTerm.saved || t.Cursor == r.id) {
		return r.saveAgain(ctx)
	}
	r.progress = progress{handled: newWindow(r.opts.DedupeWindow), upgraded: r.upgraded, loaded: true}
	id := t.Cursor
	began, marked := beganAt(id)
	switch {
	case marked:
		id, r.began = "", began
	case id == "":
		id = r.opts.Since
	default:
		recent := slices.DeleteFunc(slices.Clone(t.Recent), func(id string) bool { return strings.HasPrefix(id, beganMark) })
		r.fillWindow(recent, id)
	}
	r.beginAt(id)
	return nil
}

// saveAgain makes up for a cursor that could not be saved in the term before.
func (r *run) saveAgain(ctx context.Context) error {
	cursor := r.id
	if cursor == "" && !r.began.IsZero() {
		cursor = markOf(r.began)
	}
	if cursor == "" || cursor == r.term.Cursor || cursor == r.opts.Since {
		return nil
	}
	return r.term.save(ctx, cursor)
}

// begin notes when a stream without a cursor began, for itself and its group.
func (r *run) begin(ctx context.Context, second time.Time) error {
	r.began = second
	if r.term == nil {
		return nil
	}
	return r.term.save(ctx, markOf(second))
}
