package inboxtest

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pepaylabs/pepay-go/inbox"
)

const evt = "evt_1700000000000-1"

// While one transaction is at work on an event, another hears of it at once, whether the
// first one will commit or not.
func TestFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		end   func(*sql.Tx) error
		first bool // afterwards
	}{
		{"commits", (*sql.Tx).Commit, false},
		{"rolls back", (*sql.Tx).Rollback, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := newDB(t, patient)
			one, two := begin(t, db, sql.LevelReadCommitted), begin(t, db, sql.LevelReadCommitted)
			if first, err := inbox.First(t.Context(), inbox.Postgres, execIn(one), evt); !first || err != nil {
				t.Fatalf("%t, %v", first, err)
			}
			// If two waited, the test would end it.
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			var server *pgconn.PgError
			if first, err := inbox.First(ctx, inbox.Postgres, execIn(two), evt); first || !errors.Is(err, inbox.ErrInProgress) || errors.As(err, &server) {
				t.Fatalf("meanwhile: %t, %v", first, err)
			}
			if first, err := inbox.First(t.Context(), inbox.Postgres, execIn(two), "evt_2"); !first || err != nil {
				t.Errorf("another event: %t, %v", first, err)
			}
			if err := c.end(one); err != nil {
				t.Fatal(err)
			}
			if first, err := inbox.First(t.Context(), inbox.Postgres, execIn(two), evt); first != c.first || err != nil {
				t.Errorf("afterwards: %t, %v", first, err)
			}
		})
	}
}

// A claim gets the lock from a transaction that committed after the claim's statement
// took its snapshot. It must see that the event was handled nevertheless.
func TestFirstWithAnOldSnapshot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		level sql.IsolationLevel
		want  error
	}{
		{sql.LevelReadCommitted, nil},
		{sql.LevelRepeatableRead, inbox.ErrInProgress}, // 40001: the row cannot be seen, but is there
		{sql.LevelSerializable, inbox.ErrInProgress},
	} {
		t.Run(c.level.String(), func(t *testing.T) {
			t.Parallel()
			db := newDB(t, patient)
			// A lock function that waits at a gate, between the snapshot and the lock.
			run(t, db, `CREATE SCHEMA gate; CREATE FUNCTION gate.pg_try_advisory_xact_lock(key bigint) RETURNS boolean LANGUAGE plpgsql AS $$
				BEGIN
					PERFORM pg_advisory_xact_lock(1);
					RETURN pg_catalog.pg_try_advisory_xact_lock(key);
				END $$`)
			gate := begin(t, db, sql.LevelDefault)
			if _, err := gate.ExecContext(t.Context(), "SELECT pg_advisory_xact_lock(1)"); err != nil {
				t.Fatal(err)
			}
			one, two := begin(t, db, sql.LevelReadCommitted), begin(t, db, c.level)
			if first, err := inbox.First(t.Context(), inbox.Postgres, execIn(one), evt); !first || err != nil {
				t.Fatalf("%t, %v", first, err)
			}
			if _, err := two.ExecContext(t.Context(), "SET LOCAL search_path = gate, pg_catalog, public"); err != nil {
				t.Fatal(err)
			}
			type answer struct {
				first bool
				err   error
			}
			answers := make(chan answer, 1)
			go func() {
				first, err := inbox.First(t.Context(), inbox.Postgres, execIn(two), evt)
				answers <- answer{first, err}
			}()
			until(t, db, `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
				AND locktype = 'advisory' AND NOT granted)`)
			if err := errors.Join(one.Commit(), gate.Rollback()); err != nil {
				t.Fatal(err)
			}
			if got := <-answers; got.first || !errors.Is(got.err, c.want) {
				t.Errorf("%t, %v; want %v", got.first, got.err, c.want)
			}
		})
	}
}

// What PostgreSQL says of conflicts is ErrInProgress.
func TestFirstInConflict(t *testing.T) {
	t.Parallel()
	t.Run("lock timeout", func(t *testing.T) {
		t.Parallel()
		db := newDB(t, map[string]string{"lock_timeout": "20ms"})
		other := begin(t, db, sql.LevelDefault)
		// A program that knows nothing of the lock.
		if _, err := other.ExecContext(t.Context(), "INSERT INTO pepay_inbox (event_id) VALUES ($1)", evt); err != nil {
			t.Fatal(err)
		}
		wantConflict(t, begin(t, db, sql.LevelReadCommitted), "55P03")
	})
	t.Run("serialization failure", func(t *testing.T) {
		t.Parallel()
		db := newDB(t, nil)
		tx := begin(t, db, sql.LevelRepeatableRead)
		value(t, tx, "SELECT count(*) FROM pepay_inbox") // takes the snapshot
		run(t, db, "INSERT INTO pepay_inbox (event_id) VALUES ($1)", evt)
		wantConflict(t, tx, "40001")
	})
}

func wantConflict(t *testing.T, tx *sql.Tx, code string) {
	t.Helper()
	first, err := inbox.First(t.Context(), inbox.Postgres, execIn(tx), evt)
	var server *pgconn.PgError
	if first || !errors.Is(err, inbox.ErrInProgress) || !errors.As(err, &server) || server.Code != code {
		t.Errorf("%t, %v; want %s", first, err, code)
	}
}

// The documentation says how to find the lock of an event.
func TestLockKeyInSQL(t *testing.T) {
	t.Parallel()
	db := newDB(t, nil)
	tx := begin(t, db, sql.LevelDefault)
	if _, err := inbox.First(t.Context(), inbox.Postgres, execIn(tx), evt); err != nil {
		t.Fatal(err)
	}
	held := value(t, tx, `SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND pid = pg_backend_pid()`)
	documented := value(t, tx, `SELECT ('x' || encode(substr(sha256(convert_to('pepay inbox ' || $1::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint`, evt)
	if held != documented {
		t.Errorf("the lock is %s, the documentation says %s", held, documented)
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		settings map[string]string
		want     string
	}{
		{"defaults", nil, "3s 4s"},
		{"the session's own", map[string]string{"lock_timeout": "7s"}, "7s 4s"},
		{"both of the session's own", map[string]string{"lock_timeout": "1h", "idle_in_transaction_session_timeout": "20min"}, "1h 20min"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const show = "SELECT concat_ws(' ', current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'))"
			db := newDB(t, c.settings)
			db.SetMaxOpenConns(1)
			before := value(t, db, show)
			tx := begin(t, db, sql.LevelReadCommitted)
			if _, err := inbox.First(t.Context(), inbox.Postgres, execIn(tx), evt); err != nil {
				t.Fatal(err)
			}
			if got := value(t, tx, show); got != c.want {
				t.Errorf("in the transaction: %s, want %s", got, c.want)
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			if after := value(t, db, show); after != before {
				t.Errorf("after the transaction: %s, want %s", after, before)
			}
		})
	}
}
