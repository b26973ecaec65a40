package pepaytest

import (
	"context"
	"time"
)

// maxSenders is how many goroutines deliver to one endpoint. They are started when
// there is something to send and end when there is not; a delivery that waits for
// its retry has a timer and no goroutine.
const maxSenders = 8

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
	d := &delivery{record: r, Delivery: Delivery{EventID: r.event.ID, Type: r.event.Type, Pending: true}}
	e.deliveries = append(e.deliveries, d)
	if len(e.deliveries) > e.server.cfg.retention {
		e.deliveries[0] = nil // the backing array must not keep it alive
		e.deliveries = e.deliveries[1:]
	}
	e.push(d)
}

// push is called under the lock, on an endpoint that is not closed.
func (e *Endpoint) push(d *delivery) {
	e.ready = append(e.ready, d)
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
		e.settle(d, attempt)
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

// settle records an attempt and decides what follows it.
func (e *Endpoint) settle(d *delivery, a Attempt) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.waiting, d)
	d.Attempts = append(d.Attempts, a)
	d.Delivered = a.Status >= 200 && a.Status < 300
	if e.closed {
		d.Pending = false
		return
	}
	if cfg := &e.server.cfg.webhook; d.Delivered || len(d.Attempts) >= cfg.attempts {
		d.Pending = false
	} else {
		timer := time.AfterFunc(backoff(cfg.base, len(d.Attempts)), func() { e.retry(d) })
		e.waiting[d] = func() { timer.Stop() }
	}
	if e.idle != nil && e.quiet() {
		close(e.idle)
		e.idle = nil
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

// quiet is called under the lock.
func (e *Endpoint) quiet() bool { return len(e.ready)+len(e.waiting) == 0 }

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
	e.ready = nil
	for _, end := range e.waiting {
		end()
	}
	for _, d := range e.deliveries {
		d.Pending = false
	}
	close(e.finished)
}
