package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go/stream"
)

// Store is a [stream.Lease] in PostgreSQL, and [Store.Deduper] is a webhook.Deduper there.
// It keeps nothing in memory: all replicas of a program that use the same database
// and name share it. It is safe for concurrent use, and each method is one statement, thus
// one round trip.
//
// Errors of the database are wrapped: errors.As finds a [*pgconn.PgError]. They never
// contain the password of the connection.
type Store struct {
	pool *pgxpool.Pool
	name string
}

var _ stream.Lease = (*Store)(nil)

// New returns the store with a name. The name tells apart what shares a database: one
// group of streams has one name, and so have the webhook endpoints of one program. A
// group and an endpoint may share one. Without a pool or a name of 1 to 1,024 bytes, New
// panics. It does not connect; the tables must be there, see [Migrate].
//
// The pool may go through PgBouncer, in any mode. Handlers that take connections from the
// same pool can keep the lease waiting until it is lost: give the store a small pool of
// its own (two connections are enough for a lease), or make the pool larger than the
// number of events that are handled at a time.
func New(pool *pgxpool.Pool, name string) *Store {
	if pool == nil {
		panic("postgres: New: the pool is nil")
	}
	if err := checkText("name", name); err != nil {
		panic("postgres: New: " + err.Error())
	}
	return &Store{pool: pool, name: name}
}

// query runs one statement that returns at most one row, and reports whether it did.
// QueryExecModeExec prepares nothing on the server: behind PgBouncer, the next
// statement may reach another connection.
func (s *Store) query(ctx context.Context, what, sql string, args []any, row ...any) (bool, error) {
	err := s.pool.QueryRow(ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...).Scan(row...)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, wrap(what, err)
}

// exec runs one statement and returns how many rows it changed.
func (s *Store) exec(ctx context.Context, what, sql string, args ...any) (int64, error) {
	tag, err := s.pool.Exec(ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...)
	return tag.RowsAffected(), wrap(what, err)
}

// wrap names what failed and, for the most common mistake, the remedy.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	const undefinedTable = "42P01"
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == undefinedTable {
		return fmt.Errorf("postgres: %s: %w; call Migrate first or run what Schema returns", what, err)
	}
	return fmt.Errorf("postgres: %s: %w", what, err)
}
