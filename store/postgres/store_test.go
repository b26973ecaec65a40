package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	pepay "github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

const minute = time.Minute

// methods calls every method with the holder, of which each has to work.
func methods(ctx context.Context, s *Store, eventID, holder string) map[string]error {
	deduper := s.Deduper()
	term, acquired := s.Acquire(ctx, holder, minute)
	if acquired != nil {
		term = stream.Term{Holder: holder, Fence: 1}
	}
	_, claimed := deduper.Claim(ctx, eventID, holder)
	_, cleaned := deduper.Cleanup(ctx)
	return map[string]error{
		"Acquire":         acquired,
		"Renew":           s.Renew(ctx, term, minute),
		"Save":            s.Save(ctx, term, eventID),
		"AddRecent":       s.AddRecent(ctx, term, "late-"+eventID),
		"Release":         s.Release(ctx, term),
		"Claim":           claimed,
		"Commit":          deduper.Commit(ctx, eventID, holder),
		"Deduper.Release": deduper.Release(ctx, eventID, holder),
		"Cleanup":         cleaned,
	}
}

func everyMethod(t *testing.T, s *Store) {
	t.Helper()
	for name, err := range methods(t.Context(), s, "evt_1", "holder") {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nothing may stay with a connection, because behind PgBouncer others get it next.
func TestNothingStaysInTheSession(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t).URL(newDatabase(t))
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	state := func() string {
		return text(t, pool, `SELECT concat((SELECT count(*) FROM pg_prepared_statements), ' prepared, ',
			(SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'), ' locks, ',
			(SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings WHERE source = 'session'))`)
	}
	before, pid := state(), text(t, pool, "SELECT pg_backend_pid()")
	migrateAll(t, pool)
	for range 3 {
		everyMethod(t, New(pool, "a"))
	}
	if after := state(); after != before || !strings.HasPrefix(after, "0 prepared, 0 locks") {
		t.Errorf("before: %s\nafter:  %s", before, after)
	}
	if text(t, pool, "SELECT pg_backend_pid()") != pid {
		t.Error("the pool has another connection by now")
	}
}

// Several connections of the program meet several of PgBouncer.
func TestThroughPgBouncerAtTheSameTime(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, pool *pgxpool.Pool) {
		var wait sync.WaitGroup
		for i := range 8 {
			wait.Go(func() {
				s := New(pool, fmt.Sprint("group ", i))
				for n := range 10 {
					for name, err := range methods(t.Context(), s, fmt.Sprint("evt_", n), fmt.Sprint("holder ", n)) {
						if err != nil {
							t.Errorf("%s: %v", name, err)
						}
					}
				}
			})
		}
		wait.Wait()
	})
}

// The replica believes it is the year 2000. Connections are no part of the bubble, but
// its clock stands still while it waits for them.
func TestOnlyTheClockOfTheDatabaseCounts(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t).URL(newDatabase(t))
	migrateAll(t, connect(t, dsn))
	synctest.Test(t, func(t *testing.T) {
		if now := time.Now(); now.Year() != 2000 {
			t.Fatal(now)
		}
		pool := connect(t, dsn)
		s := New(pool, "a")
		held, err := s.Acquire(t.Context(), "x", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Acquire(t.Context(), "y", time.Hour); !errors.Is(err, stream.ErrLeaseHeld) {
			t.Errorf("Acquire while it is held: %v", err)
		}
		for name, renew := range map[string]func() error{
			"Renew":     func() error { return s.Renew(t.Context(), held, time.Hour) },
			"Save":      func() error { return s.Save(t.Context(), held, "evt_1") },
			"AddRecent": func() error { return s.AddRecent(t.Context(), held, "evt_0") },
		} {
			run(t, pool, "UPDATE pepay_lease SET until = clock_timestamp() + interval '1 second'")
			if err := renew(); err != nil {
				t.Fatal(err)
			}
			if left := text(t, pool, `SELECT until - clock_timestamp() BETWEEN '50 minutes' AND '1 hour' FROM pepay_lease`); left != "true" {
				t.Errorf("after %s, the lease does not live for an hour", name)
			}
		}
		run(t, pool, "UPDATE pepay_lease SET until = clock_timestamp()")
		if _, err := s.Acquire(t.Context(), "y", time.Hour); err != nil {
			t.Errorf("Acquire after it has run out: %v", err)
		}

		d := s.Deduper(WithClaimLease(time.Hour))
		wantClaim(t, d, "evt_1", "x", webhook.Claimed)
		wantClaim(t, d, "evt_1", "y", webhook.InProgress)
		run(t, pool, "UPDATE pepay_claim SET until = clock_timestamp()")
		wantClaim(t, d, "evt_1", "y", webhook.Claimed)
		if err := d.Commit(t.Context(), "evt_1", "y"); err != nil {
			t.Error(err)
		}
		if n, err := d.Cleanup(t.Context()); n != 0 || err != nil {
			t.Errorf("Cleanup of what is new: %d, %v", n, err)
		}
	})
}

func TestImpossibleText(t *testing.T) {
	t.Parallel()
	s := New(migrated(t), "a")
	d := s.Deduper()
	ctx := t.Context()
	held, err := s.Acquire(ctx, "x", minute)
	if err != nil {
		t.Fatal(err)
	}
	with := func(holder string) stream.Term { return stream.Term{Holder: holder, Fence: held.Fence} }
	errorOf := func(_ any, err error) error { return err }
	for name, c := range map[string]struct{ text, want string }{
		"empty":     {"", "is empty"},
		"long":      {strings.Repeat("x", 1025), "has 1025 bytes; at most 1024 are possible"},
		"not UTF-8": {"evt_\xff", "is not valid UTF-8"},
		"NUL":       {"evt_\x00", "contains a NUL character"},
	} {
		t.Run(name, func(t *testing.T) {
			for what, errs := range map[string][]error{
				"the event id ": {
					s.Save(ctx, held, c.text), s.AddRecent(ctx, held, c.text),
					errorOf(d.Claim(ctx, c.text, "x")), d.Commit(ctx, c.text, "x"),
				},
				"the holder ": {
					errorOf(s.Acquire(ctx, c.text, minute)),
					errorOf(d.Claim(ctx, "evt_1", c.text)), d.Commit(ctx, "evt_1", c.text),
				},
			} {
				for i, err := range errs {
					if wantText(t, err, what+c.want); !errors.Is(err, pepay.ErrInvalidArgument) {
						t.Errorf("%s%d: %v", what, i, err)
					}
				}
			}
			for _, err := range []error{
				s.Renew(ctx, with(c.text), minute), s.Save(ctx, with(c.text), "evt_1"), s.AddRecent(ctx, with(c.text), "evt_1"),
			} {
				if !errors.Is(err, stream.ErrLeaseLost) {
					t.Errorf("a term that nobody can have: %v", err)
				}
			}
			for _, err := range []error{s.Release(ctx, with(c.text)), d.Release(ctx, c.text, "x"), d.Release(ctx, "evt_1", c.text)} {
				if err != nil {
					t.Errorf("releasing what nobody can have: %v", err)
				}
			}
		})
	}
	for _, err := range []error{errorOf(s.Acquire(ctx, "x", 0)), s.Renew(ctx, held, -1)} {
		wantText(t, err, "invalid argument", "the life of a lease must be positive")
	}
	// What is just allowed is found again.
	longest := strings.Repeat("ü", 512)
	for name, err := range methods(ctx, New(s.pool, longest), longest[:1018], longest) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewPanicsWithoutNameOrPool(t *testing.T) {
	t.Parallel()
	pool := new(pgxpool.Pool)
	for want, f := range map[string]func(){
		"postgres: New: the pool is nil":             func() { New(nil, "a") },
		"the name is empty":                          func() { New(pool, "") },
		"the name has 1025 bytes":                    func() { New(pool, strings.Repeat("x", 1025)) },
		"postgres: WithClaimLease: must be positive": func() { WithClaimLease(0) },
		"postgres: WithRetention: must be positive":  func() { WithRetention(-1) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

func TestWithoutTables(t *testing.T) {
	t.Parallel()
	pool := connect(t, servers.Postgres(t).URL(newDatabase(t)))
	for name, err := range methods(t.Context(), New(pool, "a"), "evt_1", "x") {
		var pg *pgconn.PgError
		if !errors.As(err, &pg) {
			t.Errorf("%s: %v is no PgError", name, err)
		}
		wantText(t, err, "call Migrate first or run what Schema returns")
	}
}

func wantClaim(t testing.TB, d webhook.Deduper, eventID, holder string, want webhook.Claim) {
	t.Helper()
	if got, err := d.Claim(t.Context(), eventID, holder); got != want || err != nil {
		t.Errorf("%s claims %s: %d, %v; want %d", holder, eventID, got, err, want)
	}
}
