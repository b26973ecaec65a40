package webhook

import "context"

// Claim is what a [Deduper] answers to a delivery that asks to handle an event.
type Claim int

const (
	// Claimed means: handle it, then Commit or Release.
	Claimed Claim = iota
	// Done means that it was handled before.
	Done
	// InProgress means that another delivery is handling it.
	InProgress
)

// Deduper makes sure that an event is handled once. Each delivery claims its event
// under a holder of its own, a random text, and then commits or releases the
// claim under the same holder. A claim has a lease, so that a crash between Claim
// and Commit does not block the event for ever. Make the lease longer than
// handling takes, or another delivery takes the event over; and shorter than
// Pepay goes on delivering, or the event is lost after a crash.
//
// Implementations are safe for concurrent use. To handle an event exactly once,
// keep the claims where the handler's own effects are, in the same transaction.
//
// The handler repeats a Claim or Commit that failed once, because only the answer
// may have been lost. Both must allow that.
type Deduper interface {
	// Claim asks for the right to handle an event. For the holder that has the claim
	// already, the answer is Claimed again.
	Claim(ctx context.Context, eventID, holder string) (Claim, error)
	// Commit records that the holder has handled the event. It returns [ErrClaimLost]
	// when the lease ended and another holder has claimed the event since. For an event
	// that the same holder has committed already it returns nil.
	Commit(ctx context.Context, eventID, holder string) error
	// Release gives the claim back, so that Pepay's next delivery is handled. By
	// anyone but the holder, it does nothing and is no error.
	Release(ctx context.Context, eventID, holder string) error
}
