package storetest_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/pepaylabs/pepay-go/storetest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

func TestMemoryLease(t *testing.T) {
	t.Parallel()
	storetest.Lease(t, func(*testing.T) stream.Lease { return stream.MemoryLease() })
}

func TestMemoryDeduper(t *testing.T) {
	t.Parallel()
	storetest.Deduper(t, func(*testing.T) webhook.Deduper { return webhook.NewMemoryDeduper() })
}

// file is a FileCursor that the next start of a program opens again.
type file struct {
	withRecent
	path string
}

type withRecent interface {
	stream.CursorStore
	Recent(ctx context.Context, n int) ([]string, error)
	AddRecent(ctx context.Context, eventID string) error
}

func openFile(path string) stream.CursorStore {
	return file{stream.FileCursor(path).(withRecent), path}
}

func (f file) Reopen(*testing.T) stream.CursorStore { return openFile(f.path) }

func TestFileCursor(t *testing.T) {
	t.Parallel()
	storetest.Cursor(t, func(t *testing.T) stream.CursorStore { return openFile(filepath.Join(t.TempDir(), "cursor")) })
}

// An open that counts needs no lock. The race detector is what notices.
func TestOpenIsCalledOneAtATime(t *testing.T) {
	t.Parallel()
	opened := 0
	storetest.Cursor(t, func(t *testing.T) stream.CursorStore {
		opened++
		return openFile(filepath.Join(t.TempDir(), "cursor"))
	})
	if opened < 2 {
		t.Errorf("opened %d stores", opened)
	}
}
