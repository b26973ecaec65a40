package inboxtest

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/internal/localdb"
	"github.com/pepaylabs/pepay-go/webhook"
)

var servers localdb.Shared

// The test binary is also a replica in a process of its own, which can be killed.
func TestMain(m *testing.M) {
	if os.Getenv(envReplica) == "" {
		leakcheck.Main(servers.During(m))
	}
	if err := replica(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "replica:", err)
		os.Exit(1)
	}
}

var databases atomic.Int64

// newDatabase makes a database with the inbox and a table for effects, in which nothing
// is unique, so that an effect that happens twice shows.
func newDatabase(t testing.TB, server *localdb.Postgres) (name string) {
	t.Helper()
	name = fmt.Sprintf("inbox_%d", databases.Add(1))
	admin := open(t, server.URL("postgres"), nil)
	run(t, admin, "CREATE DATABASE "+name)
	db := open(t, server.URL(name), nil)
	run(t, db, inbox.Schema(inbox.Postgres))
	run(t, db, "CREATE TABLE effects (event_id text NOT NULL)")
	return name
}

// open connects, with settings of the session.
func open(t testing.TB, url string, settings map[string]string) *sql.DB {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	for name, value := range settings {
		config.RuntimeParams[name] = value
	}
	db := stdlib.OpenDB(*config)
	t.Cleanup(func() { db.Close() })
	return db
}

// newDB is a new database on the shared server.
func newDB(t testing.TB, settings map[string]string) *sql.DB {
	t.Helper()
	server := servers.Postgres(t)
	return open(t, server.URL(newDatabase(t, server)), settings)
}

// patient sessions wait for locks and for idle transactions longer than a test takes, so
// that a test in which somebody waits fails.
var patient = map[string]string{"lock_timeout": "1h", "idle_in_transaction_session_timeout": "1h"}

func run(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func value(t testing.TB, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, query string, args ...any) (text string) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&text); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}

// until asks again until the database says "true".
func until(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // far more than it takes
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for value(t, db, query, args...) != "true" {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never came true: %s", query)
		}
	}
}

// wantOnce checks that n events were handled and had one effect each.
func wantOnce(t testing.TB, db *sql.DB, n int) {
	t.Helper()
	got := value(t, db, `SELECT concat_ws(' ', (SELECT count(*) FROM pepay_inbox), count(*), count(DISTINCT event_id)) FROM effects`)
	if want := fmt.Sprintf("%d %d %d", n, n, n); got != want {
		t.Errorf("handled, effects, events with effects: %s; want %s", got, want)
	}
}

// effect is a function whose effect is a row.
func effect(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO effects VALUES ($1)", ev.ID)
	return err
}

func execIn(tx *sql.Tx) func(context.Context, string, ...any) (int64, error) {
	return func(ctx context.Context, query string, args ...any) (int64, error) {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}
}

// begin begins a transaction that is rolled back with the test, if not before.
func begin(t testing.TB, db *sql.DB, level sql.IsolationLevel) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(context.WithoutCancel(t.Context()), &sql.TxOptions{Isolation: level})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

const secret pepay.Secret = "one"

// deliver delivers an event with an id to a handler.
func deliver(ctx context.Context, h http.Handler, id string) int {
	body := fmt.Sprintf(`{"id":%q,"type":"invoice.updated","created":1700000000,"data":{"object":{"object":"invoice","id":"inv_1","status":"paid"}}}`, id)
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(body))
	r.Header = webhook.Sign(secret, time.Now(), []byte(body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func newVerifier() (*webhook.Verifier, error) { return webhook.NewVerifier(secret) }

func verifier(t testing.TB) *webhook.Verifier {
	t.Helper()
	v, err := newVerifier()
	if err != nil {
		t.Fatal(err)
	}
	return v
}
