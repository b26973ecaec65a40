package inbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const (
	// Retention is how long [Cleanup] keeps ids by default: 90 days.
	Retention = 90 * 24 * time.Hour

	// cleanupBatch is how many ids one statement deletes. A short statement holds its
	// locks, and in SQLite the only writer's place, for a short time.
	cleanupBatch = 1000
)

const (
	// Replicas that clean up at the same time delete different rows.
	postgresCleanup = `DELETE FROM pepay_inbox WHERE event_id IN (
	SELECT event_id FROM pepay_inbox WHERE handled_at < now() - make_interval(secs => $1::double precision)
	ORDER BY handled_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED)`

	sqliteCleanup = `DELETE FROM pepay_inbox WHERE event_id IN (
	SELECT event_id FROM pepay_inbox WHERE handled_at < CAST(strftime('%s', 'now') AS INTEGER) - ?
	ORDER BY handled_at LIMIT ?)`
)

// Cleanup deletes the ids of events that were handled longer ago than olderThan, 1,000
// at a time, and returns how many it deleted, also with an error. Zero is [Retention].
// Run it once a day, for instance; several replicas may run it at once.
//
// A duplicate that comes after its id was deleted runs again. Pepay documents neither how
// long it keeps events nor for how long it delivers one again, so keep ids generously: an
// id takes about 150 bytes with its indexes.
func Cleanup(ctx context.Context, db *sql.DB, d Dialect, olderThan time.Duration) (int64, error) {
	switch {
	case db == nil:
		return 0, fmt.Errorf("%w: inbox: Cleanup: the database is nil", pepay.ErrInvalidArgument)
	case !d.valid():
		return 0, fmt.Errorf("%w: inbox: Cleanup: unknown %s; use inbox.Postgres or inbox.SQLite", pepay.ErrInvalidArgument, d)
	case olderThan < 0:
		return 0, fmt.Errorf("%w: inbox: Cleanup: olderThan is negative: %s", pepay.ErrInvalidArgument, olderThan)
	case olderThan == 0:
		olderThan = Retention
	}
	statement := postgresCleanup
	if d == SQLite {
		statement = sqliteCleanup
	}
	for total := int64(0); ; {
		result, err := db.ExecContext(ctx, statement, olderThan.Seconds(), cleanupBatch)
		if err != nil {
			return total, fmt.Errorf("inbox: clean up: %w", err)
		}
		n, err := result.RowsAffected()
		total += n
		if err != nil || n < cleanupBatch {
			return total, err
		}
	}
}
