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
// A stream reconnects by itself, with back-off, and resumes after the last event
// that was handled. On every resume the events since then are also listed from
// the Events API, because Pepay does not say when a cursor is too old to be
// replayed; where that cannot be done, or does not find the cursor, the observer
// hears that there may be a gap. Delivery is at least once: an event that was
// handed out but not handled comes again.
//
// On a server, the API key authenticates the stream. With Options.Source it is a
// ws_token, taken afresh before every dial.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/websockets.
package stream
