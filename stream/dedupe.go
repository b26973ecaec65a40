package stream

// window remembers the last ids that went through, to drop duplicates.
type window struct {
	seen map[string]struct{}
	ring []string
	next int
}

func newWindow() *window {
	return &window{seen: map[string]struct{}{}} // grows with what comes: a stream may be one of a thousand quiet ones
}

func (w *window) has(id string) bool {
	_, ok := w.seen[id]
	return ok
}

func (w *window) add(id string, size int) {
	if w.has(id) {
		return
	}
	w.seen[id] = struct{}{}
	if len(w.ring) < size {
		w.ring = append(w.ring, id)
		return
	}
	delete(w.seen, w.ring[w.next])
	w.ring[w.next] = id
	w.next = (w.next + 1) % size
}
