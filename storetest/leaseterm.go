package storetest

import (
	"errors"
	"testing"

	"github.com/pepaylabs/pepay-go/stream"
)

// call is one that needs a term.
type call struct {
	name string
	do   func(*testing.T, stream.Lease, stream.Term) error
}

var calls = []call{
	{"Renew", func(t *testing.T, l stream.Lease, term stream.Term) error {
		return l.Renew(t.Context(), term, long)
	}},
	{"Save", func(t *testing.T, l stream.Lease, term stream.Term) error {
		return l.Save(t.Context(), term, "evt_stale")
	}},
	{"AddRecent", func(t *testing.T, l stream.Lease, term stream.Term) error {
		return must[addsRecent](t, l, "AddRecent").AddRecent(t.Context(), term, "evt_stale")
	}},
	{"Release", func(t *testing.T, l stream.Lease, term stream.Term) error {
		return l.Release(t.Context(), term)
	}},
}

// lost checks that a call for a term that is over says so. Release says nothing.
func (c call) lost(t *testing.T, l stream.Lease, term stream.Term) {
	t.Helper()
	err := c.do(t, l, term)
	switch {
	case c.name == "Release" && err != nil:
		t.Errorf("Release of a term that is over: %v, want nil", err)
	case c.name != "Release" && !errors.Is(err, stream.ErrLeaseLost):
		t.Errorf("%s for a term that is over: %v, want ErrLeaseLost", c.name, err)
	}
}

// termRules has every call with every kind of term that does not run.
func termRules() (rules []rule[stream.Lease]) {
	for _, c := range calls {
		rules = append(rules,
			rule[stream.Lease]{c.name + " compares the fence", c.comparesFence},
			rule[stream.Lease]{c.name + " compares the holder", c.comparesHolder},
			rule[stream.Lease]{c.name + " does nothing after a take-over", c.afterTakeOver},
			rule[stream.Lease]{c.name + " does nothing after Release", c.afterRelease},
		)
	}
	return append(rules,
		rule[stream.Lease]{"Release frees the lease at once", releaseFrees},
	)
}

// comparesFence: the holder may have begun a new term, and its old requests may still
// be under way. A fence that is too high is not a term either.
func (c call) comparesFence(t *testing.T, s leases) {
	old := acquire(t, s.one, "a", long)
	save(t, s.one, old, "evt_1")
	term := acquire(t, s.two, "a", long)
	early := term
	early.Fence++
	c.lost(t, s.one, old)
	c.lost(t, s.one, early)
	isUntouched(t, s, term)
}

// comparesHolder: a database that fails over to a replica may have lost the newest term. The
// next one then has a fence that two holders know.
func (c call) comparesHolder(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	save(t, s.one, term, "evt_1")
	for _, holder := range []string{"b", "A", "a ", ""} {
		other := term
		other.Holder = holder
		c.lost(t, s.two, other)
	}
	isUntouched(t, s, term)
}

// afterTakeOver: the old holder may have paused for longer than its lease lives.
func (c call) afterTakeOver(t *testing.T, s leases) {
	old := acquire(t, s.one, "a", long)
	save(t, s.one, old, "evt_1")
	renew(t, s.one, old, short)
	term := takeOver(t, s)
	c.lost(t, s.one, old)
	isUntouched(t, s, term)
}

// afterRelease: the term is over although nobody has acquired the lease since.
func (c call) afterRelease(t *testing.T, s leases) {
	old := acquire(t, s.one, "a", long)
	save(t, s.one, old, "evt_1")
	release(t, s.one, old)
	c.lost(t, s.one, old)
	term := acquire(t, s.two, "b", long)
	follows(t, term, old, "evt_1")
	c.lost(t, s.one, old)
	isUntouched(t, s, term)
}

// isUntouched checks that a term goes on, with the cursor and the ids of its start.
func isUntouched(t *testing.T, s leases, term stream.Term) {
	t.Helper()
	isHeld(t, s.one, "z")
	renew(t, s.two, term, long)
	follows(t, acquire(t, s.two, term.Holder, long), term, "evt_1")
}

// releaseFrees: the next holder does not have to wait, and goes on after the cursor.
func releaseFrees(t *testing.T, s leases) {
	first := acquire(t, s.one, "a", long)
	save(t, s.one, first, "evt_1", "evt_2")
	release(t, s.one, first)
	second := acquire(t, s.two, "b", long)
	follows(t, second, first, "evt_1", "evt_2")
	release(t, s.two, second)
	follows(t, acquire(t, s.two, "b", long), second, "evt_1", "evt_2")
}
