package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/stream"
)

// fakeLease is a process's handle of a lease that may have a fault.
type fakeLease struct {
	*leaseRow
	ahead   time.Duration // of the store's clock
	pending []string      // saved in this handle only
}

// leaseRow is what the processes share.
type leaseRow struct {
	fault  string
	mu     sync.Mutex
	holder string
	fence  int64
	until  time.Time
	life   time.Duration
	cursor string
	recent []string
	inTerm []string // ids of the term
}

func openFakeLease(fault string) func(*testing.T) stream.Lease {
	common := &leaseRow{fault: fault}
	return func(*testing.T) stream.Lease {
		if fault == "all leases are one" {
			return &fakeLease{leaseRow: common}
		}
		row := &leaseRow{fault: fault}
		if fault == "a new lease has an empty id" {
			row.recent = []string{""}
		}
		return &fakeLease{leaseRow: row}
	}
}

// Reopen returns a handle on a machine whose clock is wrong.
func (l *fakeLease) Reopen(*testing.T) stream.Lease {
	again := &fakeLease{leaseRow: l.leaseRow}
	switch l.fault {
	case "the local clock counts, and is ahead":
		again.ahead = time.Hour
	case "the local clock counts, and is behind":
		again.ahead = -time.Hour
	}
	return again
}

func (l *fakeLease) now() time.Time { return time.Now().Add(l.ahead) }

// gap lets other calls in between two statements.
func (l *fakeLease) gap(fault string) {
	if l.fault == fault {
		l.mu.Unlock()
		time.Sleep(time.Millisecond)
		l.mu.Lock()
	}
}

func (l *fakeLease) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil && l.fault != "contexts are ignored" {
		return nil, err
	}
	l.mu.Lock()
	return l.mu.Unlock, nil
}

func (l *fakeLease) same(a, b string) bool {
	return a == b || l.fault == "holders are compared without case" && strings.EqualFold(a, b)
}

func (l *fakeLease) Acquire(ctx context.Context, holder string, life time.Duration) (stream.Term, error) {
	leave, err := l.enter(ctx)
	if err != nil {
		return stream.Term{}, err
	}
	defer leave()
	own := l.same(l.holder, holder)
	lives := l.now().Before(l.until) || l.fault == "a lease never runs out"
	refused := l.holder != "" && !own && lives && l.fault != "Acquire does not compare the holder"
	if refused || own && l.fault == "Acquire refuses the holder itself" && lives {
		if l.fault == "the fence counts attempts" {
			l.fence++
		}
		return stream.Term{}, stream.ErrLeaseHeld
	}
	fence := l.fence + 1
	switch {
	case own && l.fault == "Acquire by the holder keeps the fence", !own && l.fault == "a take-over keeps the fence":
		fence--
	case l.holder == "" && l.fault == "the fence begins anew after Release":
		fence = 1
	}
	l.gap("Acquire reads and writes in two steps")
	l.flush(l.pending...)
	l.pending = nil
	l.holder, l.fence, l.inTerm = holder, fence, nil
	if !own || l.fault != "Acquire by the holder keeps the end" {
		l.setLife(life)
	}
	term := stream.Term{Holder: holder, Fence: fence, Cursor: l.cursor, Recent: slices.Clone(l.recent)}
	switch l.fault {
	case "a term shares its ids with the lease":
		term.Recent = l.recent
	case "the newest id comes first":
		slices.Reverse(term.Recent)
	}
	return term, nil
}

func (l *fakeLease) setLife(life time.Duration) {
	l.life = life
	if l.fault == "a lease lives for half its life" {
		life /= 2
	}
	l.until = l.now().Add(life)
}

// runs reports whether a term runs, as far as a call compares it.
func (l *fakeLease) runs(call string, t stream.Term) bool {
	fence := l.fence == t.Fence || l.fault == call+" does not compare the fence"
	holder := l.same(l.holder, t.Holder) || l.fault == call+" does not compare the holder"
	early := l.fault == call+" fails as soon as the lease has run out" && !l.now().Before(l.until)
	return l.holder != "" && fence && holder && !early || l.fault == call+" compares nothing"
}

func (l *fakeLease) Renew(ctx context.Context, t stream.Term, life time.Duration) error {
	leave, err := l.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	runs := l.runs("Renew", t)
	end := l.until
	if runs || l.fault == "a lost Renew keeps the lease" {
		l.setLife(life)
	}
	if l.fault == "Renew keeps the end" || l.fault == "Renew never shortens" && end.After(l.until) {
		l.until = end
	}
	if !runs {
		return stream.ErrLeaseLost
	}
	return nil
}

func (l *fakeLease) Save(ctx context.Context, t stream.Term, id string) error {
	leave, err := l.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	runs := l.runs("Save", t)
	l.gap("Save reads and writes in two steps")
	id = fakeID(l.fault, id)
	switch {
	case !runs:
		if l.fault == "a lost Save is written" {
			l.flush(id)
		}
		return stream.ErrLeaseLost
	case l.fault == "Save stays in the handle":
		l.pending = append(l.pending, id)
	case l.fault == "a mark is not saved" && strings.HasPrefix(id, "began:"):
	default:
		l.flush(id)
	}
	return nil
}

// flush writes ids.
func (l *fakeLease) flush(ids ...string) {
	for _, id := range ids {
		known := slices.Contains(l.recent, id)
		switch l.fault {
		case "ids are compared without case":
			known = slices.ContainsFunc(l.recent, func(other string) bool { return strings.EqualFold(other, id) })
		case "only the ids of the term count as handled":
			known = slices.Contains(l.inTerm, id)
		case "Save of a recent id moves the cursor":
			l.cursor = id
		}
		if !known {
			l.cursor = id
			l.inTerm = append(l.inTerm, id)
			l.remember(len(l.recent), id)
		}
	}
}

func (l *fakeLease) remember(at int, id string) {
	limit := maxRecent
	switch l.fault {
	case "the recent ids are unbounded":
		limit = 1 << 30
	case "the recent ids are too few":
		limit = maxRecent - 1
	}
	l.recent = slices.Insert(slices.Clone(l.recent), at, id)
	l.recent = l.recent[max(0, len(l.recent)-limit):]
}

func (l *fakeLease) AddRecent(ctx context.Context, t stream.Term, id string) error {
	leave, err := l.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	at := max(0, len(l.recent)-1)
	switch {
	case !l.runs("AddRecent", t):
		return stream.ErrLeaseLost
	case slices.Contains(l.recent, id) && l.fault != "AddRecent adds an id again":
		return nil
	case l.fault == "AddRecent moves the cursor":
		l.cursor = id
	case l.fault == "AddRecent puts the id last", l.cursor == "":
		at = len(l.recent)
	}
	if l.cursor == "" && l.fault == "AddRecent sets the first cursor" {
		l.cursor = id
	}
	if l.fault == "AddRecent forgets the new id" {
		at = 0
	}
	l.remember(at, id)
	return nil
}

func (l *fakeLease) Release(ctx context.Context, t stream.Term) error {
	leave, err := l.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	switch {
	case !l.runs("Release", t):
		if l.holder == "" && l.fault == "Release fails when the lease is free" {
			return errors.New("0 rows")
		}
		return nil
	case l.fault == "Release does nothing":
		return nil
	case l.fault == "Release only ends the life":
		l.until = time.Time{}
		return nil
	case l.fault == "Release forgets the cursor":
		l.cursor, l.recent = "", nil
	}
	l.flush(l.pending...)
	l.pending, l.holder = nil, ""
	return nil
}

// fakeID is what becomes of an id.
func fakeID(fault, id string) string {
	switch fault {
	case "ids are trimmed":
		return strings.TrimSpace(id)
	case "ids are cut at a NUL":
		id, _, _ = strings.Cut(id, "\x00")
	case "ids are cut at 1,000 bytes":
		return id[:min(len(id), 1000)]
	}
	return id
}
