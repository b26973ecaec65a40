package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go/webhook"
)

const (
	defaultClaimLease = 5 * time.Minute
	defaultRetention  = 90 * 24 * time.Hour
)

// Deduper is a [webhook.Deduper] in PostgreSQL, for handlers whose effects are not in
// the same database: in package inbox, the event and its effects are one transaction. It
// is safe for concurrent use.
type Deduper struct {
	store      *Store
	claimLease time.Duration
	retention  time.Duration
	claims     atomic.Int64
}

var _ webhook.Deduper = (*Deduper)(nil)

// DeduperOption configures [Store.Deduper]. An impossible value is a mistake in the
// program: the option panics and names itself.
type DeduperOption func(*Deduper)

// WithClaimLease sets how long a delivery may take to handle its event, 5 min by default.
// After that, another delivery takes the event over. After a crash, deliveries of the
// event are answered 503 until the lease has ended.
func WithClaimLease(d time.Duration) DeduperOption {
	if d <= 0 {
		panic("postgres: WithClaimLease: must be positive")
	}
	return func(dd *Deduper) { dd.claimLease = d }
}

// WithRetention sets how long handled events are remembered, 90 days by default. One
// that Pepay delivers again after that is handled again.
func WithRetention(d time.Duration) DeduperOption {
	if d <= 0 {
		panic("postgres: WithRetention: must be positive")
	}
	return func(dd *Deduper) { dd.retention = d }
}

// Deduper returns the deduper of the store, for [webhook.WithDeduper]. All replicas have
// to use the same options.
func (s *Store) Deduper(opts ...DeduperOption) *Deduper {
	d := &Deduper{store: s, claimLease: defaultClaimLease, retention: defaultRetention}
	for _, opt := range opts {
		opt(d)
	}
	return d
}

// claimSQL writes only when the claim is to be had. The last part does not see a row that
// another statement has committed since this one began, and then answers that the event is
// in progress: the next delivery sees it.
const claimSQL = `
WITH claimed AS (
	INSERT INTO pepay_claim AS c (name, event_id, holder, until)
	SELECT $1, $2, $3, clock_timestamp() + $4::bigint * interval '1 microsecond'
	WHERE NOT EXISTS (
		SELECT FROM pepay_claim WHERE name = $1 AND event_id = $2
		AND (handled_at IS NOT NULL OR holder <> $3 AND until > clock_timestamp())
	)
	ON CONFLICT (name, event_id) DO UPDATE
	SET holder = excluded.holder, until = clock_timestamp() + $4::bigint * interval '1 microsecond'
	WHERE c.handled_at IS NULL AND (c.holder = excluded.holder OR c.until <= clock_timestamp())
	RETURNING 'claimed' AS answer
)
SELECT coalesce(
	(SELECT answer FROM claimed),
	(SELECT 'done' FROM pepay_claim WHERE name = $1 AND event_id = $2 AND handled_at IS NOT NULL),
	'in progress'
)`

// Claim asks for the right to handle an event. Now and then it also deletes events that
// were handled longer ago than the retention, see [Deduper.Cleanup]. Event id and holder
// have at most 1,024 bytes each.
func (d *Deduper) Claim(ctx context.Context, eventID, holder string) (webhook.Claim, error) {
	if err := checkClaim(eventID, holder); err != nil {
		return 0, err
	}
	var answer string
	_, err := d.store.query(ctx, "claim an event", claimSQL,
		[]any{d.store.name, eventID, holder, micros(d.claimLease)}, &answer)
	if err != nil {
		return 0, err
	}
	switch answer {
	case "claimed":
		d.cleanupNowAndThen(ctx)
		return webhook.Claimed, nil
	case "done":
		return webhook.Done, nil
	case "in progress":
		return webhook.InProgress, nil
	}
	return 0, fmt.Errorf("postgres: claim an event: unexpected answer %q", answer)
}

const commitSQL = `
INSERT INTO pepay_claim AS c (name, event_id, holder, until, handled_at)
VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp())
ON CONFLICT (name, event_id) DO UPDATE SET handled_at = coalesce(c.handled_at, clock_timestamp())
WHERE c.holder = excluded.holder`

// Commit records that the event was handled. It returns [webhook.ErrClaimLost] when
// another holder has claimed or handled the event since.
func (d *Deduper) Commit(ctx context.Context, eventID, holder string) error {
	if err := checkClaim(eventID, holder); err != nil {
		return err
	}
	rows, err := d.store.exec(ctx, "commit a claim", commitSQL, d.store.name, eventID, holder)
	if err == nil && rows == 0 {
		return webhook.ErrClaimLost
	}
	return err
}

func checkClaim(eventID, holder string) error {
	return errors.Join(checkText("event id", eventID), checkText("holder", holder))
}

const giveBackSQL = `
DELETE FROM pepay_claim WHERE name = $1 AND event_id = $2 AND holder = $3 AND handled_at IS NULL`

// Release gives the claim back. By anyone but the holder, and after Commit, it does
// nothing.
func (d *Deduper) Release(ctx context.Context, eventID, holder string) error {
	if checkClaim(eventID, holder) != nil {
		return nil // nobody can have claimed it so
	}
	_, err := d.store.exec(ctx, "release a claim", giveBackSQL, d.store.name, eventID, holder)
	return err
}
