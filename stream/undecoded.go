package stream

import (
	"context"
	"log/slog"

	"github.com/pepaylabs/pepay-go"
)

// logUndecoded says which fields of an event are zero because they could not be
// read: a livemode that is wrongly false, for instance, is a payment that a
// program may take for a test.
func (r *run) logUndecoded(ctx context.Context, ev *pepay.Event) {
	if fields := ev.UndecodedFields(); fields != nil {
		r.log(ctx, slog.LevelWarn, "pepay: event has fields that could not be read",
			slog.String("event", oneLine(ev.ID)), slog.Any("fields", fields))
	}
}
