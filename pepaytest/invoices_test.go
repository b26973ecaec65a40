package pepaytest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	invoicesPath = "/api/v1/invoices"
	aUUID        = "123e4567-e89b-42d3-a456-556642440000"
	anotherUUID  = "123e4567-e89b-42d3-a456-556642440001"
)

// ask calls an operation with the merchant's key; more headers come in pairs.
func ask(t *testing.T, s *pepaytest.Server, method, path, body string, headers ...string) reply {
	t.Helper()
	r, err := request(t, s, method, path, body, append([]string{"x-api-key", s.APIKey()}, headers...)...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type createdInvoice struct {
	ID           string `json:"invoice_id"`
	SessionToken string `json:"session_token"`
	Signature    string `json:"signature"`
	ExpiresAt    int64  `json:"expires_at"`
}

func createInvoice(t *testing.T, s *pepaytest.Server, body, key string) createdInvoice {
	t.Helper()
	r := ask(t, s, http.MethodPost, invoicesPath, body, "Idempotency-Key", key)
	if r.status != http.StatusOK {
		t.Fatalf("create: %d %s", r.status, r.body)
	}
	return decode[createdInvoice](t, r)
}

// What the event says about a new invoice is what the API says, byte for byte.
func TestEventsShowWhatTheAPIShows(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	created := createInvoice(t, s, `{"amount_usd":49.99,"customer_id":"cust_<1>&","metadata":{"n":9007199254740993}}`, aUUID)
	r := ask(t, s, http.MethodGet, invoicesPath+"/"+created.ID, "")
	events := s.Events()
	if len(events) != 1 || events[0].Type != pepay.EventInvoiceCreated {
		t.Fatalf("events: %v", events)
	}
	if got := string(events[0].Data.Object); r.body != got || !strings.Contains(got, `"amount":49990,"amount_decimal":"49.990"`) {
		t.Errorf("the event has\n%s\nthe API\n%s", got, r.body)
	}
	if got := events[0].Request; got.IdempotencyKey != aUUID || got.ID == "" {
		t.Errorf("the event's request is %+v", got)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	const body = `{"amount_usd":10}`
	var wg sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		wg.Go(func() {
			r, err := request(t, s, http.MethodPost, invoicesPath, body, "x-api-key", s.APIKey(), "Idempotency-Key", aUUID)
			if err == nil {
				ids[i] = r.body
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("two answers to one request:\n%s\n%s", id, ids[0])
		}
	}
	if n := len(s.Events()); n != 1 {
		t.Errorf("%d events, want one", n)
	}
	other := ask(t, s, http.MethodPost, invoicesPath, `{"amount_usd":11}`, "Idempotency-Key", aUUID)
	wantError(t, other, http.StatusConflict, "IDEMPOTENCY_CONFLICT")
	if again := createInvoice(t, s, body, anotherUUID); again.ID == decode[createdInvoice](t, reply{body: ids[0]}).ID {
		t.Error("another key gave the same invoice")
	}
}

func TestInvoicesExpire(t *testing.T) {
	t.Parallel()
	t.Run("when time is advanced", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		first := createInvoice(t, s, `{"amount_usd":10}`, aUUID)
		second := createInvoice(t, s, `{"amount_usd":10,"expires_in":60000}`, anotherUUID)
		s.Advance(time.Minute - 2*time.Second)
		if n := len(s.Events()); n != 2 {
			t.Fatalf("%d events before anything is due", n)
		}
		s.Advance(12 * time.Hour)
		events := s.Events()
		if len(events) != 4 {
			t.Fatalf("%d events, want two more", len(events))
		}
		for i, want := range []createdInvoice{second, first} {
			ev := events[2+i]
			var object struct{ ID, Status string }
			if err := json.Unmarshal(ev.Data.Object, &object); err != nil {
				t.Fatal(err)
			}
			if object.ID != want.ID || object.Status != "expired" || ev.Created.Unix() != want.ExpiresAt {
				t.Errorf("event %d: %s at %d, want %s at %d", i, ev.Data.Object, ev.Created.Unix(), want.ID, want.ExpiresAt)
			}
			if string(ev.Data.PreviousAttributes) != `{"status":"unpaid"}` {
				t.Errorf("previous_attributes: %s", ev.Data.PreviousAttributes)
			}
		}
	})
	t.Run("in any part of a second", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithClock(func() time.Time { return fixedClock().Add(700 * time.Millisecond) }))
		inv := createInvoice(t, s, `{"amount_usd":10,"expires_in":60000}`, aUUID)
		if life := inv.ExpiresAt - fixedClock().Unix(); life != 60 {
			t.Errorf("it lives for %d s", life)
		}
		s.Advance(time.Minute)
		if got := s.Invoices()[0].Status; got != pepay.InvoiceStatusExpired {
			t.Errorf("after its life the invoice is %s", got)
		}
	})
	t.Run("while nobody asks", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		c := openMerchant(t, s, "types=invoice.updated")
		createInvoice(t, s, `{"amount_usd":10,"expires_in":1}`, aUUID)
		if ev := c.next(); ev.Type != pepay.EventInvoiceUpdated {
			t.Errorf("got %s", ev.Type)
		}
	})
}

// What the contract says about a request is enforced before a handler sees it.
func TestRequestsAreCheckedAgainstTheContract(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	for name, tc := range map[string]struct{ method, path, body, key, want string }{
		"unknown parameter":    {http.MethodGet, invoicesPath + "?page=2", "", "", `the query has no parameter \"page\"; there are limit, starting_after, `},
		"parameter twice":      {http.MethodGet, invoicesPath + "?limit=1&limit=2", "", "", "limit is given twice"},
		"bounds":               {http.MethodGet, invoicesPath + "?limit=101", "", "", "limit must be from 1 to 100"},
		"no Idempotency-Key":   {http.MethodPost, invoicesPath, `{"amount_usd":10}`, "", "Idempotency-Key is required"},
		"bad Idempotency-Key":  {http.MethodPost, invoicesPath, `{"amount_usd":10}`, "order-1", "Idempotency-Key must be a UUID v4"},
		"missing member":       {http.MethodPost, invoicesPath, `{"AMOUNT_USD":10}`, aUUID, "amount_usd is required"},
		"member out of bounds": {http.MethodPost, invoicesPath, `{"amount_usd":0.00999999999999999999}`, aUUID, "amount_usd must be at least 0.01"},
		"member twice":         {http.MethodPost, invoicesPath, `{"amount_usd":10,"amount_usd":1}`, aUUID, `the request body has the member \"amount_usd\" twice`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			headers := []string{}
			if tc.key != "" {
				headers = append(headers, "Idempotency-Key", tc.key)
			}
			r := ask(t, s, tc.method, tc.path, tc.body, headers...)
			wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
			if !strings.Contains(r.body, tc.want) {
				t.Errorf("%s does not say %s", r.body, tc.want)
			}
		})
	}
	t.Run("without a credential", func(t *testing.T) {
		t.Parallel()
		r, err := request(t, s, http.MethodPost, invoicesPath, `{}`)
		if err != nil || r.status != http.StatusUnauthorized {
			t.Errorf("%d %s, %v: who asks comes first", r.status, r.body, err)
		}
	})
	t.Run("names in another case are other names", func(t *testing.T) {
		t.Parallel()
		made := createInvoice(t, s, `{"amount_usd":10,"CUSTOMER_ID":"a","Amount_USD":20}`, anotherUUID)
		r := ask(t, s, http.MethodGet, invoicesPath+"/"+made.ID, "")
		if !strings.Contains(r.body, `"amount":10000`) || !strings.Contains(r.body, `"customer_id":null`) {
			t.Errorf("the invoice is %s", r.body)
		}
	})
}
