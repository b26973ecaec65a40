package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

// grace is how long a transaction may go on once its context has ended: Pepay hangs up
// after a time of its own, and a function that is done then shall still be committed.
const grace = 10 * time.Second

// patience is how long the database may take to answer a statement of this package, and
// to give a connection. When the network is cut, nobody may say so for many minutes.
const patience = 30 * time.Second

// consumer runs fn in the transaction that records the event.
type consumer struct {
	db      *sql.DB
	dialect Dialect
	fn      func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error
}

func newConsumer(db *sql.DB, d Dialect, fn func(context.Context, *sql.Tx, *pepay.Event) error) (*consumer, error) {
	var problem string
	switch {
	case db == nil:
		problem = "the database is nil"
	case !d.valid():
		problem = "unknown " + d.String() + "; use inbox.Postgres or inbox.SQLite"
	case fn == nil:
		problem = "the function is nil"
	default:
		return &consumer{db: db, dialect: d, fn: fn}, nil
	}
	return nil, fmt.Errorf("%w: inbox: %s", pepay.ErrInvalidArgument, problem)
}

// once handles an event that was not handled before. Its error is fn's own,
// webhook.ErrDuplicate, ErrInProgress or, when the database failed in a way that may
// pass, webhook.ErrUnavailable. With any error, nothing has happened; only when the
// commit failed, that is not known.
func (c *consumer) once(ctx context.Context, ev *pepay.Event) (err error) {
	tx, cancel, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	defer func() { // also when fn panics
		if lost := tx.Rollback(); lost != nil && !errors.Is(lost, sql.ErrTxDone) && err != nil {
			err = databaseError{err} // fn probably failed because the connection is gone
		}
	}()
	first, err := c.record(ctx, tx, ev.ID)
	switch {
	case errors.Is(err, ErrInProgress), errors.Is(err, pepay.ErrInvalidArgument):
		return err
	case err != nil:
		return databaseError{err}
	case !first:
		return webhook.ErrDuplicate
	}
	own := *ev // fn may change it, and may be called again
	if err := c.fn(ctx, tx, &own); err != nil {
		if mayPass(err) || c.dialect == SQLite && isBusy(err) {
			return databaseError{err}
		}
		return err
	}
	return commit(tx, cancel)
}

func (c *consumer) record(ctx context.Context, tx *sql.Tx, eventID string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return First(ctx, c.dialect, execIn(tx), eventID)
}

// begin waits for a connection until ctx ends. The transaction may go on for a while
// after that; cancel ends it.
func (c *consumer) begin(ctx context.Context) (tx *sql.Tx, cancel func(), err error) {
	own, end := context.WithCancel(context.WithoutCancel(ctx))
	gone, late := context.AfterFunc(ctx, end), time.AfterFunc(patience, end)
	var opts *sql.TxOptions
	if c.dialect == Postgres { // whatever the server's default is
		opts = &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	}
	tx, err = c.db.BeginTx(own, opts)
	inTime := late.Stop()
	if (!gone() || !inTime) && err == nil {
		err = errors.Join(context.Canceled, tx.Rollback())
	}
	if err != nil {
		if !inTime {
			err = fmt.Errorf("no answer within %s: %w", patience, err)
		}
		end()
		if c.dialect == SQLite && isBusy(err) {
			return nil, nil, fmt.Errorf("%w: %w", ErrInProgress, err)
		}
		return nil, nil, databaseError{fmt.Errorf("inbox: begin: %w", err)}
	}
	detach := context.AfterFunc(ctx, func() { time.AfterFunc(grace, end) })
	return tx, func() { detach(); end() }, nil
}

// commit commits, and cancels the transaction when there is no answer.
func commit(tx *sql.Tx, cancel func()) error {
	late := time.AfterFunc(patience, cancel)
	err := tx.Commit()
	inTime := late.Stop()
	switch {
	case err == nil:
		return nil
	case !inTime:
		err = fmt.Errorf("no answer within %s: %w", patience, err)
	case errors.Is(err, sql.ErrTxDone):
		return errors.New("inbox: the function ended the transaction; leave Commit and Rollback to inbox")
	}
	return databaseError{fmt.Errorf("inbox: commit: %w", err)}
}

func execIn(tx *sql.Tx) func(context.Context, string, ...any) (int64, error) {
	return func(ctx context.Context, query string, args ...any) (int64, error) {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}
}
