// Package stream follows Pepay's event streams without losing an event.
//
//	events := stream.Merchant(client, stream.Options{Types: []string{"invoice.*"}})
//	for ev, err := range events.Events(ctx) {
//		if err != nil {
//			return err // fatal: everything that can pass was retried
//		}
//		handle(ev) // handled, once the loop asks for the next one
//	}
//
// A stream reconnects by itself, with back-off, and resumes after the newest event
// that was handled. Delivery is at least once: an event that was handed out but not
// handled comes again, after a break, an error or a crash.
//
// On every resume the events since then are also listed from the Events API,
// because Pepay does not say when a cursor is too old to be replayed. The list is
// read from 60 s before the cursor on, so that an event that arrived late is found,
// and what was handled is left out by its id. Missed events are handed out oldest
// first, before anything new, in bounded memory: after more of them than
// Options.DedupeWindow/2 (at least 32) the connection is closed, and another one is
// dialled when all are handled. While the Events API fails, frames are held back:
// for 25 s on one connection, for 2 min in all. Where it cannot be asked, or does
// not know the cursor, the observer hears of a possible gap (Resume.Gap).
//
// The cursor never moves to an event that was created before the one at which it
// is. With a CursorStore that also has the method Recent, late events are found
// after a restart too; FileCursor has it.
//
// An event that Pepay leaves out on an open connection is found by Options.Audit.
//
// On a server, the API key authenticates the stream. With Options.Source it is a
// ws_token, taken afresh before every dial.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets.
package stream
