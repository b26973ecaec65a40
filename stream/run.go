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

// run is one range over Events, across connections, or one term of it.
type run struct {
	*Stream
	yield func(*pepay.Event, error) bool
	term  *term // of the lease; nil without one

	dials      int           // since the last connection
	listOutage time.Duration // how long the Events API has failed while it was asked
	overlooked time.Time     // when the oldest event was created that an audit found missing

	auditFrom time.Time // up to here, nothing is missing
	nextAudit time.Time

	tally
	unreadable   unreadable
	dialled      *pepay.WSToken // of the last dial, nil for an API key
	since        string         // of the last dial
	withoutSince bool           // the next dial does not ask for a replay
	open         bool           // the last dial succeeded
}

func (r *run) loop(ctx context.Context) error {
	if r.client == nil {
		return fmt.Errorf("%w: stream: the client is nil", wrapper.ErrInvalidArgument)
	}
	if err := r.opts.check(r.kind, r.session); err != nil {
		return err
	}
	if r.opts.Lease != nil {
		return r.takeTurns(ctx)
	}
	if err := r.loadPosition(ctx); err != nil {
		return err
	}
	return r.connections(ctx)
}

// connections dials again and again.
func (r *run) connections(ctx context.Context) error {
	for {
		err := r.connect(ctx)
		r.panicAgain()
		if errors.Is(err, errLeft) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, errDialAgain) || errors.Is(err, errOverlooked) {
			continue
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

// connect dials and follows one connection to its end. It returns the reason for the
// end and never nil.
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
	defer func() { _ = conn.ws.CloseNow() }() // also when a callback panics before it is followed
	r.open, r.upgraded = true, true
	r.clock = serverClock{conn.date, conn.opened}
	r.log(ctx, slog.LevelDebug, "pepay: stream connected", slog.Int("dials", r.dials))
	err = r.follow(ctx, conn)
	r.lag.disconnected(r.State())
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

func (r *run) log(ctx context.Context, level slog.Level, message string, attrs ...slog.Attr) {
	if r.opts.Logger != nil {
		r.opts.Logger.LogAttrs(ctx, level, message, append([]slog.Attr{slog.String("stream", r.kind.name)}, attrs...)...)
	}
}
