package postgres

import "context"

const (
	cleanupBatch = 1000
	// cleanupEvery claims, one also cleans up: it deletes twice as fast as events come.
	cleanupEvery = cleanupBatch / 2
)

// cleanupSQL skips what another clean-up is deleting.
const cleanupSQL = `
DELETE FROM pepay_claim AS c USING (
	SELECT event_id FROM pepay_claim
	WHERE name = $1 AND coalesce(handled_at, until) < clock_timestamp() - $2::bigint * interval '1 microsecond'
	ORDER BY coalesce(handled_at, until) LIMIT $3::bigint
	FOR UPDATE SKIP LOCKED
) AS old
WHERE c.name = $1 AND c.event_id = old.event_id`

// Cleanup deletes what is older than the retention, in batches of 1,000, and returns
// how many events it has forgotten. Nobody has to call it: every 500th claim deletes a
// batch, which is enough to keep up. It serves to delete at a quiet time, or at once
// after the retention was shortened. Replicas may call it at the same time.
func (d *Deduper) Cleanup(ctx context.Context) (int64, error) {
	for total := int64(0); ; {
		n, err := d.deleteBatch(ctx)
		total += n
		if err != nil || n < cleanupBatch {
			return total, err
		}
	}
}

func (d *Deduper) deleteBatch(ctx context.Context) (int64, error) {
	return d.store.exec(ctx, "delete old claims", cleanupSQL, d.store.name, micros(d.retention), cleanupBatch)
}

// cleanupNowAndThen follows a claim that has succeeded, so its own failure must not
// show. The next time deletes what this one could not.
func (d *Deduper) cleanupNowAndThen(ctx context.Context) {
	if d.claims.Add(1)%cleanupEvery == 0 {
		_, _ = d.deleteBatch(ctx)
	}
}
