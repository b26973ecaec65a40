package pepaytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Delivery is one event on its way to one [Endpoint], with every attempt there was.
type Delivery struct {
	EventID, Type string
	// Attempts has those that have ended, oldest first.
	Attempts []Attempt
	// Delivered says that the last attempt was answered with a 2xx.
	Delivered bool
	// Pending says that more attempts may follow. A delivery that is neither pending
	// nor delivered has been given up.
	Pending bool
}

// Attempt is one request of a [Delivery].
type Attempt struct {
	// At is when it was signed, by the server's clock.
	At time.Time
	// Status is the answer's, or 0 when there was none in time.
	Status int
	// Err is why there was none.
	Err error
	// Duration is how long it took, by the system's clock.
	Duration time.Duration
}

// delivery is guarded by its endpoint's lock, except for its record.
type delivery struct {
	record *record
	Delivery
}

// Deliveries returns what was and is to be delivered to the endpoint, in the order
// in which the events were emitted; what is delivered twice, or again, is there as
// often. As many as [WithRetention] says are kept. The caller owns the result.
func (e *Endpoint) Deliveries() []Delivery {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := make([]Delivery, len(e.deliveries))
	for i, d := range e.deliveries {
		list[i] = d.Delivery
		list[i].Attempts = slices.Clone(d.Attempts)
	}
	return list
}

// Redeliver delivers an event again, whether it was accepted before or not, as the
// dashboard does. What the endpoint wants does not matter then. It does not wait for
// the delivery. An event the server does not know, or does not keep any more, is an
// error; so is a server that is closed.
func (e *Endpoint) Redeliver(eventID string) error {
	rec, _ := e.server.events.get(eventID)
	if rec == nil {
		return fmt.Errorf("pepaytest: Redeliver: unknown event %q", eventID)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return errClosed
	}
	e.enqueue(rec)
	return nil
}

var errClosed = errors.New("pepaytest: the server is closed")

// Wait returns when nothing is under way to the endpoint and no retry is due: every
// delivery was accepted or given up. It fails when ctx ends or the server closes
// before that.
func (e *Endpoint) Wait(ctx context.Context) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return errClosed
	}
	if e.quiet() {
		e.mu.Unlock()
		return nil
	}
	if e.idle == nil {
		e.idle = make(chan struct{})
	}
	idle := e.idle
	e.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-e.finished:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}
