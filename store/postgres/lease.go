package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	pepay "github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
)

// A statement that finds the row locked waits, and then looks at it again as it is by
// then: conditions and clock_timestamp() are evaluated anew. now() would be the time
// before the wait.

// acquireSQL looks before it locks, so that the replicas that stand by write nothing.
// It waits for the disk even if the database does not by default.
const acquireSQL = `
WITH durable AS MATERIALIZED (
	SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'
)
INSERT INTO pepay_lease AS l (name, holder, fence, until, life)
SELECT $1, $2, 1, clock_timestamp() + life, life
FROM (SELECT $3::bigint * interval '1 microsecond' AS life) AS wanted
WHERE (SELECT count(*) FROM durable) >= 0 AND NOT EXISTS (
	SELECT FROM pepay_lease WHERE name = $1 AND holder NOT IN ('', $2) AND until > clock_timestamp()
)
ON CONFLICT (name) DO UPDATE
SET holder = excluded.holder, fence = l.fence + 1, until = clock_timestamp() + excluded.life, life = excluded.life
WHERE l.holder IN ('', excluded.holder) OR l.until <= clock_timestamp()
RETURNING fence, cursor, (recent_older || recent)[greatest(1, cardinality(recent_older) + cardinality(recent) - 1023):]`

// Acquire begins a term, as [stream.Lease] says. It writes only when the lease is to be
// had, and then waits for the disk, so that a crash of the server repeats no fence. The
// holder has at most 1,024 bytes; life is counted in microseconds.
func (s *Store) Acquire(ctx context.Context, holder string, life time.Duration) (stream.Term, error) {
	if err := errors.Join(checkText("holder", holder), checkLife(life)); err != nil {
		return stream.Term{}, err
	}
	term := stream.Term{Holder: holder}
	acquired, err := s.query(ctx, "acquire the lease", acquireSQL, []any{s.name, holder, micros(life)},
		&term.Fence, &term.Cursor, &term.Recent)
	if err != nil {
		return stream.Term{}, err
	}
	if !acquired {
		return stream.Term{}, stream.ErrLeaseHeld
	}
	return term, nil
}

const renewSQL = `
UPDATE pepay_lease
SET life = $4::bigint * interval '1 microsecond', until = clock_timestamp() + $4::bigint * interval '1 microsecond'
WHERE name = $1 AND holder = $2 AND fence = $3`

// Renew lets the lease live for life from now on, by the clock of the database.
func (s *Store) Renew(ctx context.Context, t stream.Term, life time.Duration) error {
	if err := checkLife(life); err != nil {
		return err
	}
	return s.during(ctx, "renew the lease", renewSQL, t, micros(life))
}

// asyncSQL is for a statement whose loss is harmless. The setting ends with the
// statement's own transaction.
const asyncSQL = `
WITH async AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))`

// saveSQL moves the short list into the long one when it has 32 ids.
const saveSQL = asyncSQL + `
UPDATE pepay_lease AS l
SET until = clock_timestamp() + l.life, (cursor, recent, recent_older) = (
	SELECT
		CASE WHEN known THEN l.cursor ELSE $4 END,
		CASE WHEN known THEN l.recent WHEN full_up THEN ARRAY[$4] ELSE l.recent || $4 END,
		CASE WHEN known OR NOT full_up THEN l.recent_older
			ELSE (l.recent_older || l.recent)[greatest(1, cardinality(l.recent_older) + cardinality(l.recent) - 1022):] END
	FROM (SELECT $4 = ANY (l.recent) OR $4 = ANY (l.recent_older) AS known, cardinality(l.recent) >= 32 AS full_up) AS now
)
FROM async
WHERE l.name = $1 AND l.holder = $2 AND l.fence = $3`

// Save keeps the cursor and renews the lease. It does not wait for the disk: when the
// server crashes, the saves of the last moments (three times its wal_writer_delay, 600 ms
// by default) may be lost, and those events come again. A lost lease is reported at once.
func (s *Store) Save(ctx context.Context, t stream.Term, eventID string) error {
	if err := checkText("event id", eventID); err != nil {
		return err
	}
	return s.during(ctx, "save the cursor", saveSQL, t, eventID)
}

// addRecentSQL adds the id before the last one, which is the cursor.
const addRecentSQL = asyncSQL + `
UPDATE pepay_lease AS l
SET until = clock_timestamp() + l.life, (recent, recent_older) = (
	SELECT
		CASE WHEN known THEN l.recent WHEN full_up THEN $4 || l.recent[n:] ELSE l.recent[:n - 1] || ($4 || l.recent[n:]) END,
		CASE WHEN known OR NOT full_up THEN l.recent_older
			ELSE (l.recent_older || l.recent[:n - 1])[greatest(1, cardinality(l.recent_older) + n - 1 - 1021):] END
	FROM (
		SELECT $4 = ANY (l.recent) OR $4 = ANY (l.recent_older) AS known, n, n >= 32 AS full_up
		FROM (SELECT cardinality(l.recent) AS n) AS size
	) AS now
)
FROM async
WHERE l.name = $1 AND l.holder = $2 AND l.fence = $3`

// AddRecent remembers a handled event to which the cursor does not move, and renews the
// lease. Like Save, it does not wait for the disk.
func (s *Store) AddRecent(ctx context.Context, t stream.Term, eventID string) error {
	if err := checkText("event id", eventID); err != nil {
		return err
	}
	return s.during(ctx, "save a recent event id", addRecentSQL, t, eventID)
}

const releaseSQL = `
UPDATE pepay_lease SET holder = '', until = clock_timestamp()
WHERE name = $1 AND holder = $2 AND fence = $3`

// Release ends the term. When it is over already, nothing happens.
func (s *Store) Release(ctx context.Context, t stream.Term) error {
	if checkText("holder", t.Holder) != nil {
		return nil // nobody can have acquired it so
	}
	_, err := s.exec(ctx, "release the lease", releaseSQL, s.name, t.Holder, t.Fence)
	return err
}

// during runs a statement that changes the row only while the term lasts.
func (s *Store) during(ctx context.Context, what, sql string, t stream.Term, arg any) error {
	if checkText("holder", t.Holder) != nil {
		return stream.ErrLeaseLost
	}
	rows, err := s.exec(ctx, what, sql, s.name, t.Holder, t.Fence, arg)
	if err == nil && rows == 0 {
		return stream.ErrLeaseLost
	}
	return err
}

func checkLife(life time.Duration) error {
	if life <= 0 {
		return fmt.Errorf("postgres: %w: the life of a lease must be positive", pepay.ErrInvalidArgument)
	}
	return nil
}
