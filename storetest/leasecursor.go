package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/stream"
)

// maxRecent is how many ids a term has at most.
const maxRecent = 1024

func cursorRules() []rule[stream.Lease] {
	return []rule[stream.Lease]{
		{"Save of a recent id changes nothing", repeatedSave},
		{"Save of a recent id of an earlier term changes nothing", repeatedLater},
		{"the mark of the beginning is a cursor too", beginning},
		{"ids are kept as they are", awkwardCursors},
		{"ids that look alike are different", similarIDs},
		{"an id that cannot be kept is refused", unstorableCursors},
		{"a term does not change later", termIsACopy},
	}
}

func recentRules() []rule[stream.Lease] {
	return []rule[stream.Lease]{
		{"a term has the ids handled last, the cursor last", manyIDs},
		{"AddRecent does not move the cursor", addRecent},
		{"AddRecent of a recent id changes nothing", addedTwice},
		{"AddRecent makes room for the newest", addedToMany},
		{"AddRecent before the first cursor leaves it empty", addedFirst},
	}
}

// repeatedSave: a Save that is under way for long may arrive after the next one. The
// old id comes last here, and the cursor may not go back to it.
func repeatedSave(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	save(t, s.one, term, "evt_1", "evt_2", "evt_3", "evt_3", "evt_2")
	save(t, s.two, term, "evt_1")
	follows(t, acquire(t, s.two, "a", long), term, "evt_1", "evt_2", "evt_3")
}

func repeatedLater(t *testing.T, s leases) {
	first := acquire(t, s.one, "a", long)
	save(t, s.one, first, "evt_1", "evt_2")
	release(t, s.one, first)
	second := acquire(t, s.two, "b", long)
	save(t, s.two, second, "evt_3", "evt_1")
	follows(t, acquire(t, s.one, "b", long), second, "evt_1", "evt_2", "evt_3")
}

// beginning: until the first event is handled, a stream saves when it began.
func beginning(t *testing.T, s leases) {
	mark := "began:" + time.Date(2026, 7, 1, 12, 30, 59, 0, time.UTC).Format(time.RFC3339)
	first := acquire(t, s.one, "a", long)
	save(t, s.one, first, mark)
	second := acquire(t, s.two, "a", long)
	if second.Cursor != mark {
		t.Errorf("the cursor is %q, want %q", second.Cursor, mark)
	}
	save(t, s.two, second, "evt_1")
	third := acquire(t, s.one, "a", long)
	if n := len(third.Recent); third.Cursor != "evt_1" || n == 0 || third.Recent[n-1] != "evt_1" {
		t.Errorf("after the mark and evt_1, the cursor is %q and the recent ids are %q", third.Cursor, third.Recent)
	}
}

// awkwardCursors: at most 1,024 bytes of valid UTF-8 without NUL are kept unchanged.
func awkwardCursors(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	ids := awkwardIDs()
	for i, id := range ids {
		save(t, s.one, term, id)
		next := acquire(t, s.two, "a", long)
		follows(t, next, term, ids[:i+1]...)
		if t.Failed() {
			return
		}
		term = next
	}
}

// similarIDs: an id that was not handled moves the cursor, however much it looks
// like one that was.
func similarIDs(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	save(t, s.one, term, similar()...)
	follows(t, acquire(t, s.two, "a", long), term, similar()...)
}

// unstorableCursors: an id is kept unchanged or refused with an error, and the term
// goes on either way.
func unstorableCursors(t *testing.T, s leases) {
	for _, id := range unstorableIDs() {
		l := s.open().one
		term := acquire(t, l, "a", long)
		save(t, l, term, "evt_1")
		want := []string{"evt_1", "evt_2"}
		switch err := l.Save(t.Context(), term, id); {
		case err == nil:
			want = []string{"evt_1", id, "evt_2"}
		case errors.Is(err, stream.ErrLeaseLost):
			t.Errorf("Save of %q: %v; the term goes on", id, err)
		}
		save(t, l, term, "evt_2")
		follows(t, acquire(t, l, "a", long), term, want...)
	}
}

// termIsACopy: a caller may change what it got, and later saves do not.
func termIsACopy(t *testing.T, s leases) {
	first := acquire(t, s.one, "a", long)
	save(t, s.one, first, "evt_1", "evt_2")
	second := acquire(t, s.one, "a", long)
	save(t, s.one, second, "evt_3")
	has(t, second, "evt_1", "evt_2")
	third := acquire(t, s.one, "a", long)
	for i := range third.Recent {
		third.Recent[i] = "changed"
	}
	follows(t, acquire(t, s.one, "a", long), third, "evt_1", "evt_2", "evt_3")
}

// manyIDs: a term has at most 1,024 of them, the oldest first.
func manyIDs(t *testing.T, s leases) {
	const n = maxRecent + 40
	term := acquire(t, s.one, "a", long)
	ids := numbered(n)
	save(t, s.one, term, ids[:maxRecent]...)
	next := acquire(t, s.two, "a", long)
	hasLast(t, next, ids[:maxRecent])
	save(t, s.two, next, ids[maxRecent:]...)
	hasLast(t, acquire(t, s.one, "a", long), ids)
}

// addRecent: the event was created before the cursor's.
func addRecent(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	save(t, s.one, term, "evt_1", "evt_3")
	add(t, s.one, term, "evt_2")
	add(t, s.two, term, "evt_0")
	next := acquire(t, s.two, "a", long)
	slices.Sort(next.Recent[:max(0, len(next.Recent)-1)]) // only the last one has a place of its own
	follows(t, next, term, "evt_0", "evt_1", "evt_2", "evt_3")
	save(t, s.one, next, "evt_2")
	if again := acquire(t, s.two, "a", long); again.Cursor != "evt_3" {
		t.Errorf("the cursor went back to %q, which AddRecent had added", again.Cursor)
	}
}

func addedTwice(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	save(t, s.one, term, "evt_1", "evt_2", "evt_3")
	add(t, s.one, term, "evt_1", "evt_3")
	add(t, s.two, term, "evt_2")
	follows(t, acquire(t, s.two, "a", long), term, "evt_1", "evt_2", "evt_3")
}

// addedToMany: a full list forgets the oldest id, not the cursor or the new one.
func addedToMany(t *testing.T, s leases) {
	must[addsRecent](t, s.one, "AddRecent")
	term := acquire(t, s.one, "a", long)
	ids := numbered(maxRecent)
	save(t, s.one, term, ids...)
	add(t, s.one, term, "evt_late")
	last := len(ids) - 1
	hasLast(t, acquire(t, s.two, "a", long), slices.Concat(ids[:last], []string{"evt_late"}, ids[last:]))
}

// addedFirst: the stream may have begun after an id of its options.
func addedFirst(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	add(t, s.one, term, "evt_1")
	next := acquire(t, s.two, "a", long)
	if next.Cursor != "" || !slices.Equal(next.Recent, []string{"evt_1"}) {
		t.Errorf("the cursor is %q and the recent ids are %q; want none, and evt_1", next.Cursor, next.Recent)
	}
	save(t, s.two, next, "evt_2")
	follows(t, acquire(t, s.one, "a", long), next, "evt_1", "evt_2")
}

func add(t *testing.T, l stream.Lease, term stream.Term, ids ...string) {
	t.Helper()
	with := must[addsRecent](t, l, "AddRecent")
	for _, id := range ids {
		if err := with.AddRecent(context.WithoutCancel(t.Context()), term, id); err != nil {
			t.Fatalf("AddRecent of %q: %v", id, err)
		}
	}
}

// hasLast checks that a term has the last of these ids, without printing a thousand.
func hasLast(t *testing.T, term stream.Term, ids []string) {
	t.Helper()
	want := ids[max(0, len(ids)-maxRecent):]
	if cursor := ids[len(ids)-1]; term.Cursor != cursor {
		t.Errorf("the cursor is %q, want %q", term.Cursor, cursor)
	}
	if len(term.Recent) != len(want) {
		t.Fatalf("after %d ids, a term has %d recent ones; want %d", len(ids), len(term.Recent), len(want))
	}
	for i, id := range term.Recent {
		if id != want[i] {
			t.Fatalf("recent id %d of %d is %q, want %q: the oldest comes first and the cursor last", i+1, len(want), id, want[i])
		}
	}
}

func numbered(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("evt_%d-%d", 1700000000000+i, i)
	}
	return ids
}
