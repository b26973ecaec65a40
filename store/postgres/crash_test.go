package postgres

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go/internal/localdb"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

// lazy are settings under which only what waits for the disk is kept when the server
// is killed: nothing is written in the background for 10 s.
var lazy = map[string]string{"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}

func startPostgres(t *testing.T, settings map[string]string) *localdb.Postgres {
	t.Helper()
	server, err := localdb.StartPostgres(t.Context(), settings)
	localdb.Require(t, err)
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func crash(t *testing.T, server *localdb.Postgres) {
	t.Helper()
	if err := errors.Join(server.Kill(), server.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// retry is what a stream does with an error that may pass.
func retry(t *testing.T, call func() error) error {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		err := call()
		if err == nil || errors.Is(err, stream.ErrLeaseLost) {
			return err
		}
		select {
		case <-limit:
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// A crash of the server repeats no fence, even in a database that does not wait for
// the disk by default.
func TestCrashRepeatsNoFence(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: crashes PostgreSQL")
	}
	t.Parallel()
	server := startPostgres(t, lazy)
	pool := connect(t, server.URL("postgres"))
	migrateAll(t, pool)
	s := New(pool, "a")
	var last int64
	for range 3 {
		var term stream.Term
		err := retry(t, func() (err error) {
			term, err = s.Acquire(t.Context(), "x", minute)
			return err
		})
		if err != nil || term.Fence <= last {
			t.Fatalf("after fence %d: %+v, %v", last, term, err)
		}
		last = term.Fence
		crash(t, server)
	}
}

// Save does not wait for the disk. What a crash loses is an older cursor, never a wrong
// one.
func TestSaveDoesNotWaitForTheDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts a PostgreSQL of its own")
	}
	t.Parallel()
	server := startPostgres(t, map[string]string{"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"})
	pool := connect(t, server.URL("postgres"))
	migrateAll(t, pool)
	s := New(pool, "a")
	cursor := ""
	for n := range 5 {
		var term stream.Term
		err := retry(t, func() (err error) {
			term, err = s.Acquire(t.Context(), "x", minute)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 && term.Cursor == cursor {
			return // lost, as it should be
		}
		cursor = term.Cursor
		if err := s.Save(t.Context(), term, fmt.Sprint("evt_", n)); err != nil {
			t.Fatal(err)
		}
		crash(t, server)
	}
	t.Error("five saves survived a crash at once: they wait for the disk")
}

// While the server restarts and crashes, calls fail and can be repeated. In the end the
// lease is as it was saved, and no term was lost in between.
func TestServerRestartsInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: restarts PostgreSQL")
	}
	t.Parallel()
	server := startPostgres(t, nil)
	bouncer, err := localdb.StartPgBouncer(t.Context(), server.Addr(), nil)
	localdb.Require(t, err)
	t.Cleanup(func() { bouncer.Close() })
	for name, dsn := range map[string]string{"direct": server.URL("postgres"), "PgBouncer": bouncer.URL("postgres")} {
		t.Run(name, func(t *testing.T) { restartInTheMiddle(t, server, connect(t, dsn), name) })
	}
}

func restartInTheMiddle(t *testing.T, server *localdb.Postgres, pool *pgxpool.Pool, name string) {
	migrateAll(t, pool)
	s := New(pool, name)
	d := s.Deduper()
	term, err := s.Acquire(t.Context(), "x", 10*minute)
	if err != nil {
		t.Fatal(err)
	}
	const saves, restartAt, crashAt = 60, 20, 40
	restarted := make(chan error, 2)
	again := func(end func() error) {
		err := errors.Join(end(), server.Start(t.Context()))
		if err != nil {
			t.Error(err)
		}
		restarted <- err
	}
	for n := range saves {
		id := fmt.Sprint("evt_", n)
		switch n {
		case restartAt:
			go again(server.Stop)
		case crashAt:
			if err := <-restarted; err != nil {
				t.Fatal(err)
			}
			go again(server.Kill)
		}
		if err := retry(t, func() error { return s.Save(t.Context(), term, id) }); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		var claim webhook.Claim
		err := retry(t, func() (err error) {
			claim, err = d.Claim(t.Context(), id, "x")
			return err
		})
		if err != nil || claim != webhook.Claimed {
			t.Fatalf("%s: %d, %v", id, claim, err)
		}
		if err := retry(t, func() error { return d.Commit(t.Context(), id, "x") }); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
	}
	if err := <-restarted; err != nil {
		t.Fatal(err)
	}
	last := fmt.Sprint("evt_", saves-1)
	err = retry(t, func() error { return s.Save(t.Context(), term, last) })
	if err != nil {
		t.Fatal(err)
	}
	next, err := s.Acquire(t.Context(), "x", minute)
	if err != nil || next.Fence != term.Fence+1 || next.Cursor != last {
		t.Errorf("%+v, %v", next, err)
	}
	for n := range saves {
		wantClaim(t, d, fmt.Sprint("evt_", n), "y", webhook.Done)
	}
}
