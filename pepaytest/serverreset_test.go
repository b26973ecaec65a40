package pepaytest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestReset(t *testing.T) {
	t.Parallel()
	webhookBubble(t, nil, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		endpoint := s.AddWebhook(webhookURL, webhookSecret)
		stream := openMerchant(t, s, "")
		const body = `{"amount_usd":10}`
		made := func() (createdInvoice, createdKey, pepay.Event) {
			inv := createInvoice(t, s, body, aUUID)
			key := createKey(t, s, `{"name":"Server","scope":"merchant"}`)
			events := s.Events()
			return inv, key, events[len(events)-1]
		}
		inv, key, ev := made()
		stream.want(ev)
		if r := ask(t, s, http.MethodPost, merchantTokens+"/10/block", `{"blocked":true}`); r.status != http.StatusOK {
			t.Fatal(r.body)
		}
		s.Advance(time.Hour)
		if err := s.RevokeKey(s.CommerceAPIKey()); err != nil {
			t.Fatal(err)
		}

		s.Reset()
		if got := len(s.Events()); got != 0 {
			t.Errorf("%d events are left", got)
		}
		wantError(t, ask(t, s, http.MethodGet, invoicesPath+"/"+inv.ID, ""), http.StatusNotFound, "NOT_FOUND")
		if got := tryKey(t, s, key.APIKey); got != refused {
			t.Errorf("a created key: %s", got)
		}
		if got := tryKey(t, s, s.CommerceAPIKey()); got != works {
			t.Errorf("the commerce key: %s", got)
		}
		if got := decode[tokenList](t, ask(t, s, http.MethodGet, merchantTokens, "")); got.Policy != "accept_all" {
			t.Errorf("acceptance_policy: %s", got.Policy)
		}
		// The same calls get the same answers, the time apart, which stands still here.
		inv2, key2, ev2 := made()
		if inv2 != inv || key2 != key || ev2.ID != ev.ID || !ev2.Created.Equal(ev.Created.Time) {
			t.Errorf("after the reset %+v %+v %s, want %+v %+v %s", inv2, key2, ev2.ID, inv, key, ev.ID)
		}
		stream.wantRest(ev2) // it stayed open
		wait(t, endpoint)
		if got := len(rc.requests()); got != 2 {
			t.Errorf("%d deliveries, want one before and one after", got)
		}
	})
}

// A stream that has not read everything goes on after the reset.
func TestResetUnderASlowReader(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		slow := openMerchant(t, s, "")
		emitN(s, 500) // it does not read
		s.Reset()
		ev := emit(s, pepay.EventInvoiceCreated)
		got := slow.rest()
		if len(got) == 0 || len(got) > 200 || got[len(got)-1].ID != ev.ID {
			t.Errorf("%d events, the last one not that after the reset", len(got))
		}
	}, pepaytest.WithOldCursor(pepaytest.OldCursorError))
}
