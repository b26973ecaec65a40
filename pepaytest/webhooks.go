package pepaytest

import (
	"fmt"
	"slices"
	"sync"

	"github.com/pepaylabs/pepay-go"
)

// webhooks are the endpoints of a server.
type webhooks struct {
	mu     sync.Mutex
	closed bool
	added  int64
	all    []*Endpoint
}

// add takes an endpoint; on a server that is closed it never gets anything.
func (w *webhooks) add(e *Endpoint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.added++
	e.number = w.added
	if w.closed {
		e.close()
		return
	}
	w.all = append(w.all, e)
	e.note()
}

// get is an endpoint by its number, or nil.
func (w *webhooks) get(number int64) *Endpoint {
	for _, e := range w.list() {
		if e.number == number {
			return e
		}
	}
	return nil
}

// remove ends an endpoint and its deliveries.
func (w *webhooks) remove(e *Endpoint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = slices.DeleteFunc(w.all, func(other *Endpoint) bool { return other == e })
	e.close()
	e.note()
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

// savedHook is an endpoint in the state file.
type savedHook struct {
	URL         string                   `json:"url"`
	Types       []string                 `json:"types,omitempty"`
	Secret      string                   `json:"secret"`
	Previous    string                   `json:"previous,omitempty"` // secret, during a rotation
	Environment pepay.NetworkEnvironment `json:"environment,omitempty"`
}

// saved are the endpoints that the state file keeps.
func (w *webhooks) saved() []savedHook {
	var list []savedHook
	for _, e := range w.list() {
		if !e.overHTTP {
			continue
		}
		e.mu.Lock()
		address := e.url
		if e.receiver { // which may have another port next time
			address = receiverName
		}
		list = append(list, savedHook{address, e.types, e.secret.Reveal(), e.previous.Reveal(), e.environment})
		e.mu.Unlock()
	}
	return list
}

// loadWebhooks adds the endpoints of a state file.
func (s *Server) loadWebhooks(list []savedHook) error {
	for i, h := range list {
		address := h.URL
		if address == receiverName {
			address = s.url
		}
		if err := checkWebhook(address, pepay.Secret(h.Secret), h.Types); err != nil {
			return fmt.Errorf("it is broken in webhooks: entry %d: %w", i+1, err)
		}
		e := s.addWebhook(h.URL, pepay.Secret(h.Secret), h.Types, true)
		e.previous, e.environment = pepay.Secret(h.Previous), h.Environment
	}
	return nil
}

// forgetAdded ends the endpoints that were added over HTTP.
func (w *webhooks) forgetAdded() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = slices.DeleteFunc(slices.Clone(w.all), func(e *Endpoint) bool {
		if e.overHTTP {
			e.close()
			e.note()
		}
		return e.overHTTP
	})
}
