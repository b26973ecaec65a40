package postgres

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

const tablesSQL = `SELECT coalesce(string_agg(tablename, ' ' ORDER BY tablename), '') FROM pg_tables WHERE tablename LIKE 'pepay%'`

func wantTables(t *testing.T, pool *pgxpool.Pool, want string) {
	t.Helper()
	if got := text(t, pool, tablesSQL); got != want {
		t.Errorf("the tables are %q, want %q", got, want)
	}
}

const allTables = "pepay_claim pepay_lease pepay_schema"

func TestMigrate(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, pool *pgxpool.Pool) {
		wantTables(t, pool, allTables)
		migrateAll(t, pool)
		if n := text(t, pool, "SELECT count(*) FROM pepay_schema"); n != fmt.Sprint(len(versions())) {
			t.Errorf("pepay_schema has %s rows", n)
		}
	})
}

// Replicas that start at the same time all migrate.
func TestMigrateAtTheSameTime(t *testing.T) {
	t.Parallel()
	for _, isolation := range []string{"read committed", "repeatable read"} {
		t.Run(isolation, func(t *testing.T) {
			t.Parallel()
			server := servers.Postgres(t)
			for range 3 {
				name := newDatabase(t)
				dsn := server.URL(name)
				run(t, connect(t, dsn), "ALTER DATABASE "+name+" SET default_transaction_isolation = '"+isolation+"'")
				var replicas sync.WaitGroup
				for range 6 {
					pool := connect(t, dsn)
					if err := pool.Ping(t.Context()); err != nil {
						t.Fatal(err)
					}
					replicas.Go(func() {
						if err := Migrate(t.Context(), pool); err != nil {
							t.Error(err)
						}
					})
				}
				replicas.Wait()
			}
		})
	}
}

func TestMigrateRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	newer := len(versions()) + 1
	run(t, pool, "INSERT INTO pepay_schema (version) VALUES ($1)", newer)
	err := Migrate(t.Context(), pool)
	if !errors.Is(err, ErrNewerSchema) {
		t.Fatal(err)
	}
	wantText(t, err, fmt.Sprintf("version %d, this one knows %d", newer, newer-1), "update the program")
}

// A migration that fails leaves nothing behind.
func TestMigrateIsOneTransaction(t *testing.T) {
	t.Parallel()
	pool := connect(t, servers.Postgres(t).URL(newDatabase(t)))
	run(t, pool, "CREATE TABLE pepay_claim (mine text)")
	wantText(t, Migrate(t.Context(), pool), "version 1", `relation "pepay_claim" already exists`)
	wantTables(t, pool, "pepay_claim")
	run(t, pool, "DROP TABLE pepay_claim")
	migrateAll(t, pool)
	wantTables(t, pool, allTables)
}

func TestSchemaRunByHand(t *testing.T) {
	t.Parallel()
	pool := connect(t, servers.Postgres(t).URL(newDatabase(t)))
	if _, err := pool.Exec(t.Context(), Schema()); err != nil {
		t.Fatal(err)
	}
	wantTables(t, pool, allTables)
	migrateAll(t, pool)
	if _, err := New(pool, "a").Acquire(t.Context(), "x", minute); err != nil {
		t.Error(err)
	}
}

// What the documentation says about rights.
func TestRights(t *testing.T) {
	t.Parallel()
	name := newDatabase(t)
	dsn, role := servers.Postgres(t).URL(name), "program_"+name
	owner := connect(t, dsn)
	run(t, owner, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	run(t, owner, "CREATE ROLE "+role+" LOGIN")
	program := connect(t, as(t, dsn, role, ""))
	wantText(t, Migrate(t.Context(), program), "permission denied", "run what Schema returns")

	migrateAll(t, owner)
	run(t, owner, "GRANT SELECT, INSERT, UPDATE, DELETE ON pepay_lease, pepay_claim TO "+role)
	run(t, owner, "GRANT SELECT ON pepay_schema TO "+role)
	migrateAll(t, program)
	everyMethod(t, New(program, "a"))
}
