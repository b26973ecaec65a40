package stream

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// follow catches up, then reads one connection to its end, and returns the reason for
// it.
func (r *run) follow(ctx context.Context, conn *connection) (err error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.ws.CloseNow() })
	dog := watch(ctx, conn, r.opts.IdleTimeout, r.opts.Backoff.ResetAfter)
	unguard := r.closeOnPanic(conn.ws)
	defer func() {
		stop()
		_ = conn.ws.CloseNow() // Close would wait for a peer that may be gone
		dog.stop()
		unguard()
		r.log(ctx, slog.LevelInfo, "pepay: stream disconnected", slog.Duration("lived", time.Since(conn.opened)), slog.String("error", r.errorText(err)))
	}()

	catching, err := r.catchUp(ctx, conn)
	if err != nil {
		return err
	}
	defer catching.stop()
	audit := r.startAudit(ctx, conn)
	defer audit.stop()

	uncancelled := context.WithoutCancel(ctx)
	for {
		catching.wait()
		audit.begin()
		data, err := conn.read(uncancelled)
		audit.end()
		catching.read()
		if err != nil {
			r.panicAgain() // a callback's panic closed the connection
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if audit.alarmed() {
				return errOverlooked
			}
			if dog.endless.Load() {
				return &endlessFrameError{frameLimits * r.opts.IdleTimeout}
			}
			return readError(err, dog.expired.Load(), r.opts.IdleTimeout)
		}
		f, err := decodeFrame(data)
		if err != nil {
			if !r.stepsOver() {
				return &unreadableFrameError{err}
			}
			if err := r.skipped(catching, err); err != nil {
				return err
			}
			continue
		}
		f.clean(&r.secrets)
		switch {
		case f.event != nil:
			conn.brought.Store(true)
			err = r.receive(ctx, catching, f.event)
		case f.control != nil:
			conn.brought.Store(true)
			r.control(*f.control)
		case f.failure != nil: // says nothing about the health of the connection
			err = f.failure
			// Once may be chance; twice, about a cursor that the Events API does not know
			// either, it is the cursor.
			r.refused = r.refused || (catching.unknown() && r.serverErrors > 0)
		}
		if err != nil {
			return err
		}
	}
}

// skipped reports a gap in place of a frame that cannot be read, once at each
// cursor.
func (r *run) skipped(catching *catchUp, cause error) error {
	if r.unreadable.count > maxUnreadable {
		return nil
	}
	reason := fmt.Sprintf("a frame after %q cannot be read: %v", r.id, cause)
	catching.gap(oneLine(reason))
	if r.opts.StopOnGap {
		return endError{fmt.Errorf("%w: %s", ErrGap, oneLine(reason))}
	}
	return nil
}

// receive drops an event that went through before and delivers any other.
func (r *run) receive(ctx context.Context, catching *catchUp, ev *pepay.Event) error {
	if catching.drop(ev, r.handled.has(ev.ID)) {
		return nil
	}
	return r.deliver(ctx, ev)
}

func (r *run) control(c Control) {
	if r.opts.Observer.OnControl == nil {
		return
	}
	r.observing.Lock()
	defer r.observing.Unlock()
	r.opts.Observer.OnControl(c)
}

func (r *run) errorText(err error) string {
	if err == nil {
		return ""
	}
	return oneLine(r.secrets.redactError(err).Error())
}
