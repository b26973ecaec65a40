package webhook

import (
	"container/list"
	"context"
	"sync"
	"time"
)

const (
	memoryEvents = 10_000
	memoryLease  = 5 * time.Minute
)

// NewMemoryDeduper remembers the last 10,000 events that this process handled,
// in the order in which they were handled, and what it is handling now, with
// leases of 5 min. It is what [Verifier.Handler] uses by default: a restart
// forgets, and every process has its own. Its cost does not depend on how many
// events are being handled.
func NewMemoryDeduper() Deduper {
	return &memoryDeduper{
		running: map[string]*list.Element{},
		handled: map[string]string{},
	}
}

// memoryDeduper keeps claims and handled events apart, so that forgetting the
// oldest handled event never looks at a claim.
type memoryDeduper struct {
	mu      sync.Mutex
	running map[string]*list.Element // of leases
	leases  list.List                // by their end, because all have the same length
	handled map[string]string        // holders by event id
	order   []string                 // ids of handled events, a ring buffer once it is full
	oldest  int                      // index in order
	steps   int                      // leases that expire looked at, for tests
}

type lease struct {
	eventID, holder string
	until           time.Time
}

func (d *memoryDeduper) Claim(_ context.Context, eventID, holder string) (Claim, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, done := d.handled[eventID]; done {
		return Done, nil
	}
	now := time.Now()
	d.expire(now)
	if claim, ok := d.running[eventID]; ok {
		if claim.Value.(*lease).holder != holder {
			return InProgress, nil
		}
		d.leases.Remove(claim)
	}
	d.running[eventID] = d.leases.PushBack(&lease{eventID: eventID, holder: holder, until: now.Add(memoryLease)})
	return Claimed, nil
}

// expire drops the claims whose lease has ended. It looks at one claim more than it
// drops, however many there are.
func (d *memoryDeduper) expire(now time.Time) {
	for first := d.leases.Front(); first != nil; first = d.leases.Front() {
		d.steps++
		l := first.Value.(*lease)
		if now.Before(l.until) {
			return
		}
		d.drop(first)
	}
}

func (d *memoryDeduper) drop(claim *list.Element) {
	delete(d.running, claim.Value.(*lease).eventID)
	d.leases.Remove(claim)
}

// Commit also accepts a holder whose lease has ended, unless somebody else has
// claimed the event since.
func (d *memoryDeduper) Commit(_ context.Context, eventID, holder string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if by, done := d.handled[eventID]; done {
		if by != holder {
			return ErrClaimLost
		}
		return nil
	}
	if claim, ok := d.running[eventID]; ok {
		if claim.Value.(*lease).holder != holder {
			return ErrClaimLost
		}
		d.drop(claim)
	}
	d.remember(eventID, holder)
	return nil
}

// remember adds a handled event in place of the one that was handled first.
func (d *memoryDeduper) remember(eventID, holder string) {
	d.handled[eventID] = holder
	if len(d.order) < memoryEvents {
		d.order = append(d.order, eventID)
		return
	}
	delete(d.handled, d.order[d.oldest])
	d.order[d.oldest] = eventID
	d.oldest = (d.oldest + 1) % memoryEvents
}

func (d *memoryDeduper) Release(_ context.Context, eventID, holder string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if claim, ok := d.running[eventID]; ok && claim.Value.(*lease).holder == holder {
		d.drop(claim)
	}
	return nil
}
