package stream

import (
	"context"
	"log/slog"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// follow catches up and then reads one connection to its end. It returns the
// number of frames that came and why there are no more.
func (r *run) follow(ctx context.Context, conn *connection) (frames int, err error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.ws.CloseNow() })
	dog := watch(ctx, conn.ws, r.opts.IdleTimeout)
	defer func() {
		stop()
		_ = conn.ws.CloseNow() // Close would wait for a peer that may be gone
		dog.stop()
		r.log(ctx, slog.LevelInfo, "pepay: stream disconnected", slog.Duration("lived", time.Since(conn.opened)), slog.String("error", errorText(err)))
	}()

	catching, err := r.catchUp(ctx, conn)
	if err != nil {
		return 0, err
	}
	defer catching.stop()

	uncancelled := context.WithoutCancel(ctx)
	for {
		dog.begin()
		catching.wait()
		data, err := conn.read(uncancelled)
		dog.end()
		catching.read()
		if err != nil {
			if ctx.Err() != nil {
				return frames, ctx.Err()
			}
			return frames, readError(err, dog.expired.Load(), r.opts.IdleTimeout, secretOf(conn.token))
		}
		f, err := decodeFrame(data)
		if err != nil {
			return frames, &undecodableError{err}
		}
		frames++
		switch {
		case f.event != nil:
			err = r.receive(ctx, catching, f.event)
		case f.control != nil:
			r.control(*f.control)
		case f.failure != nil:
			f.failure.Code = redact(f.failure.Code, secretOf(conn.token))
			f.failure.Message = redact(f.failure.Message, secretOf(conn.token))
			frames-- // a farewell is no sign of health
			err = f.failure
			// Once may be chance; twice, about a cursor that the Events API does not know
			// either, it is the cursor.
			r.refused = r.refused || (catching.unknown() && r.failures > 0)
		}
		if err != nil {
			return frames, err
		}
	}
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

func secretOf(token *pepay.WSToken) pepay.Secret {
	if token == nil {
		return ""
	}
	return token.Token
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return oneLine(err.Error())
}
