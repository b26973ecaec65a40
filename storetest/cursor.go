package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/pepaylabs/pepay-go/stream"
)

// Cursor tests a [stream.CursorStore]. The package's documentation says what open
// returns and which methods the store may have beside those of the interface:
// Recent, AddRecent and Reopen.
func Cursor(t *testing.T, open func(*testing.T) stream.CursorStore) {
	t.Helper()
	run(t, "Cursor", cursorStoreRules(), open, patience)
}

type cursors = stores[stream.CursorStore]

func cursorStoreRules() []rule[stream.CursorStore] {
	return []rule[stream.CursorStore]{
		{"there is no id at first", emptyStore},
		{"Load returns the id saved last", loadSaved},
		{"an id may be saved again", saveAgain},
		{"an older id may be saved", saveOlder},
		{"ids are kept as they are", awkwardSaved},
		{"an id that cannot be kept is refused", unstorableSaved},
		{"stores are independent", independentCursors},
		{"the id outlives its handle", reopenedCursor},
		{"Recent has the ids handled last, the cursor last", recentIDs},
		{"Recent is bounded", recentBounded},
		{"Recent outlives its handle", recentReopened},
		{"AddRecent does not move the cursor", recentAdded},
	}
}

func emptyStore(t *testing.T, s cursors) {
	loads(t, s.one, "")
	loads(t, s.two, "")
}

func loadSaved(t *testing.T, s cursors) {
	for _, id := range []string{"evt_1", "evt_2", "evt_a_much_longer_one", "evt_3"} {
		keep(t, s.one, id)
		loads(t, s.one, id)
	}
}

func saveAgain(t *testing.T, s cursors) {
	keep(t, s.one, "evt_1", "evt_1")
	loads(t, s.one, "evt_1")
	keep(t, s.one, "evt_1")
	loads(t, s.one, "evt_1")
}

// saveOlder: the store keeps what it is given. Which id is the newer one is known to
// the stream, and a person may set it back.
func saveOlder(t *testing.T, s cursors) {
	keep(t, s.one, "evt_1700000000001-1", "evt_1700000000002-2", "evt_1700000000003-3", "evt_1700000000001-1")
	loads(t, s.one, "evt_1700000000001-1")
}

// awkwardSaved: at most 1,024 bytes of valid UTF-8 without NUL are kept unchanged.
func awkwardSaved(t *testing.T, s cursors) {
	for _, id := range slices.Concat(awkwardIDs(), similar()) {
		keep(t, s.one, id)
		loads(t, s.one, id)
	}
}

// unstorableSaved: an id is kept unchanged or refused with an error, and the one before stays.
func unstorableSaved(t *testing.T, s cursors) {
	for _, id := range unstorableIDs() {
		keep(t, s.one, "evt_1")
		want := id
		if err := s.one.Save(t.Context(), id); err != nil {
			want = "evt_1"
		}
		loads(t, s.one, want)
	}
}

func independentCursors(t *testing.T, s cursors) {
	other := s.open().one
	keep(t, s.one, "evt_1")
	loads(t, other, "")
	keep(t, other, "evt_2")
	loads(t, s.one, "evt_1")
}

// reopenedCursor: Save returns when the id is kept.
func reopenedCursor(t *testing.T, s cursors) {
	loads(t, s.reopen(), "")
	keep(t, s.one, "evt_1")
	loads(t, s.reopen(), "evt_1")
	next := s.reopen()
	keep(t, next, "evt_2", "evt_3", "evt_2")
	loads(t, s.reopen(), "evt_2")
}

// hasRecent is what a store may have beside the interface.
type hasRecent interface {
	Recent(ctx context.Context, n int) ([]string, error)
}

// takesRecent is what a store with Recent may have.
type takesRecent interface {
	AddRecent(ctx context.Context, eventID string) error
}

// recentIDs: Recent returns up to n of them, the oldest first.
func recentIDs(t *testing.T, s cursors) {
	recent(t, s.one, 10)
	keep(t, s.one, "evt_1", "evt_2", "evt_3")
	recent(t, s.one, 10, "evt_1", "evt_2", "evt_3")
	recent(t, s.one, 3, "evt_1", "evt_2", "evt_3")
	recent(t, s.one, 2, "evt_2", "evt_3")
}

// recentBounded: what a store remembers of a long life is no more than is asked for.
func recentBounded(t *testing.T, s cursors) {
	recent(t, s.one, 100)
	ids := numbered(1000)
	keep(t, s.one, ids...)
	recent(t, s.one, 100, ids[900:]...)
}

// recentReopened: the recent ids may be kept a little later than the cursor.
func recentReopened(t *testing.T, s cursors) {
	must[hasRecent](t, s.one, "Recent")
	keep(t, s.one, "evt_1", "evt_2", "evt_3")
	want := []string{"evt_1", "evt_2", "evt_3"}
	var got []string
	eventually(t, s.patience, "Recent of another handle does not have what was saved", func() bool {
		got = askRecent(t, s.reopen(), 10)
		return slices.Equal(got, want)
	})
}

// recentAdded: the event was created before the cursor's.
func recentAdded(t *testing.T, s cursors) {
	with := must[takesRecent](t, s.one, "AddRecent")
	keep(t, s.one, "evt_1", "evt_3")
	if err := with.AddRecent(t.Context(), "evt_2"); err != nil {
		t.Fatalf("AddRecent: %v", err)
	}
	loads(t, s.one, "evt_3")
	recent(t, s.one, 10, "evt_1", "evt_2", "evt_3")
	recent(t, s.one, 2, "evt_2", "evt_3")
}

func keep(t *testing.T, store stream.CursorStore, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := store.Save(t.Context(), id); err != nil {
			t.Fatalf("Save of %q: %v", id, err)
		}
	}
}

func loads(t *testing.T, store stream.CursorStore, want string) {
	t.Helper()
	if id, err := store.Load(t.Context()); err != nil || id != want {
		t.Fatalf("Load returns %q, %v; want %q", id, err, want)
	}
}

func askRecent(t *testing.T, store stream.CursorStore, n int) []string {
	t.Helper()
	ids, err := must[hasRecent](t, store, "Recent").Recent(t.Context(), n)
	if err = errors.Join(err, t.Context().Err()); err != nil {
		t.Fatalf("Recent: %v", err)
	}
	return ids
}

func recent(t *testing.T, store stream.CursorStore, n int, want ...string) {
	t.Helper()
	got := askRecent(t, store, n)
	if len(got) > n {
		t.Fatalf("Recent(%d) returns %d ids", n, len(got))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("Recent(%d) returns %q, want %q: the oldest first, the cursor last", n, got, want)
	}
}
