package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/webhook"
)

func lapseRules() []rule[webhook.Deduper] {
	return []rule[webhook.Deduper]{
		{"a claim that has lapsed goes to another holder", lapsed},
		{"a claim does not lapse early", lapsedEarly},
		{"a claim that has lapsed may be committed", lapsedCommitted},
		{"one of many deliveries gets a claim that has lapsed", lapsedOnce},
	}
}

func deduperRaceRules() []rule[webhook.Deduper] {
	return []rule[webhook.Deduper]{
		{"one of many deliveries gets the claim", oneOfMany},
		{"one of many deliveries gets a released claim", oneAfterRelease},
		{"concurrent claims of one holder are the same", sameAtOnce},
	}
}

const deliveries = 50

// withLife opens a deduper whose claims live for so long.
func withLife(t *testing.T, s dedupers, life time.Duration) dedupers {
	t.Helper()
	opener := must[interface {
		WithClaimLife(t *testing.T, life time.Duration) webhook.Deduper
	}](t, s.one, "WithClaimLife")
	return openStores(t, func(t *testing.T) webhook.Deduper {
		t.Helper()
		return opener.WithClaimLife(t, life)
	}, s.patience)
}

// inTime tries what has to be done while a claim lives, with longer and longer lives until
// that works. try returns when the claim began, and a check of what happened then.
func inTime(t *testing.T, s dedupers, try func(s dedupers, life time.Duration) (began time.Time, check func())) {
	t.Helper()
	for life := short; ; life *= 2 {
		began, check := try(withLife(t, s, life), life)
		if time.Since(began) < life {
			check()
			return
		}
		if life > s.patience {
			t.Fatalf("claims that live for %v lapse while they are tested", life)
		}
	}
}

// lapsed: a crash between Claim and Commit does not block an event for ever.
func lapsed(t *testing.T, s dedupers) {
	inTime(t, s, func(s dedupers, _ time.Duration) (time.Time, func()) {
		claim(t, s.one, "evt_1", "a", webhook.Claimed)
		began := claimLapsed(t, s, "evt_1", "b")
		released := s.one.Release(t.Context(), "evt_1", "a")
		lost := s.one.Commit(t.Context(), "evt_1", "a")
		answer, err := s.one.Claim(t.Context(), "evt_1", "a")
		return began, func() {
			if released != nil || !errors.Is(lost, webhook.ErrClaimLost) || err != nil || answer != webhook.InProgress {
				t.Errorf("after another holder has claimed the event: Release %v, Commit %v, Claim %s, %v; want nil, ErrClaimLost, InProgress",
					released, lost, name(answer), err)
			}
			commit(t, s.two, "evt_1", "b")
			commitLost(t, s.one, "evt_1", "a")
			claim(t, s.one, "evt_1", "a", webhook.Done)
		}
	})
}

// claimLapsed waits until a claim has lapsed and a holder has it, and returns when that
// one's claim began, or earlier.
func claimLapsed(t *testing.T, s dedupers, id, holder string) (began time.Time) {
	t.Helper()
	eventually(t, s.patience, "the claim did not lapse", func() bool {
		began = time.Now()
		got, err := s.two.Claim(t.Context(), id, holder)
		if err != nil || got == webhook.Done {
			t.Fatalf("Claim of %q by %q: %s, %v", id, holder, name(got), err)
		}
		return got == webhook.Claimed
	})
	return began
}

func lapsedEarly(t *testing.T, s dedupers) {
	const life = time.Second
	s = withLife(t, s, life)
	began := time.Now()
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	claimLapsed(t, s, "evt_1", "b")
	if lived := time.Since(began); lived < life*9/10 {
		t.Errorf("a claim of %v lapsed after %v", life, lived)
	}
}

// lapsedCommitted: nobody has claimed the event since, so nothing went wrong.
func lapsedCommitted(t *testing.T, s dedupers) {
	s = withLife(t, s, short)
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	runOut(t)
	commit(t, s.one, "evt_1", "a")
	claim(t, s.two, "evt_1", "b", webhook.Done)
}

func lapsedOnce(t *testing.T, s dedupers) {
	inTime(t, s, func(s dedupers, life time.Duration) (time.Time, func()) {
		claim(t, s.one, "evt_1", "a", webhook.Claimed)
		sleep(t, life*3/2)
		began := time.Now()
		answers := claimTogether(t, s, "evt_1")
		return began, func() { winner(t, "evt_1", answers) }
	})
}

func oneOfMany(t *testing.T, s dedupers) {
	for i := range 6 {
		id := fmt.Sprintf("evt_%d", i)
		holder := deliver(t, s, id)
		commit(t, s.one, id, holder)
		claim(t, s.two, id, "z", webhook.Done)
	}
}

func oneAfterRelease(t *testing.T, s dedupers) {
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	for holder, i := "a", 0; i < 4; i++ {
		unclaim(t, s.one, "evt_1", holder)
		holder = deliver(t, s, "evt_1")
	}
}

// deliver lets many deliveries of an event come at the same time, and returns the
// holder of the only one that got the claim.
func deliver(t *testing.T, s dedupers, id string) (holder string) {
	t.Helper()
	return winner(t, id, claimTogether(t, s, id))
}

// claimTogether returns the answers to the numbered deliveries.
func claimTogether(t *testing.T, s dedupers, id string) []webhook.Claim {
	t.Helper()
	answers, errs := make([]webhook.Claim, deliveries), make([]error, deliveries)
	together(deliveries, func(i int) { answers[i], errs[i] = s.handle(i).Claim(t.Context(), id, delivery(i)) })
	if err := errors.Join(errs...); err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return answers
}

func delivery(i int) string { return fmt.Sprintf("delivery %d", i) }

func winner(t *testing.T, id string, answers []webhook.Claim) (holder string) {
	t.Helper()
	for i, answer := range answers {
		switch {
		case answer == webhook.Claimed && holder != "":
			t.Fatalf("%s and %s of %q got the claim", holder, delivery(i), id)
		case answer == webhook.Claimed:
			holder = delivery(i)
		case answer != webhook.InProgress:
			t.Fatalf("Claim of %q: %s, want InProgress", id, name(answer))
		}
	}
	if holder == "" {
		t.Fatalf("nobody got the claim of %q", id)
	}
	return holder
}

func sameAtOnce(t *testing.T, s dedupers) {
	answers, errs := make([]webhook.Claim, deliveries), make([]error, deliveries)
	together(deliveries, func(i int) { answers[i], errs[i] = s.handle(i).Claim(t.Context(), "evt_1", "a") })
	for i, answer := range answers {
		if errs[i] != nil || answer != webhook.Claimed {
			t.Fatalf("Claim by the holder itself: %s, %v", name(answer), errs[i])
		}
	}
	commit(t, s.two, "evt_1", "a")
}
