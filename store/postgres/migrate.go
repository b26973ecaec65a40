package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Each file takes the schema from one version to the next, and notes that itself, so
// that one may run them by hand.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is "pepay" in ASCII. Nobody else locks it, or they wait for each other.
const migrationLock = 0x70_65_70_61_79

// ErrNewerSchema is what [Migrate] returns for a database of a newer version of this
// package. Nothing is changed.
var ErrNewerSchema = errors.New("the schema is of a newer version of this package; update the program")

// Schema returns the SQL that makes the tables from nothing, every version in order, for
// those who run their migrations themselves: in one transaction, by a tool of their
// own or with psql. A version that has been run must not be run again; the table
// pepay_schema has them. [Migrate] then has nothing left to do.
func Schema() string { return strings.Join(versions(), "\n") }

// Migrate brings the tables up to date: pepay_lease, pepay_claim and pepay_schema, in the
// first schema of the connection's search_path. It is one transaction, and several
// replicas may call it at the same time: one of them migrates, the others wait.
// When there is nothing to do, it needs no right but to read pepay_schema. It returns
// [ErrNewerSchema] for a database of a newer version of this package.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	// Who has waited for the lock must see what was committed meanwhile.
	err := pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}, migrate(ctx))
	return wrapMigrate(err)
}

func migrate(ctx context.Context) func(pgx.Tx) error {
	return func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", pgx.QueryExecModeExec, int64(migrationLock)); err != nil {
			return err
		}
		have, err := version(ctx, tx)
		if err != nil {
			return err
		}
		all := versions()
		if have > len(all) {
			return fmt.Errorf("%w (version %d, this one knows %d)", ErrNewerSchema, have, len(all))
		}
		for i, sql := range all[have:] {
			// Several statements at once, which prepare nothing either.
			if _, err := tx.Conn().PgConn().Exec(ctx, sql).ReadAll(); err != nil {
				return fmt.Errorf("version %d: %w", have+i+1, err)
			}
		}
		return nil
	}
}

// version is 0 in a database without the tables.
func version(ctx context.Context, tx pgx.Tx) (int, error) {
	var exists bool
	err := tx.QueryRow(ctx, "SELECT to_regclass('pepay_schema') IS NOT NULL", pgx.QueryExecModeExec).Scan(&exists)
	if err != nil || !exists {
		return 0, err
	}
	var have int
	err = tx.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM pepay_schema", pgx.QueryExecModeExec).Scan(&have)
	return have, err
}

// versions are the migrations in order. The names begin with the number.
func versions() []string {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		panic(err) // it is part of the program
	}
	var all []string
	for _, entry := range entries {
		text, err := migrations.ReadFile("migrations/" + entry.Name())
		if err != nil {
			panic(err)
		}
		all = append(all, string(text))
	}
	return all
}

func wrapMigrate(err error) error {
	const insufficientPrivilege = "42501"
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pg) && pg.Code == insufficientPrivilege:
		return fmt.Errorf("postgres: migrate: %w; let a user who may create tables call Migrate, or run what Schema returns", err)
	}
	return fmt.Errorf("postgres: migrate: %w", err)
}
