package pepaytest

// begin makes the state of a server that just started.
func (t *tx) begin() {
	t.past = newEventLog(t.server.cfg.retention)
	t.addConfiguredKeys()
	t.server.events.replace(t.past)
	t.past = nil
}

// Reset brings back what the server began with: its seed ([WithSeed]), or nothing.
// Invoices, orders, payments, events, idempotency keys and what the API changed are
// gone, keys that it created too; keys that it revoked work again. Ids and events are
// numbered from the start, business time is the server's clock again ([Server.Advance]).
//
// What the program itself did stays: faults, recorded requests, and the endpoints of
// [Server.AddWebhook] with their deliveries. Streams stay open and get what happens from
// then on. It is safe for concurrent use.
func (s *Server) Reset() {
	s.advanced.Store(0)
	s.minted.Store(0)
	s.change(nil, func(t *tx) {
		t.entities = newEntities()
		t.begin()
	})
	s.changes.note(resetChange, "")
}
