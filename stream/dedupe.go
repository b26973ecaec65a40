package stream

// window remembers the last ids that went through, to drop duplicates.
type window struct {
	seen map[string]struct{}
	ring []string
	next int
}

func newWindow(size int) *window {
	return &window{seen: make(map[string]struct{}, min(size, 1024)), ring: make([]string, 0, min(size, 1024))}
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
