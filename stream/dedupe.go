package stream

import "slices"

// handledEvent is what is remembered of a handled event.
type handledEvent struct {
	id      string
	created int64 // epoch seconds, 0 when not known
}

// window remembers handled events in the order in which they were handled, to drop
// duplicates. It keeps the promised number and some more: an event that was handled
// a little before another one may be listed a little after it.
type window struct {
	promised int
	capacity int
	seen     map[string]struct{}
	ring     []handledEvent
	next     int  // where the next one goes once the ring is full: the oldest
	forgot   bool // something was forgotten
}

const (
	minSpare = 64
	maxSpare = 1024
)

// newWindow makes an empty window. It grows with what comes: a stream may be one of
// a thousand quiet ones.
func newWindow(promised int) *window {
	return &window{
		promised: promised,
		capacity: max(promised, promised+min(max(promised, minSpare), maxSpare)), // the sum may overflow
		seen:     map[string]struct{}{},
	}
}

func (w *window) has(id string) bool {
	_, ok := w.seen[id]
	return ok
}

func (w *window) add(id string, created int64) {
	if w.has(id) {
		return
	}
	w.seen[id] = struct{}{}
	if len(w.ring) < w.capacity {
		w.ring = append(w.ring, handledEvent{id, created})
		return
	}
	delete(w.seen, w.ring[w.next].id)
	w.ring[w.next] = handledEvent{id, created}
	w.next = (w.next + 1) % w.capacity
	w.forgot = true
}

// insertBefore puts handled events, the oldest first, in front of one that is
// remembered. When they are as many as the window promises to remember, what was
// handled before them is forgotten: between the two, events may be missing.
func (w *window) insertBefore(id string, events []handledEvent) {
	order := slices.Concat(w.ring[w.next:], w.ring[:w.next])
	at := slices.IndexFunc(order, func(ev handledEvent) bool { return ev.id == id })
	if at < 0 {
		return
	}
	before := order[:at]
	if len(events)+1 >= w.promised {
		before = nil
	}
	all := newWindow(w.promised)
	for _, ev := range slices.Concat(before, events, order[at:]) {
		all.add(ev.id, ev.created)
	}
	all.forgot = all.forgot || w.forgot && before != nil
	*w = *all
}

// oldest is the oldest of the promised events: behind it, a list may have events
// that were handled and forgotten.
func (w *window) oldest() handledEvent {
	switch {
	case len(w.ring) == 0:
		return handledEvent{}
	case !w.forgot:
		return w.ring[0]
	}
	return w.ring[(w.next+w.capacity-w.promised)%w.capacity]
}
