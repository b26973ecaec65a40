package pepaytest

import (
	"slices"
	"sync"
)

// webhooks are the endpoints of a server.
type webhooks struct {
	mu     sync.Mutex
	closed bool
	all    []*Endpoint
}

// add takes an endpoint; on a server that is closed it never gets anything.
func (w *webhooks) add(e *Endpoint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		e.close()
		return
	}
	w.all = append(w.all, e)
}

// offer shows an event to every endpoint. It does not wait for any.
func (w *webhooks) offer(r *record) {
	for _, e := range w.list() {
		e.offer(r)
	}
}

func (w *webhooks) list() []*Endpoint {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.all)
}

// closeAll ends every delivery. Senders are counted among what the server waits for.
func (w *webhooks) closeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for _, e := range w.all {
		e.close()
	}
}
