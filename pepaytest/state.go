package pepaytest

import "sync"

// The limits of the stores, so that a simulator that runs for weeks stays small. The
// oldest entities are forgotten. Pepay documents no such limits.
const (
	maxInvoices  = 100_000
	maxAnswers   = 10_000
	maxSecondary = 10_000 // of each other kind
)

// state is what the simulator knows about the business: invoices, orders, keys. It is
// locked as a whole by [Server.change], so that every answer, and the snapshot in every
// event, shows one moment of it. All of it but the lock is written to the state file.
type state struct {
	mu sync.Mutex

	// Counter numbers ids, so that the same calls get the same ids.
	Counter  int64            `json:"counter"`
	Invoices *store[*invoice] `json:"invoices"`
	// Answers are those of requests with an Idempotency-Key.
	Answers *store[*pastAnswer] `json:"answers"`

	// Rebuilt from the entities when a state file is read.
	sessions map[string]string // invoice ids by session token
	due      dueHeap
}

func newState() *state {
	return &state{
		Invoices: newStore[*invoice](maxInvoices),
		Answers:  newStore[*pastAnswer](maxAnswers),
		sessions: map[string]string{},
	}
}
