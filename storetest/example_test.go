package storetest_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/pepaylabs/pepay-go/storetest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

// table is a cursor store of your own: a row of a table that processes share.
type table struct {
	mu   *sync.Mutex
	rows map[string]string
	name string
}

func (s table) Load(context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[s.name], nil
}

func (s table) Save(_ context.Context, eventID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[s.name] = eventID
	return nil
}

// Reopen is for the tests alone: it returns what another process would open.
func (s table) Reopen(*testing.T) stream.CursorStore { return table{s.mu, s.rows, s.name} }

// opener returns a function that opens another row each time.
func opener() func(*testing.T) stream.CursorStore {
	mu, rows := new(sync.Mutex), map[string]string{}
	opened := 0
	return func(*testing.T) stream.CursorStore {
		mu.Lock()
		defer mu.Unlock()
		opened++
		return table{mu, rows, fmt.Sprintf("stream %d", opened)}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	storetest.Cursor(t, opener())
}

// Examples cannot run tests; TestTable runs this one.
func ExampleCursor() {
	_ = func(t *testing.T) { // func TestTable(t *testing.T)
		storetest.Cursor(t, opener())
	}
}

func ExampleLease() {
	_ = func(t *testing.T) { // func TestLease(t *testing.T)
		storetest.Lease(t, func(*testing.T) stream.Lease { return stream.MemoryLease() })
	}
}

func ExampleDeduper() {
	_ = func(t *testing.T) { // func TestDeduper(t *testing.T)
		storetest.Deduper(t, func(*testing.T) webhook.Deduper { return webhook.NewMemoryDeduper() })
	}
}
