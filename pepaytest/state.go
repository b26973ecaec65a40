package pepaytest

import (
	"math"
	"sync"
)

// The limits of the stores, so that a simulator that runs for weeks stays small. The
// oldest entities are forgotten. Pepay documents no such limits.
const (
	maxInvoices  = 100_000
	maxOrders    = 50_000
	maxAnswers   = 10_000
	maxSecondary = 10_000 // of each other kind
)

// state is what the simulator knows about the business: invoices, orders, keys. It is
// locked as a whole by [Server.change], so that every answer, and the snapshot in every
// event, shows one moment of it.
type state struct {
	mu sync.Mutex
	entities
}

// entities are all there is in the state. What is exported is written to the state file.
type entities struct {
	// Counter numbers ids, so that the same calls get the same ids.
	Counter int64 `json:"counter"`
	// Settlements numbers settlements.
	Settlements int64             `json:"settlements"`
	Invoices    *store[*invoice]  `json:"invoices"`
	Keys        *store[*apiKey]   `json:"keys"`
	Carts       *store[*cart]     `json:"carts"`
	Estimates   *store[*estimate] `json:"estimates"`
	Addresses   *store[*address]  `json:"addresses"`
	Accounts    *store[*account]  `json:"accounts"`
	Orders      *store[*order]    `json:"orders"`
	// Answers are those of requests with an Idempotency-Key.
	Answers *store[*pastAnswer] `json:"answers"`

	// Made again from the entities by rebuild.
	sessions  map[string]string // invoice ids by session token
	keyIDs    map[string]string // ids of keys by their digests
	due       dueHeap
	dueNumber int
	dueLimit  int
}

func newState() *state { return &state{entities: newEntities()} }

func newEntities() entities {
	return entities{
		Invoices:  newStore[*invoice](maxInvoices),
		Keys:      newStore[*apiKey](math.MaxInt),
		Answers:   newStore[*pastAnswer](maxAnswers),
		sessions:  map[string]string{},
		keyIDs:    map[string]string{},
		Carts:     newStore[*cart](maxSecondary),
		Estimates: newStore[*estimate](maxSecondary),
		Addresses: newStore[*address](maxSecondary),
		Accounts:  newStore[*account](math.MaxInt),
		Orders:    newStore[*order](maxOrders),
	}
}

// rebuild makes the indexes, and what is to happen by itself, from the entities: after
// they were read from a file, and from time to time to forget what belongs to entities
// that are gone.
func (t *tx) rebuild() {
	clear(t.sessions)
	clear(t.keyIDs)
	clear(t.due)
	t.due, t.dueLimit = t.due[:0], math.MaxInt
	t.Invoices.all(func(inv *invoice) bool {
		t.indexInvoice(inv)
		return true
	})
	t.Keys.all(func(k *apiKey) bool {
		t.indexKey(k)
		return true
	})
	t.dueLimit = 2 * len(t.due)
}
