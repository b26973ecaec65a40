package stream

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// watchedBody is the connection under a WebSocket, and knows for how long a read
// has been waiting for bytes. Bytes of any kind end that: a part of a long frame
// on a slow link as well as a pong. Time in which nobody reads does not count, so
// that a slow consumer is not taken for a dead peer.
type watchedBody struct {
	io.ReadWriteCloser
	start time.Time
	// waiting is when the read in progress began, as time since start; 0 while there
	// is none.
	waiting atomic.Int64
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.waiting.Store(int64(time.Since(b.start)) + 1)
	defer b.waiting.Store(0)
	return b.ReadWriteCloser.Read(p)
}

// quiet is how long the read in progress has been waiting, and which one it is; 0
// and 0 when nobody reads.
func (b *watchedBody) quiet() (quiet time.Duration, read int64) {
	read = b.waiting.Load()
	if read == 0 {
		return 0, 0
	}
	return time.Since(b.start) - time.Duration(read), read
}

// watched is the part of a connection that the watchdog needs.
type watched interface {
	ping(ctx context.Context) error
	quiet() (quiet time.Duration, read int64)
	// framesRead is odd while a frame is being read.
	framesRead() uint64
	closeNow()
}

func (c *connection) ping(ctx context.Context) error {
	err := c.ws.Ping(ctx)
	if err == nil {
		c.brought.Store(true)
	}
	return err
}

func (c *connection) quiet() (time.Duration, int64) { return c.body.quiet() }
func (c *connection) framesRead() uint64            { return c.frames.Load() }
func (c *connection) closeNow()                     { _ = c.ws.CloseNow() }

// frameLimits is how many times the limit one frame may take: an hour by default. On a
// slow link a frame is late; fragments that never end look like one.
const frameLimits = 60

// watchdog closes a connection on which nothing comes for the limit. After half of
// it the watchdog pings, because silence alone means nothing. It also closes a
// connection on which a frame never ends.
type watchdog struct {
	conn    watched
	limit   time.Duration
	expired atomic.Bool // nothing came
	endless atomic.Bool // a frame did not end

	// These belong to the timer's goroutine.
	pingAfter  time.Duration // of quiet
	frame      uint64        // what framesRead was at frameSince
	frameSince time.Time

	mu      sync.Mutex
	timer   *time.Timer
	stopped bool
	running sync.WaitGroup
}

// watch begins the watch; pings carry the values of ctx and not its end. The first
// ping comes early enough to show before resetAfter has passed that the connection
// is healthy.
func watch(ctx context.Context, conn watched, limit, resetAfter time.Duration) *watchdog {
	ctx = context.WithoutCancel(ctx)
	w := &watchdog{conn: conn, limit: limit, pingAfter: min(limit, resetAfter) / 2}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(w.pingAfter, func() { w.check(ctx) })
	return w
}

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

	if w.frameIsEndless() {
		w.endless.Store(true)
		w.conn.closeNow()
		return
	}
	next := w.pingAfter
	if quiet, read := w.conn.quiet(); read != 0 {
		if quiet < w.pingAfter {
			next = w.pingAfter - quiet
		} else if !w.answers(ctx, quiet, read) {
			return
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.stopped {
		w.timer.Reset(max(next, time.Millisecond))
	}
}

// frameIsEndless reports whether one frame has been read for too long.
func (w *watchdog) frameIsEndless() bool {
	if frame := w.conn.framesRead(); frame != w.frame || frame%2 == 0 {
		w.frame, w.frameSince = frame, time.Now()
		return false
	}
	return time.Since(w.frameSince) >= frameLimits*w.limit
}

// answers pings, and closes the connection unless bytes come before the limit.
func (w *watchdog) answers(ctx context.Context, quiet time.Duration, read int64) bool {
	ctx, cancel := context.WithTimeout(ctx, w.limit-quiet)
	defer cancel()
	if w.conn.ping(ctx) == nil {
		w.pingAfter = w.limit / 2
		return true
	}
	if _, now := w.conn.quiet(); now != read || ctx.Err() == nil {
		return true // bytes came, or the connection has ended otherwise
	}
	w.expired.Store(true)
	w.conn.closeNow()
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
