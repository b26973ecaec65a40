package pepaytest

// begin makes the state of a server that starts: that of a state file, or else that of
// its seed.
func (s *Server) begin(loaded *loadedState) error {
	if loaded != nil {
		s.advanced.Store(int64(loaded.Advanced))
		if err := s.loadWebhooks(loaded.Webhooks); err != nil {
			return stateError(s.cfg.statePath, err)
		}
	}
	var err error
	s.change(nil, func(t *tx) { err = t.begin(loaded) })
	if err != nil {
		return stateError(s.cfg.statePath, err)
	}
	s.change(nil, func(*tx) {}) // what fell due while no server ran
	return nil
}

func (t *tx) begin(loaded *loadedState) error {
	t.past = newEventLog(t.server.cfg.retention)
	if loaded != nil {
		if err := t.load(loaded); err != nil {
			return err
		}
	}
	t.addConfiguredKeys()
	if plan := seeds()[t.server.cfg.seed]; plan != nil && loaded == nil {
		t.makeSeed(plan)
	}
	t.server.events.replace(t.past)
	t.past = nil
	return nil
}

// Reset brings back what the server began with: its seed ([WithSeed]), or nothing.
// Invoices, orders, payments, events, idempotency keys and what the API changed are
// gone, keys that it created and webhook endpoints that were added over HTTP too, and
// what the built-in receiver got; keys that it revoked work again. Ids and events are numbered from the start, business time
// is the server's clock again ([Server.Advance]).
//
// What the program itself did stays: faults, recorded requests, and the endpoints of
// [Server.AddWebhook] with their deliveries. Streams stay open and get what happens from
// then on. It is safe for concurrent use.
func (s *Server) Reset() {
	s.advanced.Store(0)
	s.minted.Store(0)
	s.webhooks.forgetAdded()
	s.receiver.forget()
	s.change(nil, func(t *tx) {
		t.entities = newEntities()
		_ = t.begin(nil) // only loading fails
	})
	s.changes.note(resetChange, "")
}
