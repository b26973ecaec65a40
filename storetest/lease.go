package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/stream"
)

// Lease tests a [stream.Lease]. The package's documentation says what open returns
// and which methods the lease may have beside those of the interface: AddRecent and
// Reopen.
//
// It takes a few seconds, most of them for an id to be saved 1,100 times.
func Lease(t *testing.T, open func(*testing.T) stream.Lease) {
	t.Helper()
	run(t, "Lease", leaseRules(), open, patience)
}

type leases = stores[stream.Lease]

func leaseRules() []rule[stream.Lease] {
	return slices.Concat([]rule[stream.Lease]{
		{"the first term has no cursor", firstTerm},
		{"another holder gets ErrLeaseHeld", anotherHolder},
		{"an attempt in vain changes nothing", attemptInVain},
		{"the holder itself begins a new term", holderAgain},
		{"holders that look alike are different", similarHolders},
		{"leases are independent", independentLeases},
		{"a context that has ended is an error", endedContext},
		{"a term outlives its handle", reopenedLease},
	}, lifeRules(), termRules(), cursorRules(), recentRules(), leaseRaceRules())
}

// firstTerm: a lease that nobody has had begins with nothing.
func firstTerm(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	if term.Fence < 1 || term.Cursor != "" || len(term.Recent) != 0 {
		t.Errorf("the first term is %+v; want a fence of at least 1, no cursor and no recent ids", term)
	}
}

func anotherHolder(t *testing.T, s leases) {
	acquire(t, s.one, "a", long)
	isHeld(t, s.one, "b")
	isHeld(t, s.two, "c")
}

// attemptInVain: a fence counts terms and not attempts, and the term goes on.
func attemptInVain(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	for range 3 {
		isHeld(t, s.two, "b")
	}
	save(t, s.one, term, "evt_1")
	release(t, s.one, term)
	follows(t, acquire(t, s.two, "b", long), term, "evt_1")
}

// holderAgain: the answer to the first call may have been lost.
func holderAgain(t *testing.T, s leases) {
	first := acquire(t, s.one, "a", long)
	save(t, s.one, first, "evt_1")
	second := acquire(t, s.two, "a", long)
	follows(t, second, first, "evt_1")
	isHeld(t, s.one, "b")
	save(t, s.two, second, "evt_2")
	follows(t, acquire(t, s.one, "a", long), second, "evt_1", "evt_2")
}

// similarHolders: holders are compared byte by byte.
func similarHolders(t *testing.T, s leases) {
	for i, holder := range similar() {
		l := s.open().one
		term := acquire(t, l, holder, long)
		for j, other := range similar() {
			if i != j {
				isHeld(t, l, other)
			}
		}
		save(t, l, term, "evt_1")
	}
}

// independentLeases: a table has more than one.
func independentLeases(t *testing.T, s leases) {
	other := s.open().one
	mine, theirs := acquire(t, s.one, "a", long), acquire(t, other, "b", long)
	save(t, s.one, mine, "evt_1")
	save(t, other, theirs, "evt_2")
	release(t, s.one, mine)
	isHeld(t, other, "a")
	follows(t, acquire(t, s.two, "c", long), mine, "evt_1")
	follows(t, acquire(t, other, "b", long), theirs, "evt_2")
}

// endedContext: a call whose context has ended fails, and says nothing about the
// term.
func endedContext(t *testing.T, s leases) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.open().one.Acquire(ended, "a", long); err == nil || errors.Is(err, stream.ErrLeaseHeld) {
		t.Errorf("Acquire: %v, want the context's error", err)
	}
	term := acquire(t, s.one, "a", long)
	calls := map[string]error{"Renew": s.one.Renew(ended, term, long), "Save": s.one.Save(ended, term, "evt_1")}
	if recent, ok := optional[addsRecent](t, s.one, "AddRecent"); ok {
		calls["AddRecent"] = recent.AddRecent(ended, term, "evt_0")
	}
	for call, err := range calls {
		if err == nil || errors.Is(err, stream.ErrLeaseLost) {
			t.Errorf("%s: %v, want the context's error", call, err)
		}
	}
	renew(t, s.two, term, long)
}

// reopenedLease: nothing of a term is in the memory of the process that has it.
func reopenedLease(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	save(t, s.one, term, "evt_1")
	isHeld(t, s.reopen(), "b")
	renew(t, s.reopen(), term, long)
	save(t, s.reopen(), term, "evt_2")
	release(t, s.reopen(), term)
	follows(t, acquire(t, s.reopen(), "b", long), term, "evt_1", "evt_2")
}

// addsRecent is what a lease may have beside the interface.
type addsRecent interface {
	AddRecent(ctx context.Context, t stream.Term, eventID string) error
}

func acquire(t *testing.T, l stream.Lease, holder string, life time.Duration) stream.Term {
	t.Helper()
	term, err := l.Acquire(t.Context(), holder, life)
	if err != nil {
		t.Fatalf("Acquire by %q: %v", holder, err)
	}
	if term.Holder != holder {
		t.Fatalf("Acquire by %q: the term is of %q", holder, term.Holder)
	}
	return term
}

func isHeld(t *testing.T, l stream.Lease, by string) {
	t.Helper()
	if term, err := l.Acquire(t.Context(), by, long); !errors.Is(err, stream.ErrLeaseHeld) {
		t.Fatalf("Acquire by %q while another holder has the lease: %+v, %v; want ErrLeaseHeld", by, term, err)
	}
}

func renew(t *testing.T, l stream.Lease, term stream.Term, life time.Duration) {
	t.Helper()
	if err := l.Renew(t.Context(), term, life); err != nil {
		t.Fatalf("Renew: %v", err)
	}
}

func save(t *testing.T, l stream.Lease, term stream.Term, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := l.Save(t.Context(), term, id); err != nil {
			t.Fatalf("Save of %q: %v", id, err)
		}
	}
}

func release(t *testing.T, l stream.Lease, term stream.Term) {
	t.Helper()
	if err := l.Release(t.Context(), term); err != nil {
		t.Fatalf("Release: %v", err)
	}
}

// follows checks that a term is the one after another, with these ids as the recent ones
// and the last of them as the cursor.
func follows(t *testing.T, next, last stream.Term, recent ...string) {
	t.Helper()
	if next.Fence != last.Fence+1 {
		t.Errorf("the fence is %d after %d, want one more", next.Fence, last.Fence)
	}
	has(t, next, recent...)
}

// has checks the recent ids of a term, and that the last of them is its cursor.
func has(t *testing.T, term stream.Term, recent ...string) {
	t.Helper()
	cursor := ""
	if len(recent) > 0 {
		cursor = recent[len(recent)-1]
	}
	if term.Cursor != cursor {
		t.Errorf("the cursor is %q, want %q", term.Cursor, cursor)
	}
	if !slices.Equal(term.Recent, recent) {
		t.Errorf("the recent ids are %q, want %q", term.Recent, recent)
	}
}
