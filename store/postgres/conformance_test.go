package postgres

import (
	"crypto/rand"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go/storetest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

// sharedLease is a lease as two processes have it.
type sharedLease struct {
	*Store
	others *pgxpool.Pool
}

func (l sharedLease) Reopen(*testing.T) stream.Lease { return New(l.others, l.name) }

type sharedDeduper struct {
	*Deduper
	others *pgxpool.Pool
	lease  time.Duration
}

func (d sharedDeduper) Reopen(*testing.T) webhook.Deduper {
	return New(d.others, d.store.name).Deduper(WithClaimLease(d.lease))
}

func (d sharedDeduper) WithClaimLife(_ *testing.T, life time.Duration) webhook.Deduper {
	store := New(d.store.pool, "claims that lapse "+rand.Text())
	return sharedDeduper{store.Deduper(WithClaimLease(life)), d.others, life}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, pool *pgxpool.Pool) {
		others := connect(t, pool.Config().ConnString())
		var names atomic.Int64
		open := func() *Store { return New(pool, fmt.Sprint("group ", names.Add(1))) }
		storetest.Lease(t, func(*testing.T) stream.Lease { return sharedLease{open(), others} })
		storetest.Deduper(t, func(*testing.T) webhook.Deduper {
			const lease = 10 * time.Minute
			return sharedDeduper{open().Deduper(WithClaimLease(lease)), others, lease}
		})
	})
}
