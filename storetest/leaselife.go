package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/stream"
)

func lifeRules() []rule[stream.Lease] {
	return []rule[stream.Lease]{
		{"a lease that has run out goes to another holder", takenOver},
		{"a lease does not run out early", notEarly},
		{"Renew keeps the lease", renewKeeps},
		{"Renew sets the life anew", renewSets},
		{"Acquire by the holder sets the life anew", acquireSets},
		{"a lease that has run out is still renewed by its holder", renewLate},
		{"a lease that has run out is still saved by its holder", saveLate},
		{"a lost Renew does not keep the lease", lostRenew},
	}
}

// takenOver: the next term has the next fence, and goes on where the last one ended.
func takenOver(t *testing.T, s leases) {
	first := acquire(t, s.one, "a", long)
	save(t, s.one, first, "evt_1", "evt_2")
	renew(t, s.one, first, short)
	second := takeOver(t, s)
	follows(t, second, first, "evt_1", "evt_2")
	save(t, s.two, second, "evt_3")
	isHeld(t, s.one, "a")
	release(t, s.two, second)
	follows(t, acquire(t, s.one, "a", long), second, "evt_1", "evt_2", "evt_3")
}

// notEarly: a term that is kept in time does not end. The clocks of the store and of the
// test may run a little differently.
func notEarly(t *testing.T, s leases) {
	const life = time.Second
	began := time.Now()
	acquire(t, s.one, "a", life)
	takeOver(t, s)
	if lived := time.Since(began); lived < life*9/10 {
		t.Errorf("a lease of %v ran out after %v", life, lived)
	}
}

func renewKeeps(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", short)
	renew(t, s.one, term, long)
	runOut(t)
	isHeld(t, s.two, "b")
	save(t, s.one, term, "evt_1")
}

// renewSets: a shorter life counts too.
func renewSets(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", long)
	renew(t, s.one, term, short)
	follows(t, takeOver(t, s), term)
}

func acquireSets(t *testing.T, s leases) {
	first := acquire(t, s.one, "a", short)
	second := acquire(t, s.one, "a", long)
	follows(t, second, first)
	runOut(t)
	isHeld(t, s.two, "b")
	third := acquire(t, s.one, "a", short)
	follows(t, third, second)
	follows(t, takeOver(t, s), third)
}

// renewLate: nobody has acquired the lease since, so nothing went wrong.
func renewLate(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", short)
	runOut(t)
	renew(t, s.one, term, long)
	isHeld(t, s.two, "b")
}

func saveLate(t *testing.T, s leases) {
	term := acquire(t, s.one, "a", short)
	runOut(t)
	save(t, s.one, term, "evt_1")
	follows(t, acquire(t, s.two, "a", long), term, "evt_1")
}

func lostRenew(t *testing.T, s leases) {
	old := acquire(t, s.one, "a", long)
	term := acquire(t, s.two, "a", short)
	if err := s.one.Renew(t.Context(), old, long); !errors.Is(err, stream.ErrLeaseLost) {
		t.Errorf("Renew for a term that is over: %v, want ErrLeaseLost", err)
	}
	follows(t, takeOver(t, s), term)
}

// takeOver waits until the lease has run out and another holder, b, has it.
func takeOver(t *testing.T, s leases) (term stream.Term) {
	t.Helper()
	eventually(t, s.patience, "the lease did not run out", func() bool {
		var err error
		term, err = s.two.Acquire(t.Context(), "b", long)
		if err != nil && !errors.Is(err, stream.ErrLeaseHeld) {
			t.Fatalf("Acquire: %v", err)
		}
		return err == nil
	})
	return term
}

// runOut waits until a short life has certainly passed.
func runOut(t *testing.T) {
	t.Helper()
	sleep(t, short*3/2)
}
