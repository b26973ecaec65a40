package processes

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The effects have no unique column, so that an event with two of them shows. A trigger
// writes down every change of the lease's row while the row is locked: the numbers have the
// order in which the changes were committed.
const ownSchema = `
CREATE TABLE effects (
	event_id text NOT NULL, via text NOT NULL, replica text NOT NULL, fence bigint NOT NULL,
	at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX effects_event ON effects (event_id);
CREATE TABLE moves (
	number bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
	holder text NOT NULL, fence bigint NOT NULL, cursor text NOT NULL);
CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' OR (NEW.holder, NEW.fence, NEW.cursor) IS DISTINCT FROM (OLD.holder, OLD.fence, OLD.cursor) THEN
		INSERT INTO moves (holder, fence, cursor) VALUES (coalesce(NEW.holder, ''), NEW.fence, coalesce(NEW.cursor, ''));
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER note_move AFTER INSERT OR UPDATE ON ` + leaseTable + ` FOR EACH ROW EXECUTE FUNCTION note_move();`

const (
	leaseTable        = "pepay_lease"
	insertEffect      = `INSERT INTO effects (event_id, via, replica, fence) VALUES ($1, $2, $3, $4)`
	countHandled      = `SELECT count(DISTINCT event_id) FROM effects`
	readEffects       = `SELECT event_id, via, replica, fence, at FROM effects ORDER BY at`
	readMoves         = `SELECT holder, fence, cursor, at FROM moves ORDER BY number`
	countMovesTo      = `SELECT count(*) FROM moves WHERE cursor = $1`
	countMovesOf      = `SELECT count(*) FROM moves WHERE fence = $1`
	countMovesAfter   = `SELECT count(*) FROM moves WHERE fence > $1`
	countEffectsSince = `SELECT count(*) FROM effects WHERE fence = $1 AND at > $2`
	// forgetRecent is what 1,024 more events would do: a lease that knows an id leaves the
	// cursor where it is, whoever saves it.
	forgetRecent = `UPDATE ` + leaseTable + ` SET recent = ARRAY[cursor], recent_older = '{}'`
	// holderOf is nobody where the lease has run out.
	holderOf = `SELECT holder, fence FROM ` + leaseTable + ` WHERE name = $1 AND until > clock_timestamp()`
	// left is what the replicas must not leave behind.
	countLeft = `SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),
		(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle')`
)

// read fills in what the database knows.
func (h *history) read(ctx context.Context, db *pgxpool.Pool) (err error) {
	if h.effects, err = collect(ctx, db, readEffects, func(row pgx.CollectableRow) (e effect, err error) {
		return e, row.Scan(&e.event, &e.via, &e.replica, &e.fence, &e.at)
	}); err != nil {
		return err
	}
	h.moves, err = collect(ctx, db, readMoves, func(row pgx.CollectableRow) (m move, err error) {
		return m, row.Scan(&m.holder, &m.fence, &m.cursor, &m.at)
	})
	return err
}

func collect[T any](ctx context.Context, db *pgxpool.Pool, query string, scan pgx.RowToFunc[T]) ([]T, error) {
	rows, err := db.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	return pgx.CollectRows(rows, scan)
}
