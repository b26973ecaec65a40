package postgres

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/internal/localdb"
)

var servers localdb.Shared

func TestMain(m *testing.M) { leakcheck.Main(servers.During(m)) }

var databases atomic.Int64

// newDatabase makes an empty database on the shared server and returns its name.
func newDatabase(t testing.TB) string {
	t.Helper()
	return databaseOn(t, servers.Postgres(t))
}

func databaseOn(t testing.TB, server *localdb.Postgres) string {
	t.Helper()
	admin, err := pgx.Connect(t.Context(), server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	name := fmt.Sprintf("test_%d", databases.Add(1))
	create := "CREATE DATABASE " + name
	if admin.PgConn().ParameterStatus("server_version") >= "15" { // which writes it all to the log otherwise
		create += " STRATEGY file_copy"
	}
	if _, err := admin.Exec(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	return name
}

// connect returns a pool of at most four connections, as long as the test runs. Its
// other settings are pgx's defaults.
func connect(t testing.TB, dsn string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// migrated returns a pool for a new database with the tables.
func migrated(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool := connect(t, servers.Postgres(t).URL(newDatabase(t)))
	migrateAll(t, pool)
	return pool
}

func migrateAll(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	if err := Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
}

// both runs a test directly on PostgreSQL and through PgBouncer in transaction mode.
func both(t *testing.T, test func(t *testing.T, pool *pgxpool.Pool)) {
	t.Helper()
	t.Run("direct", func(t *testing.T) {
		t.Parallel()
		test(t, migrated(t))
	})
	t.Run("PgBouncer", func(t *testing.T) {
		if testing.Short() {
			t.Skip("-short: directly is enough")
		}
		t.Parallel()
		bouncer := servers.PgBouncer(t)
		pool := connect(t, bouncer.URL(newDatabase(t)))
		migrateAll(t, pool)
		test(t, pool)
	})
}

// run executes SQL of the test's own.
func run(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, append([]any{pgx.QueryExecModeExec}, args...)...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// text is the first value that SQL of the test's own returns.
func text(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) string {
	t.Helper()
	var value any
	if err := pool.QueryRow(t.Context(), sql, append([]any{pgx.QueryExecModeExec}, args...)...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return fmt.Sprint(value)
}

// as returns the connection string for another user.
func as(t testing.TB, dsn, user, password string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, password)
	return u.String()
}

func wantText(t testing.TB, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error is %v; it should say %q", err, part)
		}
	}
}
