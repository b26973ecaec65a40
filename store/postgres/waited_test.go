package postgres

import (
	"errors"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

// A statement that has waited for another one must not decide by what it saw before.
func TestWhoHasWaitedLooksAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile string // what the other statement does to a row that has run out
		call      func(t *testing.T, s *Store) error
	}{
		"Acquire while the holder renews": {
			"UPDATE pepay_lease SET until = clock_timestamp() + interval '1 hour'",
			func(t *testing.T, s *Store) error {
				_, err := s.Acquire(t.Context(), "y", minute)
				if !errors.Is(err, stream.ErrLeaseHeld) {
					t.Errorf("Acquire: %v", err)
				}
				return nil
			},
		},
		"Claim while the holder commits": {
			"UPDATE pepay_claim SET handled_at = clock_timestamp()",
			func(t *testing.T, s *Store) error {
				claim, err := s.Deduper().Claim(t.Context(), "evt_1", "y")
				if claim == webhook.Claimed {
					t.Error("a handled event was claimed")
				}
				return err
			},
		},
		"Save while another one acquires": {
			"UPDATE pepay_lease SET holder = 'z', fence = fence + 1",
			func(t *testing.T, s *Store) error {
				err := s.Save(t.Context(), stream.Term{Holder: "x", Fence: 1}, "evt_1")
				if !errors.Is(err, stream.ErrLeaseLost) {
					t.Errorf("Save: %v", err)
				}
				return nil
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := migrated(t)
			run(t, pool, "INSERT INTO pepay_lease (name, holder, fence, until, life) VALUES ('a', 'x', 1, now(), '1 minute')")
			run(t, pool, "INSERT INTO pepay_claim (name, event_id, holder, until) VALUES ('a', 'evt_1', 'x', now())")
			tx, err := pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(t.Context()) }()
			if _, err := tx.Exec(t.Context(), c.meanwhile); err != nil {
				t.Fatal(err)
			}
			called := make(chan error)
			go func() { called <- c.call(t, New(pool, "a")) }()
			const waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
			for limit := time.After(time.Minute); text(t, pool, waiting) != "1"; {
				select {
				case <-limit:
					t.Fatal("the call does not wait")
				case <-time.After(10 * time.Millisecond):
				}
			}
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := <-called; err != nil {
				t.Error(err)
			}
		})
	}
}
