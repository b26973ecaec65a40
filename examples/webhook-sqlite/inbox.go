package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

// inbox handles each event exactly once. It records that an event was handled in the
// transaction that has the event's effects, so that either both are in the database or
// neither is. Pepay delivers again until it gets a 2xx.
//
// A crash can come at these points, and Pepay then delivers again:
//
//	before the claim           nothing has happened
//	after the claim            the lease runs out, the next delivery handles the event
//	within the transaction     the database rolls it back; as above
//	after the transaction,     the event is in handled: the next delivery is answered
//	before the answer          with 200 and runs nothing
//
// The claims only save work: they keep deliveries that come at the same time from
// running fn twice. Correctness does not depend on them. When a lease runs out while
// its holder is still at work, two deliveries run fn, and the second one finds the
// event in handled and does nothing. Keep leases short: an event whose holder died
// is refused until its lease has run out, and Pepay must not have given up by then.
type inbox struct {
	db    *sql.DB
	lease time.Duration
}

// newInbox makes the tables. Rows of handled that are older than anything Pepay still
// delivers may be deleted.
func newInbox(ctx context.Context, db *sql.DB, lease time.Duration) (*inbox, error) {
	_, err := db.ExecContext(ctx, `
		CREATE TABLE IF NOT EXISTS handled (event_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS claims (event_id TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;`)
	return &inbox{db: db, lease: lease}, err
}

// handler is the endpoint. fn does all of its work in tx.
func (in *inbox) handler(v *webhook.Verifier, fn func(context.Context, *sql.Tx, *pepay.Event) error, opts ...webhook.HandlerOption) http.Handler {
	return v.Handler(in.once(fn), append(opts, webhook.WithDeduper(in))...)
}

// once runs fn in the transaction that says that the event was handled.
func (in *inbox) once(fn func(context.Context, *sql.Tx, *pepay.Event) error) func(context.Context, *pepay.Event) error {
	return func(ctx context.Context, ev *pepay.Event) (err error) {
		id := ev.ID // fn may change the event
		tx, err := in.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { // also when fn panics
			if rollback := tx.Rollback(); !errors.Is(rollback, sql.ErrTxDone) {
				err = errors.Join(err, rollback)
			}
		}()
		first, err := changed(tx.ExecContext(ctx, `INSERT INTO handled (event_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, time.Now().UnixMilli()))
		if err != nil {
			return err
		}
		if first { // else another delivery was faster, and the work is done
			if err := fn(ctx, tx, ev); err != nil {
				return err
			}
		}
		// The claim is not needed any more. To delete it here saves a transaction.
		if _, err := tx.ExecContext(ctx, `DELETE FROM claims WHERE event_id = ?`, id); err != nil {
			return err
		}
		return tx.Commit()
	}
}

// Claim takes the lease when it is free or the holder's own and the event was not
// handled, in one statement: an event in handled never gets a claim that nobody
// would remove. Else it says why not.
func (in *inbox) Claim(ctx context.Context, eventID, holder string) (webhook.Claim, error) {
	now := time.Now()
	ours, err := changed(in.db.ExecContext(ctx, `
		INSERT INTO claims (event_id, holder, until)
		SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM handled WHERE event_id = ?1)
		ON CONFLICT (event_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
		WHERE until <= ?4 OR holder = excluded.holder`,
		eventID, holder, now.Add(in.lease).UnixMilli(), now.UnixMilli()))
	switch {
	case err != nil:
		return 0, err
	case ours:
		return webhook.Claimed, nil
	}
	var done bool
	if err := in.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM handled WHERE event_id = ?)`, eventID).Scan(&done); err != nil {
		return 0, err
	}
	if done {
		return webhook.Done, nil
	}
	return webhook.InProgress, nil
}

// Commit has nothing to do: the transaction of once did it, together with the
// effects. To record it here, after that transaction, would be too late for a crash
// in between. A claim that was lost does no harm, because the event is in handled.
func (in *inbox) Commit(context.Context, string, string) error { return nil }

// Release lets the next delivery try at once.
func (in *inbox) Release(ctx context.Context, eventID, holder string) error {
	_, err := in.db.ExecContext(ctx, `DELETE FROM claims WHERE event_id = ? AND holder = ?`, eventID, holder)
	return err
}

func changed(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
