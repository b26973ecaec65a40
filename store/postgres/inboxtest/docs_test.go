package inboxtest

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

// The functions below are the examples of docs/webhooks.md and docs/streams.md.

func endpoint(verifier *webhook.Verifier, db *sql.DB) http.Handler {
	return inbox.Handler(verifier, db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		kind, id, status := ev.Resource()
		_, err := tx.ExecContext(ctx, `UPDATE orders SET status = $1 WHERE kind = $2 AND id = $3`, status, kind, id)
		return err // an error rolls everything back, and Pepay delivers again
	})
}

func endpointWithPgx(verifier *webhook.Verifier, pool *pgxpool.Pool, handle func(context.Context, pgx.Tx, *pepay.Event) error) http.Handler {
	return verifier.Handler(func(ctx context.Context, ev *pepay.Event) error {
		return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
			exec := func(ctx context.Context, sql string, args ...any) (int64, error) {
				tag, err := tx.Exec(ctx, sql, args...)
				return tag.RowsAffected(), err
			}
			first, err := inbox.First(ctx, inbox.Postgres, exec, ev.ID)
			switch {
			case err != nil:
				return err // rolls back; inbox.ErrInProgress is answered 503
			case !first:
				return webhook.ErrDuplicate // 200
			}
			return handle(ctx, tx, ev)
		})
	})
}

func consume(ctx context.Context, events *stream.Stream, db *sql.DB) error {
	return inbox.Consume(ctx, events, db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO bookings (event_id) VALUES ($1)`, ev.ID)
		return err // an error ends Consume; the event comes again next time
	})
}

func TestDocsEndpoint(t *testing.T) {
	t.Parallel()
	db := newDB(t, nil)
	run(t, db, `CREATE TABLE orders (kind text, id text, status text); INSERT INTO orders VALUES ('invoice', 'inv_1', 'unpaid')`)
	h := endpoint(verifier(t), db)
	if got := deliver(t.Context(), h, evt); got != 200 {
		t.Errorf("answered %d", got)
	}
	if status := value(t, db, "SELECT status FROM orders"); status != "paid" {
		t.Errorf("the order is %s", status)
	}
	run(t, db, "UPDATE orders SET status = 'refunded'")
	if got := deliver(t.Context(), h, evt); got != 200 {
		t.Errorf("the duplicate: %d", got)
	}
	if status := value(t, db, "SELECT status FROM orders"); status != "refunded" {
		t.Errorf("after the duplicate, the order is %s", status)
	}
}

func TestDocsEndpointWithPgx(t *testing.T) {
	t.Parallel()
	server := servers.Postgres(t)
	url := server.URL(newDatabase(t, server))
	db := open(t, url, nil)
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	fails := true
	replica := func() http.Handler { // each has a memory of its own
		return endpointWithPgx(verifier(t), pool, func(ctx context.Context, tx pgx.Tx, ev *pepay.Event) error {
			_, err := tx.Exec(ctx, "INSERT INTO effects VALUES ($1)", ev.ID)
			if fails {
				err = errors.Join(err, errors.New("on purpose"))
			}
			return err
		})
	}
	one, two := replica(), replica()
	if got := deliver(t.Context(), one, evt); got != 500 {
		t.Errorf("a failure: %d", got)
	}
	other := begin(t, db, sql.LevelReadCommitted)
	if first, err := inbox.First(t.Context(), inbox.Postgres, execIn(other), evt); !first || err != nil {
		t.Fatalf("%t, %v", first, err)
	}
	if got := deliver(t.Context(), one, evt); got != 503 {
		t.Errorf("while another transaction is at work on it: %d", got)
	}
	if err := other.Rollback(); err != nil {
		t.Fatal(err)
	}
	fails = false
	for _, h := range []http.Handler{one, one, two} {
		if got := deliver(t.Context(), h, evt); got != 200 {
			t.Errorf("answered %d", got)
		}
	}
	wantOnce(t, db, 1)
}

func TestDocsConsume(t *testing.T) {
	t.Parallel()
	db := newDB(t, nil)
	run(t, db, "CREATE TABLE bookings (event_id text NOT NULL)")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := pepayWith(t, 1)(stream.Options{Observer: stream.Observer{OnHandled: func(stream.Handled) { cancel() }}})
	if err := consume(ctx, events, db); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n := value(t, db, "SELECT count(*) FROM bookings"); n != "1" {
		t.Errorf("%s bookings", n)
	}
}
