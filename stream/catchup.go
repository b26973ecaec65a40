package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// quietAfter is how long nothing comes until a replay counts as over. Pepay does
// not document a mark for its end.
const quietAfter = time.Second

// minNewEvents is the least number of listed events after which a connection is
// given up, however small the window is.
const minNewEvents = 32

// errDialAgain ends a connection whose replay the window cannot tell from new
// events any more. The next dial, at once, resumes after what was handed out.
var errDialAgain = errors.New("stream: dial again from the new position")

// catchUp is a resume from the dial until it is known what was replayed, which
// is told once. On a first connection without a cursor there is nothing to tell.
type catchUp struct {
	stream *Stream
	until  time.Time           // by Pepay's clock: events up to here are replay
	listed map[string]struct{} // handed out from the list, and maybe replayed too

	mu     sync.Mutex
	told   bool
	resume Resume
	lost   bool // Pepay does not know the cursor
	quiet  *time.Timer
}

// catchUp hands out what the Events API lists and the stream has not handled,
// before any frame is read: both are in order, and what is replayed as well is
// dropped then.
func (r *run) catchUp(ctx context.Context, conn *connection) (*catchUp, error) {
	c := &catchUp{stream: r.Stream, until: conn.date, listed: map[string]struct{}{}}
	if r.id == "" && r.began.IsZero() {
		if err := r.begin(ctx, conn.date.Truncate(time.Second)); err != nil {
			return nil, err
		}
		c.told = true
		r.setState(StateLive, nil)
		return c, nil
	}
	r.setState(StateReplaying, nil)
	c.resume = Resume{Since: r.id, Attempt: r.dials}
	if r.connected {
		c.resume.Downtime = conn.opened.Sub(r.lost)
	}
	if r.refused && r.began.IsZero() {
		r.began = conn.date.Truncate(time.Second)
	}
	missed, err := r.missed(ctx)
	if err != nil {
		return nil, err
	}
	c.lost = missed.unknown
	err = r.noteGap(c, missed)
	if err == nil {
		err = r.handOut(ctx, conn, c, missed)
	}
	if err != nil {
		c.report(false)
		return nil, err
	}
	c.quiet = time.AfterFunc(quietAfter, func() { c.stream.guard(context.WithoutCancel(ctx), c.tell) })
	return c, nil
}

// noteGap takes over why events may be missing. With StopOnGap that is the end.
func (r *run) noteGap(c *catchUp, missed *backlog) error {
	c.resume.Gap, c.resume.Reason = missed.reason != "", missed.reason
	if c.resume.Gap && r.opts.StopOnGap {
		return endError{fmt.Errorf("%w: %s", ErrGap, missed.reason)}
	}
	return nil
}

// handOut delivers the backlog, oldest first. Pepay replays on the connection what
// the list has: more of that than the window safely remembers would come twice, so
// the connection is closed then, and another one dialled when all is delivered.
func (r *run) handOut(ctx context.Context, conn *connection, c *catchUp, missed *backlog) error {
	if r.held != nil { // the loop was left with the stream's first event in hand
		again := *r.held
		if err := r.deliver(ctx, &again); err != nil {
			return err
		}
	}
	most := max(r.opts.DedupeWindow/2, minNewEvents)
	for {
		events, err := missed.next(ctx)
		if err != nil {
			return err
		}
		if err := r.noteGap(c, missed); err != nil {
			return err
		}
		if events == nil {
			break
		}
		for i, ev := range events {
			events[i] = nil // the loop may keep it, the backlog does not
			if missed.isHandled(ev) {
				c.resume.Duplicates++
				continue
			}
			missed.latest = ev.ID
			c.resume.Backfilled++
			if c.resume.Backfilled <= most {
				c.listed[ev.ID] = struct{}{}
			} else if c.listed != nil {
				c.listed = nil
				_ = conn.ws.CloseNow()
			}
			if err := r.deliver(ctx, ev); err != nil {
				return err
			}
		}
	}
	r.overlooked = time.Time{}
	if c.listed == nil {
		return errDialAgain
	}
	return nil
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
