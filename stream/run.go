package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// run is one pass over Events, across connections.
type run struct {
	*Stream
	yield func(*pepay.Event, error) bool

	position // where the stream has got to

	connected bool      // at least once
	lost      time.Time // when the last connection ended
	attempt   int       // dials since the last healthy connection
	dials     int       // dials since the last connection

	rejections  int    // of credentials, in a row
	failures    int    // ws_error frames, in a row
	undecodable int    // frames, in a row, at the cursor below
	stuckAt     string // the cursor at which frames are undecodable
}

// position is the last handled event, or the beginning of the stream.
type position struct {
	id      string
	created time.Time // of that event, zero when not known
	began   time.Time // by Pepay's clock, when there is no such event yet
	refused bool      // Pepay does not know the event: do not ask to continue after it
}

func (r *run) loop(ctx context.Context) error {
	if err := r.opts.check(r.kind, r.token); err != nil {
		return err
	}
	if err := r.loadCursor(ctx); err != nil {
		return err
	}
	for {
		err := r.connect(ctx)
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
		if err := sleep(ctx, wait); err != nil {
			return err
		}
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
	token, err := r.credential(ctx)
	if err != nil {
		return err
	}
	since := r.id
	if r.refused {
		since = ""
	}
	conn, err := r.dial(ctx, since, token)
	if err != nil {
		return r.rejected(err, token, false)
	}
	r.log(ctx, slog.LevelDebug, "pepay: stream connected", slog.Int("dials", r.dials))
	frames, err := r.follow(ctx, conn)
	lived := time.Since(conn.opened)
	r.connected, r.lost, r.dials = true, time.Now(), 0
	if frames > 0 && lived >= r.opts.Backoff.ResetAfter {
		r.attempt = 0
	}
	return r.rejected(err, token, true)
}

// credential takes a fresh token before each dial. Nil means the API key.
func (r *run) credential(ctx context.Context) (*pepay.WSToken, error) {
	switch {
	case r.token != "":
		return &pepay.WSToken{Token: r.token}, nil
	case r.opts.Source != nil:
		return r.opts.Source.Token(ctx)
	}
	return nil, nil
}

// rejected sees to it that a credential that was not accepted is not used again,
// and turns the second rejection in a row into the end. A token that expired on
// an open stream was not rejected: the next dial takes a fresh one anyway.
func (r *run) rejected(err error, token *pepay.WSToken, open bool) error {
	if decide(err) != authenticate {
		if open {
			r.rejections = 0 // it was accepted, whether or not anything came
		}
		return err
	}
	if open && token != nil && !token.ExpiresAt.IsZero() && !time.Now().Before(token.ExpiresAt.Time) {
		r.rejections = 0
		return fmt.Errorf("stream: the token expired: %w", expired{err})
	}
	if invalidator, ok := r.opts.Source.(interface{ Invalidate(*pepay.WSToken) bool }); ok && token != nil {
		invalidator.Invalidate(token)
	}
	r.rejections++
	if r.rejections > 1 || r.token != "" {
		return endError{fmt.Errorf("%w: %w", ErrUnauthorized, err)}
	}
	return err
}

// expired hides what an error is about, so that it can pass.
type expired struct{ cause error }

func (e expired) Error() string { return e.cause.Error() }

// next decides what follows the end of a connection: how long to wait, or the
// error that ends the stream.
func (r *run) next(err error) (time.Duration, error) {
	verdict := decide(err)
	if verdict == fatal {
		var end endError
		if errors.As(err, &end) {
			err = end.error
		}
		return 0, err
	}
	var (
		failure *ServerError
		garbled *undecodableError
		refused *handshakeError
	)
	var floor time.Duration
	switch {
	case verdict == authenticate: // rejected counts these
	case errors.As(err, &failure):
		r.failures++
		if r.failures >= maxServerErrors {
			return 0, failure
		}
	case errors.As(err, &garbled):
		if r.stuckAt != r.id {
			r.undecodable, r.stuckAt = 0, r.id
		}
		r.undecodable++
		if r.undecodable >= maxUndecodable {
			return 0, err
		}
	case errors.As(err, &refused):
		floor = refused.retryAfter
	}
	r.setState(StateWaiting, err)
	wait := r.opts.Backoff.wait(r.attempt, floor)
	r.attempt++
	return wait, nil
}

// deliver hands an event to the loop. When the loop asks for the next one, it has
// been handled and the cursor moves.
func (r *run) deliver(ctx context.Context, ev *pepay.Event) error {
	id, created := ev.ID, ev.Created.Time // the loop may change the event
	if !r.yield(ev, nil) {
		return errLeft
	}
	r.position = position{id: id, created: created}
	r.failures, r.rejections = 0, 0
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

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
