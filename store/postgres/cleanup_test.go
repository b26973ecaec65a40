package postgres

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go/webhook"
)

const day = 24 * time.Hour

// handled makes events that were handled, or only claimed, some days ago.
func handled(t *testing.T, pool *pgxpool.Pool, name, id string, events, daysAgo int) {
	t.Helper()
	run(t, pool, `INSERT INTO pepay_claim (name, event_id, holder, until, handled_at)
		SELECT $1, $2 || '_' || n, 'x', clock_timestamp() - $3::bigint * interval '1 day',
			CASE WHEN n % 10 > 0 THEN clock_timestamp() - $3::bigint * interval '1 day' END
		FROM generate_series(1, $4::bigint) AS n`, name, id, daysAgo, events)
}

func wantRows(t *testing.T, pool *pgxpool.Pool, name string, want int) {
	t.Helper()
	if got := text(t, pool, "SELECT count(*) FROM pepay_claim WHERE name = $1", name); got != fmt.Sprint(want) {
		t.Errorf("%s has %s events, want %d", name, got, want)
	}
}

func TestCleanup(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, pool *pgxpool.Pool) {
		handled(t, pool, "a", "old", 2345, 91)
		handled(t, pool, "a", "new", 100, 89)
		handled(t, pool, "b", "old", 10, 91)
		d := New(pool, "a").Deduper()

		// Two replicas at the same time take turns and delete everything once.
		var deleted [2]int64
		var wait sync.WaitGroup
		for i := range deleted {
			wait.Go(func() {
				var err error
				if deleted[i], err = d.Cleanup(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if deleted[0]+deleted[1] != 2345 {
			t.Errorf("%d were deleted", deleted)
		}
		wantRows(t, pool, "a", 100)
		wantRows(t, pool, "b", 10)
		wantClaim(t, d, "new_1", "y", webhook.Done)
		wantClaim(t, d, "old_1", "y", webhook.Claimed) // comes later than it is remembered
		wantClaim(t, d, "old_1", "z", webhook.InProgress)

		shorter := New(pool, "a").Deduper(WithRetention(30 * day))
		if n, err := shorter.Cleanup(t.Context()); n != 100 || err != nil {
			t.Errorf("with a shorter retention: %d, %v", n, err)
		}
		wantRows(t, pool, "a", 1)
	})
}

// Nobody has to call Cleanup.
func TestClaimsCleanUp(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	handled(t, pool, "a", "old", cleanupBatch+5, 91)
	d := New(pool, "a").Deduper()
	d.claims.Store(cleanupEvery - 2)
	wantClaim(t, d, "evt_0", "x", webhook.Claimed)
	wantRows(t, pool, "a", cleanupBatch+6)
	wantClaim(t, d, "evt_1", "x", webhook.Claimed)
	wantRows(t, pool, "a", 5+2)
	wantClaim(t, d, "evt_2", "x", webhook.Claimed)
	wantRows(t, pool, "a", 5+3)
}
