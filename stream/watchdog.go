package stream

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// pinger is the part of a connection that the watchdog needs.
type pinger interface {
	Ping(ctx context.Context) error
	CloseNow() error
}

// watchdog closes a connection on which nothing comes. It counts only time spent
// waiting for a frame, so that a slow consumer is not taken for a dead peer. After
// half of the limit it pings, because silence alone means nothing.
type watchdog struct {
	conn  pinger
	limit time.Duration
	// waiting is when the wait for a frame began, or the peer last answered during
	// it, as time since start; 0 while no one waits.
	waiting atomic.Int64
	start   time.Time
	expired atomic.Bool

	mu      sync.Mutex
	timer   *time.Timer
	stopped bool
	running sync.WaitGroup
}

// watch begins the watch; pings carry the values of ctx and not its end.
func watch(ctx context.Context, conn pinger, limit time.Duration) *watchdog {
	ctx = context.WithoutCancel(ctx)
	w := &watchdog{conn: conn, limit: limit, start: time.Now()}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(limit/2, func() { w.check(ctx) })
	return w
}

func (w *watchdog) begin() { w.waiting.Store(int64(time.Since(w.start)) + 1) }
func (w *watchdog) end()   { w.waiting.Store(0) }

// check runs on the timer's goroutine.
func (w *watchdog) check(ctx context.Context) {
	w.mu.Lock()
	if w.stopped {
		w.mu.Unlock()
		return
	}
	w.running.Add(1)
	w.mu.Unlock()
	defer w.running.Done()

	next := w.limit / 2
	if since := w.waiting.Load(); since != 0 {
		quiet := time.Since(w.start) - time.Duration(since)
		if quiet < w.limit/2 {
			next = w.limit/2 - quiet
		} else if !w.answers(ctx, since) {
			return
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.stopped {
		w.timer.Reset(max(next, time.Millisecond))
	}
}

// answers pings and closes the connection if nothing comes back in time, unless a
// frame came meanwhile.
func (w *watchdog) answers(ctx context.Context, since int64) bool {
	ctx, cancel := context.WithTimeout(ctx, w.limit/2)
	defer cancel()
	if w.conn.Ping(ctx) == nil {
		w.waiting.CompareAndSwap(since, int64(time.Since(w.start))+1)
		return true
	}
	if w.waiting.Load() != since {
		return true
	}
	w.expired.Store(true)
	_ = w.conn.CloseNow()
	return false
}

// stop ends the watch and waits for a ping under way; the connection must be
// closed by then.
func (w *watchdog) stop() {
	w.mu.Lock()
	w.stopped = true
	w.timer.Stop()
	w.mu.Unlock()
	w.running.Wait()
}
