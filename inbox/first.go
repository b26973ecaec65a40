package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pepaylabs/pepay-go"
)

// maxIDBytes is the longest id that is recorded, far more than Pepay's have.
const maxIDBytes = 1024

const (
	// As SET LOCAL, where the session has no value of its own. The idle time is below
	// the 5 s within which a suspended replica is to be replaced.
	postgresTimeouts = `SELECT set_config(name, value, true)
FROM (VALUES ('lock_timeout', '3s'), ('idle_in_transaction_session_timeout', '4s')) AS defaults (name, value)
WHERE current_setting(name) = '0'`

	// The lock is taken before the row is inserted, so the insert meets no row that
	// another transaction has not committed, and does not wait. ON CONFLICT looks at the index as it is
	// then: it also finds a row that was committed after this statement's snapshot.
	postgresClaim = `INSERT INTO pepay_inbox (event_id)
SELECT $1::text WHERE pg_try_advisory_xact_lock($2::bigint)
ON CONFLICT DO NOTHING`

	// A statement of its own, because it needs a snapshot taken after the claim. If the
	// other transaction has committed meanwhile, the event is handled and not in progress.
	postgresHandled = `SELECT 1 FROM pepay_inbox WHERE event_id = $1::text`

	sqliteClaim = `INSERT INTO pepay_inbox (event_id) VALUES (?) ON CONFLICT DO NOTHING`
)

// First records an event in the caller's transaction, and reports whether it is the
// first to do so: then do the work in the same transaction, and commit. False means that
// the event was handled before, and there is nothing to do. Call it before anything else
// in the transaction.
//
// exec runs one statement in that transaction, and returns how many rows it affected or,
// for a SELECT, returned. It is called two or three times for PostgreSQL, and once for
// SQLite. Any database library can serve:
//
//	func(ctx context.Context, sql string, args ...any) (int64, error) {
//		tag, err := tx.Exec(ctx, sql, args...) // a pgx.Tx
//		return tag.RowsAffected(), err
//	}
//
// After an error, roll the transaction back. [ErrInProgress] means that another
// transaction is at work on the event: try again later. PostgreSQL's serialization
// failure (SQLSTATE 40001) and lock timeout (55P03) are ErrInProgress too, and so is
// SQLITE_BUSY where the driver's error tells. An id that is empty, longer than 1,024
// bytes or not valid text is pepay.ErrInvalidArgument.
//
// In PostgreSQL, begin the transaction as READ COMMITTED, which is the server's default.
// At a higher level a duplicate may get ErrInProgress although the event was handled
// before; it never gets true. First sets lock_timeout and
// idle_in_transaction_session_timeout for the rest of the transaction where the session
// has none: see the package's documentation.
func First(ctx context.Context, d Dialect, exec func(ctx context.Context, sql string, args ...any) (rows int64, err error), eventID string) (bool, error) {
	if err := checkFirst(d, exec == nil, eventID); err != nil {
		return false, err
	}
	if d == SQLite {
		rows, err := exec(ctx, sqliteClaim, eventID)
		return rows > 0, recordError(d, err)
	}
	if _, err := exec(ctx, postgresTimeouts); err != nil {
		return false, recordError(d, err)
	}
	rows, err := exec(ctx, postgresClaim, eventID, lockKey(eventID))
	if err != nil || rows > 0 {
		return rows > 0, recordError(d, err)
	}
	rows, err = exec(ctx, postgresHandled, eventID)
	if err == nil && rows == 0 {
		return false, ErrInProgress
	}
	return false, recordError(d, err)
}

func checkFirst(d Dialect, noExec bool, eventID string) error {
	var problem string
	switch {
	case !d.valid():
		problem = "unknown " + d.String() + "; use inbox.Postgres or inbox.SQLite"
	case noExec:
		problem = "exec is nil"
	case eventID == "":
		problem = "the event id is empty"
	case len(eventID) > maxIDBytes:
		problem = fmt.Sprintf("the event id has %d bytes, more than %d", len(eventID), maxIDBytes)
	case !utf8.ValidString(eventID), strings.Contains(eventID, "\x00"):
		problem = "the event id is not valid text: it is no UTF-8 or has a NUL"
	default:
		return nil
	}
	return fmt.Errorf("%w: inbox: First: %s", pepay.ErrInvalidArgument, problem)
}

// lockKey is the event's advisory lock. If two events had the same one, each would only
// be in progress while the other is.
func lockKey(eventID string) int64 {
	sum := sha256.Sum256([]byte("pepay inbox " + eventID))
	return int64(binary.BigEndian.Uint64(sum[:8])) //nolint:gosec // the bits are the key, as a sign or not
}
