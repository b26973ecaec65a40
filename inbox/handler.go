package inbox

import (
	"context"
	"database/sql"
	"net/http"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

// Handler is a webhook endpoint that runs fn exactly once per event: in the transaction
// that records the event, which it commits when fn returns nil. fn uses tx, and leaves
// its end to Handler. When fn fails or panics, everything is rolled back.
//
//	200  handled now or before
//	500  fn failed: Pepay delivers again
//	503  with Retry-After: another transaction is at work on the event, in any replica;
//	     the database cannot be reached, or has ended the transaction
//
// and otherwise as [webhook.Verifier.Handler], whose options it takes. An observer hears
// of a duplicate as such. There is no deduper but the table: [webhook.WithDeduper] has
// no effect.
//
// The context of fn ends when Pepay hangs up. What fn has done by then is still
// committed if it returns nil within 10 s. fn is called concurrently for different events.
// Handler panics when v, db or fn is nil or the dialect is unknown.
func Handler(v *webhook.Verifier, db *sql.DB, d Dialect, fn func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error, opts ...webhook.HandlerOption) http.Handler {
	if v == nil {
		panic("inbox: Handler: the verifier is nil")
	}
	c, err := newConsumer(db, d, fn)
	if err != nil {
		panic("inbox: Handler: " + err.Error())
	}
	// Memory could say that an event is done which the database has lost since.
	return v.Handler(c.once, append(opts[:len(opts):len(opts)], webhook.WithDeduper(forgetful{}))...)
}

// forgetful is a deduper that leaves everything to the transaction.
type forgetful struct{}

func (forgetful) Claim(context.Context, string, string) (webhook.Claim, error) {
	return webhook.Claimed, nil
}

func (forgetful) Commit(context.Context, string, string) error { return nil }

func (forgetful) Release(context.Context, string, string) error { return nil }
