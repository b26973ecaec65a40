package pepaytest

import (
	"context"
	"slices"
	"time"
)

const (
	// maxSenders is how many goroutines deliver to one endpoint. They are started when
	// there is something to send and end when there is not; a delivery that waits for
	// its retry has a timer and no goroutine.
	maxSenders = 8
	// However short the retention is, so many deliveries may be pending.
	minPending = 1000
	// What a delivery that is retried for ever keeps of its attempts.
	maxAttemptsKept = 100
	// Of so many settled deliveries the answers are kept.
	maxAnswersKept = 1000
)

// offer enqueues an event the endpoint wants.
func (e *Endpoint) offer(r *record) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || !e.wants(r) {
		return
	}
	e.enqueue(r)
	e.offered++
	if every := e.server.cfg.webhook.duplicate; every > 0 && e.offered%every == 0 {
		e.enqueue(r)
	}
}

// enqueue is called under the lock.
func (e *Endpoint) enqueue(r *record) {
	e.numbered++
	d := &delivery{number: e.numbered, record: r, Delivery: Delivery{EventID: r.event.ID, Type: r.event.Type, Pending: true}}
	if e.pending() < e.maxPending() {
		e.push(d)
		return
	}
	d.record, d.Pending, d.Dropped = nil, false, true
	e.dropped = e.lastOf(append(e.dropped, d))
	e.note()
}

// maxPending bounds the memory that an endpoint which does not answer costs.
func (e *Endpoint) maxPending() int { return max(e.server.cfg.retention, minPending) }

// lastOf keeps as many deliveries as the server keeps events.
func (e *Endpoint) lastOf(list []*delivery) []*delivery {
	if len(list) > e.server.cfg.retention {
		list[0] = nil // the backing array must not keep it alive
		list = list[1:]
	}
	return list
}

// push is called under the lock, on an endpoint that is not closed.
func (e *Endpoint) push(d *delivery) {
	e.ready = append(e.ready, d)
	e.note()
	if e.senders < maxSenders {
		e.senders++
		e.server.running.Add(1)
		go e.send()
	}
}

// send delivers until there is nothing to be sent now.
func (e *Endpoint) send() {
	defer e.server.running.Done()
	for {
		d, ctx, cancel := e.take()
		if d == nil {
			return
		}
		attempt := e.attempt(ctx, d.record)
		cancel()
		e.decide(d, attempt)
	}
}

// take returns the next delivery and the context of its attempt, or nil when the
// sender is to end.
func (e *Endpoint) take() (*delivery, context.Context, context.CancelFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.ready) == 0 {
		e.senders--
		return nil, nil, nil
	}
	d := e.ready[0]
	e.ready[0] = nil
	e.ready = e.ready[1:]
	//nolint:forbidigo // nobody calls for a delivery; closing the server ends it
	ctx, cancel := context.WithTimeout(context.Background(), e.server.cfg.webhook.timeout)
	e.waiting[d] = cancel
	return d, ctx, cancel
}

// decide records an attempt and decides what follows it.
func (e *Endpoint) decide(d *delivery, a Attempt) {
	e.mu.Lock()
	defer e.mu.Unlock()
	d.add(a)
	defer e.note()
	if e.closed {
		return
	}
	delete(e.waiting, d)
	if cfg := &e.server.cfg.webhook; d.Delivered || d.attempts >= cfg.attempts {
		e.settle(d)
	} else {
		timer := time.AfterFunc(backoff(cfg.base, d.attempts), func() { e.retry(d) })
		e.waiting[d] = func() { timer.Stop() }
	}
	if e.idle != nil && e.pending() == 0 {
		close(e.idle)
		e.idle = nil
	}
}

// add records an attempt.
func (d *delivery) add(a Attempt) {
	d.attempts++
	if len(d.Attempts) == maxAttemptsKept {
		d.Attempts = slices.Delete(d.Attempts, 0, 1)
	}
	d.Attempts = append(d.Attempts, a)
	d.Delivered = a.Status >= 200 && a.Status < 300
}

// settle is called under the lock, when a delivery was accepted or is given up.
func (e *Endpoint) settle(d *delivery) {
	d.record, d.Pending = nil, false
	i, _ := slices.BinarySearchFunc(e.settled, d, byNumber)
	e.settled = slices.Insert(e.settled, i, d)
	if old := len(e.settled) - maxAnswersKept - 1; old >= 0 {
		e.settled[old].forgetAnswers()
		if i < old {
			d.forgetAnswers()
		}
	}
	e.settled = e.lastOf(e.settled)
}

func (d *delivery) forgetAnswers() {
	for i := range d.Attempts {
		d.Attempts[i].Answer = ""
	}
}

// retry is called by a delivery's timer.
func (e *Endpoint) retry(d *delivery) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		delete(e.waiting, d)
		e.push(d)
	}
}

// pending is how many deliveries are not settled; it is called under the lock.
func (e *Endpoint) pending() int { return len(e.ready) + len(e.waiting) }

// backoff is the wait after the n-th attempt.
func backoff(base time.Duration, n int) time.Duration {
	for range n - 1 {
		if base >= maxBackoff/2 {
			return maxBackoff
		}
		base *= 2
	}
	return min(base, maxBackoff)
}

// close ends every delivery that is under way or waits.
func (e *Endpoint) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	e.closed = true
	for d, end := range e.waiting {
		end()
		d.Pending = false
	}
	for _, d := range e.ready {
		d.Pending = false
	}
	close(e.finished)
}
