package storetest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/webhook"
)

// fakeDeduper is a handle of a deduper that may have a fault.
type fakeDeduper struct {
	*claims
}

type claims struct {
	fault string
	life  time.Duration
	mu    sync.Mutex
	rows  map[string]fakeClaim
}

func newClaims(fault string, life time.Duration) *claims {
	return &claims{fault: fault, life: life, rows: map[string]fakeClaim{}}
}

type fakeClaim struct {
	holder string
	until  time.Time
	done   bool
}

func openFakeDeduper(fault string) func(*testing.T) webhook.Deduper {
	common := newClaims(fault, long)
	return func(*testing.T) webhook.Deduper {
		if fault == "all dedupers are one" {
			return fakeDeduper{common}
		}
		return fakeDeduper{newClaims(fault, long)}
	}
}

func (d fakeDeduper) Reopen(t *testing.T) webhook.Deduper {
	if d.fault == "claims stay in the handle" {
		return openFakeDeduper(d.fault)(t)
	}
	return d
}

func (d fakeDeduper) WithClaimLife(_ *testing.T, life time.Duration) webhook.Deduper {
	return fakeDeduper{newClaims(d.fault, life)}
}

func (d fakeDeduper) key(id, holder string) string {
	switch d.fault {
	case "ids are compared without case":
		return strings.ToLower(id)
	case "id and holder are joined":
		return id + holder
	}
	return fakeID(d.fault, id)
}

func (d fakeDeduper) same(a, b string) bool {
	return a == b || d.fault == "holders are compared without case" && strings.EqualFold(a, b)
}

func (d fakeDeduper) Claim(_ context.Context, id, holder string) (webhook.Claim, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	row, ok := d.rows[d.key(id, holder)]
	own := d.same(row.holder, holder)
	if d.fault == "Claim refuses the holder itself" {
		own = false
	}
	lives := time.Now().Before(row.until) || d.fault == "a claim never lapses"
	switch {
	case row.done:
		return webhook.Done, nil
	case ok && !own && lives && d.fault != "Claim does not compare the holder":
		return webhook.InProgress, nil
	}
	if d.fault == "Claim reads and writes in two steps" {
		d.mu.Unlock()
		time.Sleep(time.Millisecond)
		d.mu.Lock()
	}
	life := d.life
	if d.fault == "a claim lives for half its life" {
		life /= 2
	}
	d.rows[d.key(id, holder)] = fakeClaim{holder: holder, until: time.Now().Add(life)}
	return webhook.Claimed, nil
}

func (d fakeDeduper) Commit(_ context.Context, id, holder string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	row, ok := d.rows[d.key(id, holder)]
	own := d.same(row.holder, holder) || d.fault == "Commit does not compare the holder"
	switch {
	case row.done && d.fault == "Commit of a handled event is nil for everybody":
		return nil
	case row.done && d.fault == "Commit works once":
		return webhook.ErrClaimLost
	case ok && !own:
		return webhook.ErrClaimLost
	case d.fault == "a claim that has lapsed cannot be committed" && !row.done && !time.Now().Before(row.until):
		return webhook.ErrClaimLost
	case d.fault == "Commit forgets the event":
		delete(d.rows, d.key(id, holder))
		return nil
	}
	d.rows[d.key(id, holder)] = fakeClaim{holder: holder, done: true}
	return nil
}

func (d fakeDeduper) Release(_ context.Context, id, holder string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	row := d.rows[d.key(id, holder)]
	own := d.same(row.holder, holder) || d.fault == "Release does not compare the holder"
	if own && (!row.done || d.fault == "Release forgets a handled event") && d.fault != "Release does nothing" {
		delete(d.rows, d.key(id, holder))
	}
	return nil
}
