package webhook

import (
	"context"
	"sync"
	"time"
)

// Claim is what a [Deduper] says to somebody who wants to handle an event.
type Claim int

const (
	// Claimed means: handle it, then Commit or Release.
	Claimed Claim = iota
	// Done means that it was handled before.
	Done
	// InProgress means that somebody is handling it.
	InProgress
)

// Deduper sees to it that an event is handled once. A claim has a lease, so that a
// crash between claim and commit does not block the event for ever; a lease that
// outlives a crash has to be shorter than Pepay goes on delivering. It is called
// concurrently. To handle an event exactly once, keep claims where the handler's
// own effects are, in the same transaction.
type Deduper interface {
	// Claim asks for the right to handle an event.
	Claim(ctx context.Context, eventID string) (Claim, error)
	// Commit says that it was handled.
	Commit(ctx context.Context, eventID string) error
	// Release gives the claim back, so that Pepay's next delivery is handled.
	Release(ctx context.Context, eventID string) error
}

const (
	memoryEvents = 10_000
	memoryLease  = 5 * time.Minute
)

// NewMemoryDeduper remembers the last 10,000 events of this process, with leases
// of 5 min. It is what [Verifier.Handler] uses by default: a restart forgets, and
// every process has its own.
func NewMemoryDeduper() Deduper {
	return &memoryDeduper{events: map[string]*claim{}}
}

type memoryDeduper struct {
	mu     sync.Mutex
	events map[string]*claim
	order  []string // oldest first, also what was released since
}

type claim struct {
	done  bool
	lease time.Time
}

func (d *memoryDeduper) Claim(_ context.Context, eventID string) (Claim, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	switch c := d.events[eventID]; {
	case c == nil:
		d.events[eventID] = &claim{lease: now.Add(memoryLease)}
		d.order = append(d.order, eventID)
		d.forget(now)
		return Claimed, nil
	case c.done:
		return Done, nil
	case now.Before(c.lease):
		return InProgress, nil
	default:
		c.lease = now.Add(memoryLease)
		return Claimed, nil
	}
}

// forget drops the oldest beyond the bound. What is being handled stays.
func (d *memoryDeduper) forget(now time.Time) {
	for range len(d.order) {
		if len(d.order) <= memoryEvents {
			return
		}
		oldest := d.order[0]
		d.order = d.order[1:]
		if c := d.events[oldest]; c != nil && !c.done && now.Before(c.lease) {
			d.order = append(d.order, oldest)
			continue
		}
		delete(d.events, oldest)
	}
}

func (d *memoryDeduper) Commit(_ context.Context, eventID string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.events[eventID]; c != nil {
		c.done = true
	}
	return nil
}

func (d *memoryDeduper) Release(_ context.Context, eventID string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.events[eventID]; c != nil && !c.done {
		c.lease = time.Time{} // as good as expired
	}
	return nil
}
