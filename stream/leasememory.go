package stream

import (
	"context"
	"slices"
	"sync"
	"time"
)

// MemoryLease is a [Lease] within one process, for tests and for trying a group out.
// It is safe for concurrent use.
func MemoryLease() Lease { return &memoryLease{} }

type memoryLease struct {
	mu     sync.Mutex
	holder string
	fence  int64
	until  time.Time
	life   time.Duration
	cursor string
	recent []string
}

func (l *memoryLease) Acquire(ctx context.Context, holder string, life time.Duration) (Term, error) {
	if err := ctx.Err(); err != nil {
		return Term{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.holder != "" && l.holder != holder && now.Before(l.until) {
		return Term{}, ErrLeaseHeld
	}
	l.fence++
	l.holder, l.life, l.until = holder, life, now.Add(life)
	return Term{Holder: holder, Fence: l.fence, Cursor: l.cursor, Recent: slices.Clone(l.recent)}, nil
}

func (l *memoryLease) Renew(ctx context.Context, t Term, life time.Duration) error {
	return l.during(ctx, t, func() { l.life = life })
}

func (l *memoryLease) Save(ctx context.Context, t Term, eventID string) error {
	return l.during(ctx, t, func() {
		if !slices.Contains(l.recent, eventID) {
			l.cursor = eventID
			l.remember(len(l.recent), eventID)
		}
	})
}

// AddRecent remembers a handled event before the cursor.
func (l *memoryLease) AddRecent(ctx context.Context, t Term, eventID string) error {
	return l.during(ctx, t, func() {
		if !slices.Contains(l.recent, eventID) {
			l.remember(max(0, len(l.recent)-1), eventID)
		}
	})
}

func (l *memoryLease) remember(at int, eventID string) {
	l.recent = slices.Insert(l.recent, at, eventID)
	l.recent = l.recent[max(0, len(l.recent)-maxTermRecent):]
}

func (l *memoryLease) Release(_ context.Context, t Term) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isHeld(t) {
		l.holder = ""
	}
	return nil
}

// during changes the lease if the term still runs, and renews it.
func (l *memoryLease) during(ctx context.Context, t Term, change func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isHeld(t) {
		return ErrLeaseLost
	}
	change()
	l.until = time.Now().Add(l.life)
	return nil
}

func (l *memoryLease) isHeld(t Term) bool {
	return l.holder != "" && l.holder == t.Holder && l.fence == t.Fence
}
