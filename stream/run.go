package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// run is one pass over Events, across connections.
type run struct {
	*Stream
	yield func(*pepay.Event, error) bool

	position // where the stream has got to

	connected bool      // at least once
	lost      time.Time // when the last connection ended
	dials     int       // since the last connection

	tally
	unreadable   unreadable
	dialled      *pepay.WSToken // of the last dial, nil for an API key
	since        string         // of the last dial
	withoutSince bool           // the next dial does not ask for a replay
	open         bool           // the last dial succeeded
}

// position is the last handled event, or the beginning of the stream.
type position struct {
	id      string
	created time.Time // of that event, zero when not known
	began   time.Time // by Pepay's clock, when there is no such event yet
	refused bool      // Pepay does not know the event: do not ask to continue after it
}

func (r *run) loop(ctx context.Context) error {
	if r.client == nil {
		return fmt.Errorf("%w: stream: the client is nil", wrapper.ErrInvalidArgument)
	}
	if err := r.opts.check(r.kind, r.session); err != nil {
		return err
	}
	if err := r.loadCursor(ctx); err != nil {
		return err
	}
	for {
		err := r.connect(ctx)
		r.panicAgain()
		if errors.Is(err, errLeft) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		wait, err := r.next(err)
		if err != nil {
			return err
		}
		if err := wait.wait(ctx, r.woken); err != nil {
			return err
		}
		r.panicAgain()
	}
}

func (r *run) loadCursor(ctx context.Context) error {
	r.id = r.Cursor()
	if r.id == "" && r.opts.Cursor != nil {
		id, err := r.opts.Cursor.Load(ctx)
		if err != nil {
			return fmt.Errorf("stream: loading the cursor: %w", err)
		}
		r.id = id
	}
	if r.id == "" {
		r.id = r.opts.Since
	}
	r.setCursor(r.id)
	return nil
}

// connect dials and follows one connection to its end. It always returns why that
// came.
func (r *run) connect(ctx context.Context) error {
	r.setState(StateConnecting, nil)
	r.dials++
	r.open, r.dialled = false, nil
	token, err := r.credential(ctx)
	if err != nil {
		return err
	}
	r.dialled, r.since = token, r.id
	if r.refused || r.withoutSince {
		r.since, r.withoutSince = "", false
	}
	conn, err := r.dial(ctx, r.since, token)
	if err != nil {
		return err
	}
	r.open = true
	r.upgraded = true
	r.log(ctx, slog.LevelDebug, "pepay: stream connected", slog.Int("dials", r.dials))
	err = r.follow(ctx, conn)
	r.connected, r.lost, r.dials = true, time.Now(), 0
	if conn.healthy(r.opts.Backoff.ResetAfter) {
		r.tally = tally{}
	}
	return err
}

// credential takes a fresh token before each dial. Nil means the API key.
func (r *run) credential(ctx context.Context) (*pepay.WSToken, error) {
	switch {
	case r.session != nil:
		return &pepay.WSToken{Token: r.session()}, nil
	case r.opts.Source == nil:
		return nil, nil
	}
	token, err := r.opts.Source.Token(ctx)
	if err == nil && (token == nil || token.Token == "") {
		err = errNoToken
	}
	if err != nil {
		return nil, &sourceError{err}
	}
	r.secrets.add(token.Token.Reveal())
	return token, nil
}

// deliver hands an event to the loop. When the loop asks for the next one, it has
// been handled and the cursor moves.
func (r *run) deliver(ctx context.Context, ev *pepay.Event) error {
	id, created := ev.ID, ev.Created.Time // the loop may change the event
	r.logUndecoded(ctx, ev)
	if !r.yield(ev, nil) {
		return errLeft
	}
	r.position = position{id: id, created: created}
	r.serverErrors, r.rejections = 0, 0
	r.handled.add(id, r.opts.DedupeWindow)
	r.setCursor(id)
	if r.opts.Cursor != nil {
		if err := r.opts.Cursor.Save(context.WithoutCancel(ctx), id); err != nil {
			return endError{fmt.Errorf("stream: saving the cursor %s: %w", oneLine(id), err)}
		}
	}
	return ctx.Err()
}

func (r *run) log(ctx context.Context, level slog.Level, message string, attrs ...slog.Attr) {
	if r.opts.Logger != nil {
		r.opts.Logger.LogAttrs(ctx, level, message, append([]slog.Attr{slog.String("stream", r.kind.name)}, attrs...)...)
	}
}
