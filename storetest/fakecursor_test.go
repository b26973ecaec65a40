package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/pepaylabs/pepay-go/stream"
)

// fakeCursor is a handle of a cursor that may have a fault.
type fakeCursor struct {
	*cursorRow
	own *cursorRow // in this handle only
}

type cursorRow struct {
	fault  string
	mu     sync.Mutex
	id     string
	recent []string
}

func openFakeCursor(fault string) func(*testing.T) stream.CursorStore {
	common := &cursorRow{fault: fault}
	return func(*testing.T) stream.CursorStore {
		row := &cursorRow{fault: fault}
		switch fault {
		case "all cursors are one":
			row = common
		case "a new cursor is not empty":
			row.id = "0"
		}
		return fakeCursor{row, row}
	}
}

func (c fakeCursor) Reopen(*testing.T) stream.CursorStore {
	switch c.fault {
	case "Save stays in the handle":
		row := &cursorRow{fault: c.fault}
		return fakeCursor{row, row}
	case "Recent stays in the handle":
		return fakeCursor{c.cursorRow, &cursorRow{fault: c.fault}}
	}
	return fakeCursor{c.cursorRow, c.own}
}

func (c fakeCursor) Load(context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.id, nil
}

func (c fakeCursor) Save(_ context.Context, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	id = fakeID(c.fault, id)
	known := slices.Contains(c.own.recent, id)
	switch {
	case known && c.fault == "an id is saved only once", c.id != "" && c.fault == "the first id stays", id < c.id && c.fault == "the cursor never goes back":
		return nil
	case known && c.fault == "an id that comes again is an error":
		return errors.New("duplicate key")
	}
	c.id = id
	c.own.recent = append(c.own.recent, id)
	return nil
}

func (c fakeCursor) Recent(_ context.Context, n int) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := slices.Clone(c.own.recent)
	switch c.fault {
	case "the newest id comes first":
		slices.Reverse(ids)
	case "Recent returns more than it was asked for":
		n = len(ids)
	}
	return ids[max(0, len(ids)-n):], nil
}

func (c fakeCursor) AddRecent(_ context.Context, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := max(0, len(c.own.recent)-1)
	switch c.fault {
	case "AddRecent moves the cursor":
		c.id = id
	case "AddRecent puts the id last":
		at++
	case "AddRecent does nothing":
		return nil
	}
	c.own.recent = slices.Insert(c.own.recent, at, id)
	return nil
}
