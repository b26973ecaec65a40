package storetest

import (
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

// lapse returns how long claims live, and skips the test if that is not known to be
// short.
func lapse(t *testing.T, s dedupers) time.Duration {
	t.Helper()
	life := must[interface{ ClaimLife() time.Duration }](t, s.one, "ClaimLife").ClaimLife()
	if most := 5 * time.Second; life <= 0 || life > most {
		t.Skipf("claims live for %v; set %v at most to test how they lapse", life, most)
	}
	return life
}

// lapsed: a crash between Claim and Commit does not block an event for ever.
func lapsed(t *testing.T, s dedupers) {
	lapse(t, s)
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	claimLapsed(t, s, "evt_1", "b")
	isLost(t, s, "evt_1", "a", "b")
}

func claimLapsed(t *testing.T, s dedupers, id, holder string) {
	t.Helper()
	eventually(t, s.patience, "the claim did not lapse", func() bool {
		got, err := s.two.Claim(t.Context(), id, holder)
		if err != nil || got == webhook.Done {
			t.Fatalf("Claim of %q by %q: %s, %v", id, holder, name(got), err)
		}
		return got == webhook.Claimed
	})
}

func lapsedEarly(t *testing.T, s dedupers) {
	life := lapse(t, s)
	began := time.Now()
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	claimLapsed(t, s, "evt_1", "b")
	if lived := time.Since(began); lived < life*9/10 {
		t.Errorf("a claim of %v lapsed after %v", life, lived)
	}
}

// lapsedCommitted: nobody has claimed the event since, so nothing went wrong.
func lapsedCommitted(t *testing.T, s dedupers) {
	life := lapse(t, s)
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	sleep(t, life*3/2)
	commit(t, s.one, "evt_1", "a")
	claim(t, s.two, "evt_1", "b", webhook.Done)
}

func lapsedOnce(t *testing.T, s dedupers) {
	life := lapse(t, s)
	claim(t, s.one, "evt_1", "a", webhook.Claimed)
	sleep(t, life*3/2)
	deliver(t, s, "evt_1")
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
	answers, errs := make([]webhook.Claim, deliveries), make([]error, deliveries)
	who := func(i int) string { return fmt.Sprintf("delivery %d", i) }
	together(deliveries, func(i int) { answers[i], errs[i] = s.handle(i).Claim(t.Context(), id, who(i)) })
	for i, answer := range answers {
		switch {
		case errs[i] != nil:
			t.Fatalf("Claim: %v", errs[i])
		case answer == webhook.Claimed && holder != "":
			t.Fatalf("%s and %s of %q got the claim", holder, who(i), id)
		case answer == webhook.Claimed:
			holder = who(i)
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
