package webhook

import (
	"context"
	"errors"
	"fmt"
)

// claim is one delivery's right to handle its event.
type claim struct {
	deduper         Deduper
	eventID, holder string
	held            bool // true also where the answer to Claim was lost
}

// take asks for the claim. It asks a second time after an error, because the answer
// may have been lost: for the same holder it is the same claim.
func (c *claim) take(ctx context.Context) (Claim, error) {
	c.held = true
	answer, err := c.deduper.Claim(ctx, c.eventID, c.holder)
	if err != nil && ctx.Err() == nil {
		answer, err = c.deduper.Claim(ctx, c.eventID, c.holder)
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("webhook: claim: %w", err)
	case answer == Claimed:
		return Claimed, nil
	case answer == Done, answer == InProgress:
		c.held = false
		return answer, nil
	}
	return 0, fmt.Errorf("webhook: claim: the deduper answered an unknown Claim(%d)", int(answer))
}

// commit records that the event was handled, also when Pepay has hung up. A commit
// that failed leaves the claim to its lease: fn has run, and giving the claim back
// would run it again at once.
func (c *claim) commit(ctx context.Context) error {
	c.held = false
	ctx = context.WithoutCancel(ctx)
	err := c.deduper.Commit(ctx, c.eventID, c.holder)
	if err != nil && !errors.Is(err, ErrClaimLost) {
		err = c.deduper.Commit(ctx, c.eventID, c.holder)
	}
	if err != nil {
		return fmt.Errorf("webhook: commit: %w", err)
	}
	return nil
}

// end gives back a claim that is still held, also when Pepay has hung up.
func (c *claim) end(ctx context.Context) error {
	if !c.held {
		return nil
	}
	c.held = false
	return c.deduper.Release(context.WithoutCancel(ctx), c.eventID, c.holder)
}
