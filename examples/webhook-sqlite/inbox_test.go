package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/webhook"
)

const (
	inboxEvent = "evt_1700000000000-1"
	inboxBody  = `{"id":"` + inboxEvent + `","object":"event","type":"invoice.updated","created":1700000000,` +
		`"data":{"object":{"object":"invoice","id":"inv_1","status":"paid"}}}`
)

// newDatabase makes a file, whose name has characters that have to be escaped.
func newDatabase(t *testing.T) (db *sql.DB, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a b?c%d.db")
	db, err := openDatabase(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for range 2 { // a restart makes them again
		if err := createTables(t.Context(), db); err != nil {
			t.Fatal(err)
		}
	}
	return db, path
}

// impatient opens the file a second time, without a busy_timeout and as a driver does by
// default: transactions begin as readers.
func impatient(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.NewReplacer(" ", "%20", "?", "%3F", "%", "%25").Replace(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func deliver(t *testing.T, db *sql.DB, fn func(context.Context, *sql.Tx, *pepay.Event) error) int {
	t.Helper()
	verifier, err := webhook.NewVerifier("one")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(inboxBody))
	r.Header = webhook.Sign("one", time.Now(), []byte(inboxBody))
	w := httptest.NewRecorder()
	inbox.Handler(verifier, db, inbox.SQLite, fn).ServeHTTP(w, r)
	return w.Code
}

func TestHandler(t *testing.T) {
	t.Parallel()
	db, path := newDatabase(t)
	for i, step := range []struct {
		name string
		fn   func(context.Context, *sql.Tx, *pepay.Event) error
		want int
	}{
		{"fails when it is done", func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
			return errors.Join(journal(ctx, tx, ev), errOnPurpose)
		}, http.StatusInternalServerError},
		{"panics when it is done", func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
			panic(journal(ctx, tx, ev))
		}, http.StatusInternalServerError},
		{"changes the event", func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
			err := journal(ctx, tx, ev)
			ev.ID = "another"
			return err
		}, http.StatusOK},
		{"comes again", func(context.Context, *sql.Tx, *pepay.Event) error {
			t.Error("it runs again")
			return nil
		}, http.StatusOK},
	} {
		if got := deliver(t, db, step.fn); got != step.want {
			t.Errorf("delivery %d, %s: %d, want %d", i, step.name, got, step.want)
		}
	}
	wantJournal(t, path, []string{inboxEvent})
}

// Several deliveries of one event at once: each waits its turn, and one has the effect.
func TestHandlerAtTheSameTime(t *testing.T) {
	t.Parallel()
	db, path := newDatabase(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := deliver(t, db, journal); got != http.StatusOK {
				t.Errorf("answered %d", got)
			}
		})
	}
	wg.Wait()
	wantJournal(t, path, []string{inboxEvent})
}

// A process that does not wait its turn is told that the event is in progress, and gets
// its turn when it asks again.
func TestHandlerWithoutWaiting(t *testing.T) {
	t.Parallel()
	db, path := newDatabase(t)
	other := impatient(t, path)
	if got := deliver(t, db, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		if got := deliver(t, other, journal); got != http.StatusServiceUnavailable {
			t.Errorf("meanwhile: %d, want 503", got)
		}
		exec := func(ctx context.Context, query string, args ...any) (int64, error) {
			_, err := other.ExecContext(ctx, query, args...)
			return 0, err
		}
		if first, err := inbox.First(ctx, inbox.SQLite, exec, inboxEvent); first || !errors.Is(err, inbox.ErrInProgress) {
			t.Errorf("meanwhile: %t, %v", first, err)
		}
		return errors.Join(journal(ctx, tx, ev), errOnPurpose)
	}); got != http.StatusInternalServerError {
		t.Errorf("the first: %d", got)
	}
	for range 2 {
		if got := deliver(t, other, journal); got != http.StatusOK {
			t.Errorf("afterwards: %d", got)
		}
	}
	wantJournal(t, path, []string{inboxEvent})
}

func TestCleanup(t *testing.T) {
	t.Parallel()
	db, _ := newDatabase(t)
	if _, err := db.ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
		INSERT INTO pepay_inbox SELECT 'old-' || i, strftime('%s', 'now', '-91 days') FROM n
		UNION ALL SELECT 'new-' || i, strftime('%s', 'now', '-89 days') FROM n WHERE i <= 10`); err != nil {
		t.Fatal(err)
	}
	if got := deliver(t, db, journal); got != http.StatusOK {
		t.Fatal(got)
	}
	for _, c := range []struct {
		olderThan time.Duration
		want      int64
	}{{0, 2500}, {0, 0}, {time.Hour, 10}, {time.Hour, 0}} {
		if n, err := inbox.Cleanup(t.Context(), db, inbox.SQLite, c.olderThan); err != nil || n != c.want {
			t.Errorf("older than %v: %d, %v, want %d", c.olderThan, n, err, c.want)
		}
	}
}

// Without the table, the error says what to do.
func TestNoTable(t *testing.T) {
	t.Parallel()
	db, err := openDatabase(t.Context(), filepath.Join(t.TempDir(), "empty.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(ctx context.Context, query string, args ...any) (int64, error) {
		_, err := db.ExecContext(ctx, query, args...)
		return 0, err
	}
	if _, err := inbox.First(t.Context(), inbox.SQLite, exec, inboxEvent); err == nil || !strings.Contains(err.Error(), "run inbox.Schema") {
		t.Error(err)
	}
}
