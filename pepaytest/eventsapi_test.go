package pepaytest_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const eventsPath = "/api/v1/events"

type eventList struct {
	Object  string        `json:"object"`
	Data    []pepay.Event `json:"data"`
	HasMore bool          `json:"has_more"`
}

// listEvents lists with the merchant's key, or with the headers given.
func listEvents(t *testing.T, s *pepaytest.Server, query string, headers ...string) eventList {
	t.Helper()
	if len(headers) == 0 {
		headers = []string{"x-api-key", s.APIKey()}
	}
	r, err := request(t, s, http.MethodGet, eventsPath+"?"+query, "", headers...)
	if err != nil || r.status != http.StatusOK {
		t.Fatalf("%s: %d %s %v", query, r.status, r.body, err)
	}
	answer := decode[struct {
		Success bool
		Data    eventList
	}](t, r)
	if !answer.Success || answer.Data.Object != "list" || answer.Data.Data == nil {
		t.Errorf("%s: %s", query, r.body)
	}
	return answer.Data
}

func TestAnEmptyList(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	r, err := request(t, s, http.MethodGet, eventsPath, "", "x-api-key", s.APIKey())
	if want := `{"success":true,"data":{"has_more":false,"object":"list","data":[]}}`; err != nil || r.body != want {
		t.Errorf("%s, %v", r.body, err)
	}
}

// Paging walks the whole log, newest first, in both directions and in every size.
func TestPagingWalksTheLog(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	const n = 23
	newest := emitN(s, n)
	slices.Reverse(newest)
	for _, limit := range []int{1, 2, 7, 22, 23, 100} {
		var older []pepay.Event
		query := "limit=" + strconv.Itoa(limit)
		for page := listEvents(t, s, query); ; page = listEvents(t, s, query+"&starting_after="+older[len(older)-1].ID) {
			older = append(older, page.Data...)
			if page.HasMore != (len(older) < n) {
				t.Fatalf("limit %d: has_more is %t after %d of %d", limit, page.HasMore, len(older), n)
			}
			if !page.HasMore {
				break
			}
		}
		if ids(older) != ids(newest) {
			t.Errorf("limit %d, older: %s", limit, ids(older))
		}
		newer := []pepay.Event{newest[n-1]}
		for {
			page := listEvents(t, s, query+"&ending_before="+newer[0].ID)
			newer = append(page.Data, newer...)
			if page.HasMore != (len(newer) < n) {
				t.Fatalf("limit %d: has_more is %t after %d of %d", limit, page.HasMore, len(newer), n)
			}
			if !page.HasMore {
				break
			}
		}
		if ids(newer) != ids(newest) {
			t.Errorf("limit %d, newer: %s", limit, ids(newer))
		}
	}
	if got := len(listEvents(t, s, "").Data); got != 10 {
		t.Errorf("%d events by default, want 10", got)
	}
	if page := listEvents(t, s, "starting_after="+newest[n-1].ID); len(page.Data) != 0 || page.HasMore {
		t.Errorf("older than the oldest: %v", page)
	}
	if page := listEvents(t, s, "ending_before="+newest[0].ID); len(page.Data) != 0 || page.HasMore {
		t.Errorf("newer than the newest: %v", page)
	}
}

func TestFiltersOfTheList(t *testing.T) {
	t.Parallel()
	now := newClock(fixedClock())
	s := pepaytest.NewServer(t, pepaytest.WithClock(now.get),
		pepaytest.WithKey("mainnet", pepaytest.Key{Scope: pepay.WSTokenScopeCommerce, Environment: pepay.NetworkEnvironmentMainnet}),
		pepaytest.WithKey("seven", pepaytest.Key{MerchantID: 7}))
	names := map[string]string{}
	for i, e := range []struct {
		name string
		ev   pepay.Event
	}{
		{"standard", event(pepay.EventInvoiceCreated, "id", "inv_1", "environment", "devnet")},
		{"payment", event(pepay.EventInvoicePaymentCreated, "id", "pay_1", "invoice_id", "inv_1")},
		{"linked", event(pepay.EventInvoiceUpdated, "id", "inv_2", "invoice_type", "commerce", "environment", "mainnet")},
		{"order", order("order_1")},
		{"ping", event(pepay.EventTestPing)},
		{"quote", event(pepay.EventPaymentQuoteUpdated, "invoice_id", "inv_1")},
		{"theirs", event(pepay.EventInvoiceUpdated, "id", "inv_3", "merchant_id", "7")},
		{"last", event(pepay.EventInvoiceUpdated, "id", "inv_4", "merchant_id", "123")},
	} {
		now.set(fixedClock().Add(time.Duration(i) * time.Second))
		names[s.Emit(e.ev).ID] = e.name
	}
	second := func(i int) string { return strconv.FormatInt(fixedClock().Unix()+int64(i), 10) }
	cases := []struct{ query, key, want string }{
		{"", s.APIKey(), "last linked payment standard"},
		{"", s.CommerceAPIKey(), "order"},
		{"", "mainnet", "order linked"},
		{"", "seven", "theirs linked payment standard"},
		{"type=invoice.*", s.APIKey(), "last linked standard"},
		{"type=invoice.created,invoice_payment.*", s.APIKey(), "payment standard"},
		{"type=commerce.order.*", s.APIKey(), ""},
		{"type=commerce.order.*", "mainnet", "order"},
		{"invoice_id=inv_1", s.APIKey(), "payment standard"},
		{"environment=devnet", s.APIKey(), "standard"},
		{"environment=mainnet", s.APIKey(), "linked"},
		{"created[gte]=" + second(2), s.APIKey(), "last linked"},
		{"created%5Blte%5D=" + second(1), s.APIKey(), "payment standard"},
		{"created[gte]=" + second(1) + "&created[lte]=" + second(2), s.APIKey(), "linked payment"},
		{"created[gte]=" + second(99), s.APIKey(), ""},
		{"limit=1&type=invoice_payment.*", s.APIKey(), "payment"},
	}
	for _, tc := range cases {
		t.Run(tc.query+" "+tc.key, func(t *testing.T) {
			t.Parallel()
			page := listEvents(t, s, tc.query, "x-api-key", tc.key)
			var got []string
			for _, ev := range page.Data {
				got = append(got, names[ev.ID])
			}
			if text := strings.Join(got, " "); text != tc.want || page.HasMore {
				t.Errorf("got %q (more: %t), want %q", text, page.HasMore, tc.want)
			}
			for _, ev := range page.Data { // a listed event can be got
				if r, err := request(t, s, http.MethodGet, eventsPath+"/"+ev.ID, "", "x-api-key", tc.key); err != nil || r.status != http.StatusOK {
					t.Errorf("%s: %d %s %v", ev.ID, r.status, r.body, err)
				}
			}
		})
	}
}

func TestListRefuses(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithRetention(2), pepaytest.WithKey("revoked", pepaytest.Key{Revoked: true}))
	old, hidden, ev := emit(s, pepay.EventInvoiceUpdated), emit(s, pepay.EventTestPing), emit(s, pepay.EventInvoiceUpdated)
	key := []string{"x-api-key", s.APIKey()}
	cases := []struct {
		path    string
		headers []string
		status  int
		code    string
	}{
		{"?limit=0", key, 400, "VALIDATION_ERROR"},
		{"?limit=101", key, 400, "VALIDATION_ERROR"},
		{"?limit=-1", key, 400, "VALIDATION_ERROR"},
		{"?limit=ten", key, 400, "VALIDATION_ERROR"},
		{"?limit=", key, 400, "VALIDATION_ERROR"},
		{"?limit=1&limit=2", key, 400, "VALIDATION_ERROR"},
		{"?created[gte]=now", key, 400, "VALIDATION_ERROR"},
		{"?type=refund.*", key, 400, "VALIDATION_ERROR"},
		{"?types=invoice.*", key, 400, "VALIDATION_ERROR"},
		{"?environment=moon", key, 400, "VALIDATION_ERROR"},
		{"?starting_after=evt_1-1", key, 400, "VALIDATION_ERROR"},
		{"?ending_before=evt_1-1", key, 400, "VALIDATION_ERROR"},
		{"?starting_after=" + old.ID, key, 400, "VALIDATION_ERROR"},
		{"?starting_after=" + hidden.ID, key, 400, "VALIDATION_ERROR"},
		{"?starting_after=" + ev.ID + "&ending_before=" + ev.ID, key, 400, "VALIDATION_ERROR"},
		{"?starting_after=", key, 400, "VALIDATION_ERROR"},
		{"?a=%zz", key, 400, "VALIDATION_ERROR"},
		{"", nil, 401, "API_KEY_INVALID"},
		{"", []string{"x-api-key", "revoked"}, 401, "API_KEY_INVALID"},
		{"", []string{"Authorization", "Bearer jwt"}, 401, "UNAUTHORIZED"},
		{"", []string{"x-api-key", s.APIKey(), "x-commerce-api-key", s.CommerceAPIKey()}, 400, "VALIDATION_ERROR"},
		{"/" + ev.ID, nil, 401, "API_KEY_INVALID"},
		{"/evt_1-1", key, 404, "NOT_FOUND"},
		{"/" + old.ID, key, 404, "NOT_FOUND"},
		{"/" + hidden.ID, key, 404, "NOT_FOUND"},
		{"/" + ev.ID, []string{"x-api-key", s.CommerceAPIKey()}, 404, "NOT_FOUND"},
	}
	for _, tc := range cases {
		t.Run(tc.path+" "+strings.Join(tc.headers, " "), func(t *testing.T) {
			t.Parallel()
			r, err := request(t, s, http.MethodGet, eventsPath+tc.path, "", tc.headers...)
			if err != nil {
				t.Fatal(err)
			}
			wantError(t, r, tc.status, tc.code)
		})
	}
}

func TestGetEvent(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	ev, err := pepaytest.NewEvent(pepay.EventInvoicePaymentUpdated)
	if err != nil {
		t.Fatal(err)
	}
	ev = s.Emit(ev)
	r, err := request(t, s, http.MethodGet, eventsPath+"/"+ev.ID, "", "x-api-key", s.APIKey())
	want := `{"success":true,"data":{"api_version":"2025-12-16","created":1766320436,"data":{"object":` + string(ev.Data.Object) +
		`},"id":"evt_1766320436000-1","livemode":false,"object":"event","pending_webhooks":0,"type":"invoice_payment.updated"}}`
	if err != nil || r.status != http.StatusOK || r.body != want {
		t.Errorf("got\n%s, want\n%s (%v)", r.body, want, err)
	}
}
