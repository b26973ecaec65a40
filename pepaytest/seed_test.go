package pepaytest_test

import (
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// seen are the statuses that occur, and how often.
func seen[T any](all []T, status func(*T) string) map[string]int {
	counts := map[string]int{}
	for i := range all {
		counts[status(&all[i])]++
	}
	return counts
}

func TestSeeds(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"small", "busy"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t, pepaytest.WithSeed(name), pepaytest.WithClock(fixedClock))
			invoices, orders, events := s.Invoices(), s.Orders(), s.Events()
			statuses := seen(invoices, func(inv *pepay.Invoice) string { return string(inv.Status) })
			for _, want := range []string{"unpaid", "underpaid", "paid", "expired", "canceled"} {
				if statuses[want] == 0 {
					t.Errorf("no invoice is %s: %v", want, statuses)
				}
			}
			ordered := seen(orders, func(o *pepay.Order) string { return string(o.Status) })
			for _, want := range []string{"pending_payment", "processing", "placed", "shipped", "delivered", "cancelled", "failed"} {
				if ordered[want] == 0 {
					t.Errorf("no order is %s: %v", want, ordered)
				}
			}
			if least := map[string]int{"small": 15, "busy": 240}[name]; len(invoices) < least {
				t.Errorf("%d invoices, want %d", len(invoices), least)
			}
			settled := seen(events, func(ev *pepay.Event) string {
				for _, status := range []string{"settled", "failed", "pending"} {
					if strings.Contains(string(ev.Data.Object), `"settlement_status":"`+status+`"`) {
						return status
					}
				}
				return ""
			})
			if len(settled) != 4 {
				t.Errorf("settlements: %v", settled)
			}
			// In the order of time, in the past, each id once.
			before, ids := int64(0), map[string]bool{}
			for _, ev := range events {
				created := ev.Created.Unix()
				if created < before || created > fixedClock().Unix() || created < fixedClock().Add(-31*24*time.Hour).Unix() || ids[ev.ID] {
					t.Fatalf("event %s of %v after one of %v", ev.ID, ev.Created, time.Unix(before, 0).UTC())
				}
				before, ids[ev.ID] = created, true
			}
			keys := listKeys(t, s, "")
			if got := seen(keys, func(k *listedKey) string { return k.Status }); got["revoked"] == 0 || got["active"] < 3 {
				t.Errorf("keys: %v", got)
			}
			if r := ask(t, s, http.MethodGet, invoicesPath+"?status=paid&limit=5", ""); r.status != http.StatusOK || strings.Count(r.body, `"object":"invoice"`) < 4 {
				t.Errorf("list: %d %s", r.status, r.body)
			}
		})
	}
	if _, err := pepaytest.Start("", pepaytest.WithSeed("big")); err == nil || !strings.HasSuffix(err.Error(), `there is no seed "big"; there are busy, small`) {
		t.Errorf("an unknown seed: %v", err)
	}
}

// A seed is the same for the same clock, whatever the options bound, and Reset makes it
// again, of which no webhook and no stream hears.
func TestSeedIsMadeAgain(t *testing.T) {
	t.Parallel()
	webhookBubble(t, nil, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		endpoint := s.AddWebhook(webhookURL, webhookSecret)
		stream := openMerchant(t, s, "")
		first := s.Events()
		ask(t, s, http.MethodPost, invoicesPath, `{"amount_usd":5}`, "Idempotency-Key", aUUID)
		s.Reset()
		again := s.Events()
		if len(first) < 80 || !slices.EqualFunc(first, again, func(a, b pepay.Event) bool {
			return a.ID == b.ID && string(a.Data.Object) == string(b.Data.Object)
		}) {
			t.Errorf("%d events, then %d others", len(first), len(again))
		}
		ev := emit(s, pepay.EventInvoiceUpdated)
		if got := stream.rest(); len(got) != 2 || got[1].ID != ev.ID {
			t.Errorf("the stream has %s", ids(got))
		}
		wait(t, endpoint)
		if got := len(rc.requests()); got != 2 {
			t.Errorf("%d deliveries, want the one of before the reset and the one of after", got)
		}
	}, pepaytest.WithSeed("small"))
	bounded := pepaytest.NewServer(t, pepaytest.WithSeed("busy"), pepaytest.WithRetention(10))
	if got := len(bounded.Events()); got != 10 {
		t.Errorf("%d events are kept, want 10", got)
	}
}

// A state file that is there wins over the seed.
func TestSeedWithAStateFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	s := keeping(t, path, pepaytest.WithSeed("small"))
	createInvoice(t, s, `{"amount_usd":5}`, aUUID)
	want := maps.Collect(slices.All(s.Events()))
	closeServer(t, s)
	again := keeping(t, path, pepaytest.WithSeed("busy"))
	if got := again.Events(); len(got) != len(want) || got[len(got)-1].ID != want[len(want)-1].ID {
		t.Errorf("%d events, want the %d of the file", len(got), len(want))
	}
}

// Outside of tests, a simulator with data to look at.
func ExampleWithSeed() {
	srv, err := pepaytest.Start("", pepaytest.WithSeed("small"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()
	some := map[string]bool{}
	for _, invoice := range srv.Invoices() {
		some[string(invoice.Status)] = true
	}
	fmt.Println(some["unpaid"], some["underpaid"], some["paid"], some["expired"])
	// Output: true true true true
}

func BenchmarkBusySeed(b *testing.B) {
	for b.Loop() {
		s, err := pepaytest.Start("", pepaytest.WithSeed("busy"))
		if err != nil {
			b.Fatal(err)
		}
		_ = s.Close()
	}
}
