package storetest_test

import (
	"context"
	"sync"
	"testing"

	"github.com/pepaylabs/pepay-go/storetest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

// table is a cursor store of your own. Here its row is in memory.
type table struct{ *row }

type row struct {
	mu     sync.Mutex
	cursor string
}

func newTable() table { return table{new(row)} }

func (s table) Load(context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursor, nil
}

func (s table) Save(_ context.Context, eventID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursor = eventID
	return nil
}

func TestTable(t *testing.T) {
	t.Parallel()
	storetest.Cursor(t, func(*testing.T) stream.CursorStore { return newTable() }) // a new row for each call
}

// Reopen is for the test alone: it returns what another process has of the same row.
func (s table) Reopen(*testing.T) stream.CursorStore { return table{s.row} }

// Examples cannot run tests. TestTable runs this one.
func ExampleCursor() {
	_ = func(t *testing.T) { // func TestTable(t *testing.T)
		storetest.Cursor(t, func(*testing.T) stream.CursorStore { return newTable() })
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
