package storetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/pepaylabs/pepay-go/webhook"
)

// Deduper tests a [webhook.Deduper]. The package's documentation says what open returns
// and that the deduper may have a method Reopen. The claims of a deduper that open
// returns have to live for minutes. It may also have the method
//
//	WithClaimLife(t *testing.T, life time.Duration) webhook.Deduper
//
// which opens another deduper, as open does, whose claims live for so long. Then the
// rules of a claim that has lapsed are tested too, with lives of 400 ms and more.
func Deduper(t *testing.T, open func(*testing.T) webhook.Deduper) {
	t.Helper()
	run(t, "Deduper", deduperRules(), open, patience)
}

type dedupers = stores[webhook.Deduper]

func deduperRules() []rule[webhook.Deduper] {
	return slices.Concat([]rule[webhook.Deduper]{
		{"the holder gets its claim again", sameHolder},
		{"another holder has to wait", otherHolder},
		{"a handled event is done for everybody", committed},
		{"Commit may be repeated by its holder", commitAgain},
		{"Commit by another holder is ErrClaimLost", commitByOther},
		{"Commit of an event that another holder handled is ErrClaimLost", commitTooLate},
		{"Release frees the event", releaseFreesEvent},
		{"Release by another holder does nothing", releaseByOther},
		{"Release of a handled event does nothing", releaseHandled},
		{"a claim that was released and claimed by another is lost", lostAfterRelease},
		{"ids and holders are kept as they are", awkwardEvents},
		{"ids and holders that look alike are different", similarEvents},
		{"an id that cannot be kept is refused", unstorableEvents},
		{"stores are independent", independentDedupers},
		{"claims and handled events outlive their handle", reopenedDeduper},
	}, lapseRules(), deduperRaceRules())
}

// sameHolder: the answer to the first call may have been lost.
func sameHolder(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	claim(t, s.two, "evt_1", "a", webhook.Claimed)
	commit(t, s.one, "evt_1", "a")
}

func otherHolder(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	claim(t, s.two, "evt_1", "b", webhook.InProgress)
	claim(t, s.one, "evt_1", "c", webhook.InProgress)
	claim(t, s.one, "evt_2", "b", webhook.Claimed)
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
}

func committed(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	commit(t, s.one, "evt_1", "a")
	claim(t, s.two, "evt_1", "b", webhook.Done)
	claim(t, s.one, "evt_1", "a", webhook.Done)
	claim(t, s.one, "evt_2", "b", webhook.Claimed)
}

// commitAgain: the answer to the first call may have been lost.
func commitAgain(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	commit(t, s.one, "evt_1", "a")
	commit(t, s.two, "evt_1", "a")
	claim(t, s.one, "evt_1", "b", webhook.Done)
}

func commitByOther(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	commitLost(t, s.two, "evt_1", "b")
	claim(t, s.two, "evt_1", "b", webhook.InProgress)
	commit(t, s.one, "evt_1", "a")
}

func commitTooLate(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	commit(t, s.one, "evt_1", "a")
	commitLost(t, s.two, "evt_1", "b")
	claim(t, s.one, "evt_1", "c", webhook.Done)
	commit(t, s.one, "evt_1", "a")
}

// releaseFreesEvent: Pepay delivers again, and the event is handled then.
func releaseFreesEvent(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	unclaim(t, s.one, "evt_1", "a")
	claim(t, s.two, "evt_1", "b", webhook.Claimed)
	unclaim(t, s.two, "evt_1", "b")
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	commit(t, s.one, "evt_1", "a")
	claim(t, s.two, "evt_1", "b", webhook.Done)
}

func releaseByOther(t *testing.T, s dedupers) {
	unclaim(t, s.one, "evt_1", "b") // of an event that nobody claimed
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	unclaim(t, s.two, "evt_1", "b")
	claim(t, s.two, "evt_1", "b", webhook.InProgress)
	commit(t, s.one, "evt_1", "a")
}

func releaseHandled(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	commit(t, s.one, "evt_1", "a")
	unclaim(t, s.two, "evt_1", "a")
	unclaim(t, s.two, "evt_1", "b")
	claim(t, s.one, "evt_1", "b", webhook.Done)
}

func lostAfterRelease(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	unclaim(t, s.one, "evt_1", "a")
	claim(t, s.two, "evt_1", "b", webhook.Claimed)
	isLost(t, s, "evt_1", "a", "b")
}

// isLost checks that a former holder can do nothing with an event that another one has
// claimed since, and that this one can.
func isLost(t *testing.T, s dedupers, id, former, holder string) {
	t.Helper()
	commitLost(t, s.one, id, former)
	unclaim(t, s.one, id, former)
	claim(t, s.one, id, former, webhook.InProgress)
	claim(t, s.two, id, holder, webhook.Claimed)
	commit(t, s.two, id, holder)
	commitLost(t, s.one, id, former)
	claim(t, s.one, id, former, webhook.Done)
}

func awkwardEvents(t *testing.T, s dedupers) {
	ids := awkwardIDs()
	for i, id := range ids {
		holder := ids[len(ids)-1-i]
		claim(t, s.one, id, holder, webhook.Claimed)
		claim(t, s.two, id, "other", webhook.InProgress)
	}
	for i, id := range ids {
		holder := ids[len(ids)-1-i]
		commit(t, s.two, id, holder)
		claim(t, s.one, id, "other", webhook.Done)
	}
}

// similarEvents: ids and holders are compared byte by byte, and each with its own kind.
func similarEvents(t *testing.T, s dedupers) {
	for _, id := range similar() {
		claim(t, s.one, id, "a", webhook.Claimed)
		commit(t, s.one, id, "a")
	}
	for i, holder := range similar() {
		id := "of " + holder
		claim(t, s.one, id, holder, webhook.Claimed)
		for j, other := range similar() {
			if i != j {
				claim(t, s.two, id, other, webhook.InProgress)
				unclaim(t, s.two, id, other)
				commitLost(t, s.two, id, other)
			}
		}
		commit(t, s.one, id, holder)
	}
	claim(t, s.one, "ab", "c", webhook.Claimed)
	claim(t, s.one, "a", "bc", webhook.Claimed)
}

// unstorableEvents: an id is kept unchanged or refused with an error. It is not
// taken for a shorter one.
func unstorableEvents(t *testing.T, s dedupers) {
	for _, id := range unstorableIDs() {
		got, err := s.one.Claim(t.Context(), id, "a")
		if err != nil {
			continue
		}
		if got != webhook.Claimed {
			t.Errorf("Claim of %q: %v, want Claimed", id, name(got))
		}
		commit(t, s.one, id, "a")
		claim(t, s.two, id, "b", webhook.Done)
	}
	claim(t, s.one, "evt_1", "b", webhook.Claimed)
	claim(t, s.one, "evt_", "b", webhook.Claimed)
}

func independentDedupers(t *testing.T, s dedupers) {
	other := s.open().one
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	claim(t, other, "evt_1", "b", webhook.Claimed)
	commit(t, s.one, "evt_1", "a")
	claim(t, other, "evt_1", "c", webhook.InProgress)
	commit(t, other, "evt_1", "b")
}

// reopenedDeduper: nothing is in the memory of the process that claimed.
func reopenedDeduper(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	claim(t, s.one, "evt_2", "a", webhook.Claimed)
	commit(t, s.one, "evt_1", "a")
	claim(t, s.reopen(), "evt_1", "b", webhook.Done)
	claim(t, s.reopen(), "evt_2", "b", webhook.InProgress)
	claim(t, s.reopen(), "evt_2", "a", webhook.Claimed)
	commit(t, s.reopen(), "evt_2", "a")
	claim(t, s.reopen(), "evt_2", "b", webhook.Done)
}

func name(c webhook.Claim) string {
	switch c {
	case webhook.Claimed:
		return "Claimed"
	case webhook.Done:
		return "Done"
	case webhook.InProgress:
		return "InProgress"
	}
	return "an unknown Claim"
}

func claim(t *testing.T, d webhook.Deduper, id, holder string, want webhook.Claim) {
	t.Helper()
	switch got, err := d.Claim(t.Context(), id, holder); {
	case err != nil:
		t.Fatalf("Claim of %q by %q: %v", id, holder, err)
	case got != want:
		t.Fatalf("Claim of %q by %q: %s, want %s", id, holder, name(got), name(want))
	}
}

func commit(t *testing.T, d webhook.Deduper, id, holder string) {
	t.Helper()
	if err := d.Commit(t.Context(), id, holder); err != nil {
		t.Fatalf("Commit of %q by %q: %v", id, holder, err)
	}
}

func commitLost(t *testing.T, d webhook.Deduper, id, holder string) {
	t.Helper()
	if err := d.Commit(t.Context(), id, holder); !errors.Is(err, webhook.ErrClaimLost) {
		t.Fatalf("Commit of %q by %q, who does not have the claim: %v, want ErrClaimLost", id, holder, err)
	}
}

func unclaim(t *testing.T, d webhook.Deduper, id, holder string) {
	t.Helper()
	if err := d.Release(t.Context(), id, holder); err != nil {
		t.Fatalf("Release of %q by %q: %v", id, holder, err)
	}
}
