package wrapper

import (
	"log/slog"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
)

// logUndecoded says which fields of events are zero because they could not be
// read: a livemode that is wrongly false, for instance, is a payment that a
// program may take for a test.
func logUndecoded(c *call, answer any) {
	logger := c.client.cfg.logger
	if logger == nil {
		return
	}
	var events []pepay.Event
	switch answer := answer.(type) {
	case *pepay.Event:
		events = []pepay.Event{*answer}
	case *pepay.EventList:
		events = answer.Data
	}
	for i := range events {
		if fields := events[i].UndecodedFields(); fields != nil {
			logger.LogAttrs(c.Context, slog.LevelWarn, "pepay: event has fields that could not be read",
				slog.String("event", wire.OneLine(events[i].ID, maxErrorText)), slog.Any("fields", fields))
		}
	}
}
