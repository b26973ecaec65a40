package stream

import (
	"context"
	"errors"
	"time"
)

const (
	defaultLeaseLife = 3 * time.Second
	minLeaseLife     = 100 * time.Millisecond
	// maxTermRecent is how many handled ids a Term has at most.
	maxTermRecent = 1024
)

var (
	// ErrLeaseHeld is what [Lease.Acquire] returns while another holder has the lease.
	ErrLeaseHeld = errors.New("stream: another holder has the lease")
	// ErrLeaseLost is what the methods of a [Lease] return for a term that is over:
	// another holder has acquired the lease since, or it was released.
	ErrLeaseLost = errors.New("stream: the lease is lost")
)

// Lease makes one group of the streams that share it, usually in several replicas of
// a program: one of them holds the lease and follows Pepay, and the others stand by.
// The lease also keeps the group's cursor, because the two must change together. A stream
// that paused for longer than its life, and does not know it yet, cannot move the
// cursor any more: each term has a fence, a number that grows by one whenever the
// lease is acquired, and every later call says which fence it belongs to.
//
// Each method is one atomic step, such as one statement of SQL, and is safe for
// concurrent use. Only the clock of the store counts, not that of a replica.
// [MemoryLease] is one for a single process.
//
// A lease may also have a method
//
//	AddRecent(ctx context.Context, t Term, eventID string) error
//
// for handled events to which the cursor does not move, because they arrived late.
// Without it, such an event may come again after a take-over.
type Lease interface {
	// Acquire begins a term when the lease is free, has run out or is the holder's own.
	// The answer to an earlier call may have been lost, so the holder itself never
	// gets [ErrLeaseHeld]; it begins a new term.
	Acquire(ctx context.Context, holder string, life time.Duration) (Term, error)
	// Renew lets the lease live for life from now on. It returns [ErrLeaseLost] unless
	// holder and fence are still those of t. A lease that has run out and that nobody
	// has acquired since is renewed.
	Renew(ctx context.Context, t Term, life time.Duration) error
	// Save keeps the cursor and adds it to the handled ids, under the same condition.
	// It may also renew the lease. An id that is among the handled ones already is a
	// request that was repeated, or one that was under way for long: the cursor stays,
	// or it would go back. The cursor is a text of at most 1,024 bytes: the id
	// of an event or, before the first one was handled, a mark of the stream's own.
	Save(ctx context.Context, t Term, eventID string) error
	// Release ends the term at once. When it is over already, nothing happens.
	Release(ctx context.Context, t Term) error
}

// Term is the time from acquiring a lease until it is lost or released.
type Term struct {
	Holder string
	// Fence is one more than that of the term before.
	Fence int64
	// Cursor is what was saved last, "" when nothing was.
	Cursor string
	// Recent are the ids that were handled last, at most 1,024, the oldest first and
	// the cursor last.
	Recent []string
}
