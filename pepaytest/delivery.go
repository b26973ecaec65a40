package pepaytest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Delivery is one event on its way to one [Endpoint], with every attempt there was.
type Delivery struct {
	EventID, Type string
	// Attempts has those that have ended, the oldest first, and the last 100 where
	// there were more.
	Attempts []Attempt
	// Delivered says that the last attempt was answered with a 2xx.
	Delivered bool
	// Pending says that more attempts may follow. A delivery that is neither pending
	// nor delivered has been given up.
	Pending bool
	// Dropped says that no attempt was made, because too many deliveries were pending
	// when the event was emitted. [Endpoint.Redeliver] delivers it later.
	Dropped bool
}

// Attempt is one request of a [Delivery].
type Attempt struct {
	// At is when it was signed, by the server's clock.
	At time.Time
	// Status is the answer's, or 0 when there was none in time.
	Status int
	// Err is why there was none.
	Err error
	// Answer is the body of the answer, cut off at 4 KiB. Of deliveries that are not
	// pending, the last 1,000 have it.
	Answer string
	// Duration is how long it took, by the system's clock.
	Duration time.Duration
}

// delivery is guarded by its endpoint's lock.
type delivery struct {
	number   int
	record   *record // nil when the delivery is settled or dropped
	attempts int     // also those that Attempts does not have any more
	Delivery
}

// Deliveries returns what was and is to be delivered to the endpoint, in the order
// in which the events were emitted; what is delivered twice, or again, is there as
// often. Of those that are not pending, the last ones are kept: as many as
// [WithRetention] says that were attempted, and as many that were dropped. The
// caller owns the result.
func (e *Endpoint) Deliveries() []Delivery {
	all := e.numberedDeliveries()
	list := make([]Delivery, len(all))
	for i, d := range all {
		list[i] = d.Delivery
	}
	return list
}

func byNumber(a, b *delivery) int { return a.number - b.number }

// Redeliver delivers an event again, whether it was accepted before or not, as the
// dashboard does. What the endpoint wants does not matter then. It does not wait for
// the delivery. An event the server does not know, or does not keep any more, is an
// error; so are a server that is closed, and an endpoint with too many deliveries
// pending.
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
	if e.pending() >= e.maxPending() {
		return fmt.Errorf("pepaytest: Redeliver: %d deliveries are pending already", e.pending())
	}
	e.enqueue(rec)
	return nil
}

var errClosed = errors.New("pepaytest: the server is closed, or the endpoint was removed")

// Wait returns when nothing is under way to the endpoint and no retry is due: every
// delivery was accepted or given up. It fails when ctx ends or the server closes
// before that.
func (e *Endpoint) Wait(ctx context.Context) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return errClosed
	}
	if e.pending() == 0 {
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
