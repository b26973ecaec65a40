package inboxtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/inbox"
)

// Replicas start at the same time, and each makes the table.
func TestSchemaAtTheSameTime(t *testing.T) {
	t.Parallel()
	db := newDB(t, nil)
	for round := range 5 {
		run(t, db, "DROP TABLE pepay_inbox")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := db.ExecContext(t.Context(), inbox.Schema(inbox.Postgres)); err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		wg.Wait()
	}
}

func TestCleanup(t *testing.T) {
	t.Parallel()
	db := newDB(t, nil)
	insert := func(n int, age string) {
		t.Helper()
		run(t, db, "INSERT INTO pepay_inbox SELECT concat($1::text, n), now() - $1::interval FROM generate_series(1, $2::int) AS n", age, n)
	}
	insert(2500, "91 days")
	insert(3, "89 days")
	insert(4, "1 hour")
	// Replicas that clean up at the same time do not wait for one another.
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := int64(0)
	for range 3 {
		wg.Go(func() {
			n, err := inbox.Cleanup(t.Context(), db, inbox.Postgres, 0)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			total += n
		})
	}
	wg.Wait()
	for _, c := range []struct {
		olderThan time.Duration
		deleted   int64
		left      int
	}{{inbox.Retention, 0, 7}, {90 * time.Minute, 3, 4}, {time.Millisecond, 4, 0}} {
		n, err := inbox.Cleanup(t.Context(), db, inbox.Postgres, c.olderThan)
		if err != nil {
			t.Fatal(err)
		}
		if left := value(t, db, "SELECT count(*) FROM pepay_inbox"); n != c.deleted || left != fmt.Sprint(c.left) {
			t.Errorf("%v: deleted %d, left %s; want %d and %d", c.olderThan, n, left, c.deleted, c.left)
		}
	}
	if total != 2500 {
		t.Errorf("deleted %d at the same time, want 2500", total)
	}
}
