package stream

import (
	"errors"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// tally holds the counts that limit how often the stream dials again. A healthy
// connection clears them.
type tally struct {
	attempt      int  // waits since the last healthy connection
	bounded      int  // verdicts that are bounded
	rejections   int  // of credentials, in a row
	refusals     int  // by the token source, in a row
	serverErrors int  // ws_error frames without an event in between
	sinceDropped bool // a dial without since was tried
}

// unreadable counts frames that cannot be read, in a row, at one cursor. It
// survives a healthy connection: the same frame may come at the start of each.
type unreadable struct {
	count int
	at    string
}

// next decides what follows the end of a dial or a connection: how long to wait,
// or the error that ends the stream.
func (r *run) next(err error) (pause, error) {
	if r.open && causeOf(err) == causeCredential && hasExpired(r.dialled) {
		// The token was not rejected. The next dial takes a fresh one anyway.
		err = expired{err}
	}
	why := causeOf(err)
	if r.open && why != causeCredential {
		r.rejections = 0 // the credential was accepted
	}
	if why != causeSource {
		r.refusals = 0
	}
	last := false // time to end
	switch why.verdict(r.upgraded) {
	case verdictEnd:
		last = true
	case verdictNewCredential:
		r.dropToken()
		r.rejections++
		if r.rejections > 1 || r.session != nil { // nobody can give another session token
			return pause{}, fmt.Errorf("%w: %w", ErrUnauthorized, err)
		}
	case verdictNewToken:
		r.dropToken()
		last = r.countBounded()
	case verdictOnceMore:
		r.refusals++
		last = r.refusals > 1
	case verdictWithoutSince:
		if r.since != "" && !r.sinceDropped {
			r.sinceDropped, r.withoutSince = true, true
		} else {
			last = r.countBounded()
		}
	case verdictBounded:
		last = r.countBounded()
	case verdictFew:
		r.serverErrors++
		last = r.serverErrors >= maxServerErrors
	case verdictRetry, verdictStepOver:
	}
	if last {
		var end endError
		if errors.As(err, &end) {
			err = end.error
		}
		return pause{}, err
	}
	wait := r.opts.Backoff.pause(r.attempt, retryAfterOf(err))
	r.attempt++
	r.setState(StateWaiting, err)
	r.waiting(Wait{Attempt: r.dials + 1, Delay: wait.whole, Err: err})
	return wait, nil
}

func (r *run) countBounded() (last bool) {
	r.bounded++
	return r.bounded >= maxBounded
}

// dropToken keeps the source from handing out the token of the last dial again.
func (r *run) dropToken() {
	if invalidator, ok := r.opts.Source.(interface{ Invalidate(*pepay.WSToken) bool }); ok && r.dialled != nil {
		invalidator.Invalidate(r.dialled)
	}
}

// stepsOver counts a frame that cannot be read and reports whether to go on
// behind it. Dialling again may bring it in one piece, or the Events API has it.
func (r *run) stepsOver() bool {
	if r.unreadable.at != r.id {
		r.unreadable = unreadable{at: r.id}
	}
	r.unreadable.count++
	return r.unreadable.count >= maxUnreadable
}

func hasExpired(token *pepay.WSToken) bool {
	return token != nil && !token.ExpiresAt.IsZero() && !time.Now().Before(token.ExpiresAt.Time)
}

// retryAfterOf is how long Pepay asked to wait, whoever was asked: the upgrade,
// the mint, the Events API, or a source of the user's whose errors have a method
// RetryAfter.
func retryAfterOf(err error) time.Duration {
	var (
		refused  *handshakeError
		answered *wrapper.Error
		other    interface{ RetryAfter() time.Duration }
	)
	switch {
	case errors.As(err, &refused):
		return refused.retryAfter
	case errors.As(err, &answered) && answered.RetryAfter > 0:
		return answered.RetryAfter
	case errors.As(err, &other):
		return max(0, other.RetryAfter())
	}
	return 0
}
