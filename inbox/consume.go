package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

const (
	firstPause = 50 * time.Millisecond
	maxPause   = time.Second
	// maxOutage is how long a database that fails is tried.
	maxOutage = 2 * time.Minute
)

// Consume follows a stream and runs fn exactly once per event, one after the other: in
// the transaction that records the event, which it commits when fn returns nil. The
// stream's cursor moves after the commit. An event that was handled before, by another
// replica or a webhook for instance, is skipped. fn uses tx, and leaves its end to
// Consume.
//
// Consume ends with an error, never nil: that of fn, whose transaction is rolled back
// and whose event comes again with the next Consume; the stream's, see
// [stream.Stream.Events]; or that of the database. When another transaction is at work
// on the event, Consume waits for it, however long, and looks again every 50 ms to 1 s.
// When the database fails in a way that may pass (it restarts, the connection breaks,
// transactions conflict), Consume tries again, fn included, for up to 2 min. If the
// table cannot be read at the start, it ends at once.
//
// With stream.Options.Lease, one replica at a time consumes. The lease decides who does
// the work, and the inbox that it is done once.
func Consume(ctx context.Context, s *stream.Stream, db *sql.DB, d Dialect, fn func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error) error {
	c, err := newConsumer(db, d, fn)
	if err != nil {
		return err
	}
	if s == nil {
		return fmt.Errorf("%w: inbox: the stream is nil", pepay.ErrInvalidArgument)
	}
	if _, err := db.ExecContext(ctx, `SELECT 1 FROM pepay_inbox WHERE event_id = ''`); err != nil {
		return recordError(d, err)
	}
	for ev, err := range s.Events(ctx) {
		if err == nil {
			err = c.persist(ctx, ev)
		}
		if err != nil {
			return err
		}
	}
	return errors.New("inbox: the stream ended without an error")
}

// persist handles an event, and tries again when only the time is wrong.
func (c *consumer) persist(ctx context.Context, ev *pepay.Event) error {
	var failing time.Time // since when the database fails
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		err := c.once(ctx, ev)
		switch {
		case err == nil, errors.Is(err, webhook.ErrDuplicate):
			return nil
		case errors.Is(err, ErrInProgress):
			failing = time.Time{}
		case !errors.Is(err, webhook.ErrUnavailable):
			return err
		case failing.IsZero():
			failing = time.Now()
		case time.Since(failing) >= maxOutage:
			return err
		}
		if err := sleep(ctx, pause/2+rand.N(pause/2)); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
