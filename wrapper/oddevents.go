package wrapper

import (
	"context"
	"log/slog"

	"github.com/pepaylabs/pepay-go"
)

// logUndecoded says which fields of events are zero because they could not be
// read: a livemode that is wrongly false, for instance, is a payment that a
// program may take for a test.
func (s *EventService) logUndecoded(ctx context.Context, events ...pepay.Event) {
	logger := s.client.cfg.logger
	if logger == nil {
		return
	}
	for i := range events {
		if fields := events[i].UndecodedFields(); fields != nil {
			logger.LogAttrs(ctx, slog.LevelWarn, "pepay: event has fields that could not be read",
				slog.String("event", clean(events[i].ID, maxErrorText)), slog.Any("fields", fields))
		}
	}
}
