package stream

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// quietAfter is how long nothing comes until a replay counts as over. Pepay does
// not document a mark for its end.
const quietAfter = time.Second

// catchUp is a resume from the dial until it is known what was replayed, which
// is told once. On a first connection without a cursor there is nothing to tell.
type catchUp struct {
	stream *Stream
	until  time.Time           // by Pepay's clock: events up to here are replay
	listed map[string]struct{} // delivered from the list, and maybe replayed too

	mu     sync.Mutex
	told   bool
	resume Resume
	lost   bool // Pepay does not know the cursor
	quiet  *time.Timer
}

// catchUp delivers what the Events API lists since the position, before any frame
// is read: both are in order, and what is replayed as well is dropped then.
func (r *run) catchUp(ctx context.Context, conn *connection) (*catchUp, error) {
	c := &catchUp{stream: r.Stream, until: conn.date, listed: map[string]struct{}{}}
	if r.id == "" && !r.connected {
		r.began = conn.date
		c.told = true
		r.setState(StateLive, nil)
		return c, nil
	}
	r.setState(StateReplaying, nil)
	c.resume = Resume{Since: r.id, Attempt: r.dials}
	if r.connected {
		c.resume.Downtime = conn.opened.Sub(r.lost)
	}
	missed := r.missed(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c.lost = missed.unknown
	c.resume.Gap, c.resume.Reason = missed.reason != "", missed.reason
	if c.resume.Gap && r.opts.StopOnGap {
		c.report(false)
		return nil, endError{fmt.Errorf("%w: %s", ErrGap, missed.reason)}
	}
	if r.refused && r.began.IsZero() {
		r.began = conn.date
	}
	for _, ev := range missed.events {
		if r.handled.has(ev.ID) {
			c.resume.Duplicates++
			continue
		}
		c.listed[ev.ID] = struct{}{}
		c.resume.Backfilled++
		if err := r.deliver(ctx, ev); err != nil {
			c.report(false)
			return nil, err
		}
	}
	c.quiet = time.AfterFunc(quietAfter, func() { c.stream.guard(context.WithoutCancel(ctx), c.tell) })
	return c, nil
}

// drop counts an event of the connection and reports whether it went through
// before.
func (c *catchUp) drop(ev *pepay.Event, handled bool) bool {
	_, listed := c.listed[ev.ID]
	delete(c.listed, ev.ID)
	c.mu.Lock()
	told := c.told
	switch {
	case listed && !told:
		c.resume.Replayed++
		c.resume.Backfilled--
	case handled && !listed:
		c.resume.Duplicates++
	case !handled && !told && !ev.Created.After(c.until):
		c.resume.Replayed++
	}
	c.mu.Unlock()
	if !told && !handled && !listed && ev.Created.After(c.until) {
		c.tell()
	}
	if told && c.quiet != nil {
		c.quiet.Stop()
		c.quiet = nil // nothing left to wait for
	}
	return handled || listed
}

// gap adds a possible gap to what is told, or tells it at once when the resume was
// told before.
func (c *catchUp) gap(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.told {
		c.resume.Gap = true
		if c.resume.Reason == "" {
			c.resume.Reason = reason
		}
		return
	}
	c.stream.resumed(Resume{Since: c.stream.Cursor(), Attempt: 1, Gap: true, Reason: reason})
}

// wait and read surround the wait for a frame: only that counts as quiet.
func (c *catchUp) wait() {
	if c.quiet != nil {
		c.quiet.Reset(quietAfter)
	}
}

func (c *catchUp) read() {
	if c.quiet != nil && !c.quiet.Stop() {
		c.tell() // unless the timer does so just now
		c.quiet = nil
	}
}

func (c *catchUp) stop() {
	if c.quiet != nil {
		c.quiet.Stop()
		c.report(false) // an interrupted replay is told as far as it got
	}
}

func (c *catchUp) unknown() bool { return c.lost }

// tell reports that the stream has caught up.
func (c *catchUp) tell() { c.report(true) }

// report tells how the stream resumed, once, and that it is live, unless it ended
// before.
func (c *catchUp) report(live bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told {
		return
	}
	c.told = true
	if live {
		c.stream.setState(StateLive, nil)
	}
	c.stream.resumed(c.resume)
}
