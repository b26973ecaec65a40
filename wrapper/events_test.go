package wrapper_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func emit(t *testing.T, server *pepaytest.Server, eventType string, n int) (ids []string) {
	t.Helper()
	for range n {
		ev, err := pepaytest.NewEvent(eventType)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, server.Emit(ev).ID)
	}
	return ids
}

func idsOf(t *testing.T, events iter.Seq2[*pepay.Event, error]) (ids []string) {
	t.Helper()
	for ev, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, ev.ID)
	}
	return ids
}

func newestFirst(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Reverse(ids)
	return ids
}

func TestEventsList(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	invoices := emit(t, server, pepay.EventInvoiceUpdated, 25)
	payments := emit(t, server, pepay.EventInvoicePaymentCreated, 5)
	for _, c := range []struct {
		name   string
		params wrapper.EventParams
		want   []string // newest first
		more   bool
		query  string
	}{
		{"default page", wrapper.EventParams{}, newestFirst(append(slices.Clone(invoices[20:]), payments...)), true, ""},
		{"limit", wrapper.EventParams{Limit: 3}, newestFirst(payments[2:]), true, "limit=3"},
		{"types", wrapper.EventParams{Types: []string{"invoice_payment.*"}}, newestFirst(payments), false, "type=invoice_payment.%2A"},
		{"several types", wrapper.EventParams{Types: []string{"invoice.updated", "test.ping"}, Limit: 100}, newestFirst(invoices), false, "limit=100&type=invoice.updated%2Ctest.ping"},
		{"older", wrapper.EventParams{StartingAfter: invoices[2]}, newestFirst(invoices[:2]), false, "starting_after=" + invoices[2]},
		{"newer", wrapper.EventParams{EndingBefore: payments[2]}, newestFirst(payments[3:]), false, "ending_before=" + payments[2]},
		{"from the future", wrapper.EventParams{CreatedFrom: time.Unix(4102444800, 5)}, nil, false, "created%5Bgte%5D=4102444800"},
		{"up to the past", wrapper.EventParams{CreatedTo: time.Unix(1700000000, 0)}, nil, false, "created%5Blte%5D=1700000000"},
		{"another environment", wrapper.EventParams{Environment: pepay.NetworkEnvironmentMainnet}, nil, false, "environment=mainnet"},
		{"another invoice", wrapper.EventParams{InvoiceID: "nope"}, nil, false, "invoice_id=nope"},
	} {
		t.Run(c.name, func(t *testing.T) {
			page, err := client.Events.List(t.Context(), c.params)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, ev := range page.Data {
				got = append(got, ev.ID)
			}
			if !slices.Equal(got, c.want) || page.HasMore != c.more {
				t.Errorf("got %v, more %t, want %v, %t", got, page.HasMore, c.want, c.more)
			}
			requests := server.Requests()
			if query := requests[len(requests)-1].Query.Encode(); query != c.query {
				t.Errorf("asked for %s, want %s", query, c.query)
			}
		})
	}
}

func TestEventsRefuseParams(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	for name, params := range map[string]wrapper.EventParams{
		"Limit":         {Limit: -1},
		"StartingAfter": {StartingAfter: "a", EndingBefore: "b"},
		"Types":         {Types: []string{"invoice.*,test.ping"}},
		"Types: empty":  {Types: []string{""}},
	} {
		field, _, _ := strings.Cut(name, ":")
		if _, err := client.Events.List(t.Context(), params); !errors.Is(err, wrapper.ErrInvalidArgument) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := client.Events.Get(t.Context(), ""); !errors.Is(err, wrapper.ErrInvalidArgument) {
		t.Errorf("no id: %v", err)
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestEventsGet(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	id := emit(t, server, pepay.EventInvoiceUpdated, 1)[0]
	ev, err := client.Events.Get(t.Context(), id)
	if err != nil || ev.ID != id || ev.Type != pepay.EventInvoiceUpdated || len(ev.Data.Object) == 0 {
		t.Errorf("got %+v, %v", ev, err)
	}
	_, err = client.Events.Get(t.Context(), "evt_1/x?y")
	var failure *wrapper.Error
	if !errors.Is(err, wrapper.ErrNotFound) || !errors.As(err, &failure) || failure.Operation != "getEvent" || failure.Path != "/api/v1/events/{eventId}" {
		t.Errorf("got %v", err)
	}
}

func TestEventsAll(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	ids := emit(t, server, pepay.EventInvoiceUpdated, 250)
	emit(t, server, pepay.EventInvoicePaymentCreated, 1)
	types := []string{pepay.EventInvoiceUpdated}
	events := client.Events.All(t.Context(), wrapper.EventParams{Types: types, Limit: 100})
	types[0] = "changed"
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests before the loop", n)
	}
	for range 2 { // a sequence can be gone through again
		if got := idsOf(t, events); !slices.Equal(got, newestFirst(ids)) {
			t.Errorf("got %d events, want %d", len(got), len(ids))
		}
	}
	if n := len(server.Requests()); n != 6 {
		t.Errorf("%d requests for twice 3 pages", n)
	}
	for _, err := range events {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if n := len(server.Requests()); n != 7 {
		t.Errorf("%d requests: a loop that is left asks for no further page", n-6)
	}
}

func TestEventsAllEndsWithTheError(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	emit(t, server, pepay.EventInvoiceUpdated, 20)
	server.Faults().On("listEvents", pepaytest.Status(401), pepaytest.Every(2))
	var seen int
	var last error
	for ev, err := range client.Events.All(t.Context(), wrapper.EventParams{Limit: 10}) {
		if last != nil {
			t.Error("something came after the error")
		}
		if err != nil {
			last = err
			continue
		}
		if ev != nil {
			seen++
		}
	}
	if seen != 10 || !errors.Is(last, wrapper.ErrUnauthorized) {
		t.Errorf("%d events, then %v", seen, last)
	}
}

// A walk ends on any server: a page that was seen before, whichever, or one that
// leads nowhere is an error.
func TestEventsAllEndsOnAnyServer(t *testing.T) {
	t.Parallel()
	page := func(more bool, ids ...string) string {
		var events []string
		for _, id := range ids {
			events = append(events, `{"id":"`+id+`","object":"event","type":"t","created":1,"data":{"object":{}}}`)
		}
		return fmt.Sprintf(`{"success":true,"data":{"object":"list","data":[%s],"has_more":%t}}`, strings.Join(events, ","), more)
	}
	for _, c := range []struct {
		name   string
		params wrapper.EventParams
		pages  []string // the last one again and again
		want   []string
		fails  bool
	}{
		{"one page", wrapper.EventParams{}, []string{page(false, "e1")}, []string{"e1"}, false},
		{"two pages", wrapper.EventParams{}, []string{page(true, "e2"), page(false, "e1")}, []string{"e2", "e1"}, false},
		{"nothing", wrapper.EventParams{}, []string{page(false)}, nil, false},
		{"an empty last page", wrapper.EventParams{}, []string{page(true, "e1"), page(false)}, []string{"e1"}, false},
		{"the same page", wrapper.EventParams{}, []string{page(true, "e1")}, []string{"e1", "e1"}, true},
		{"a page seen before the last", wrapper.EventParams{}, []string{page(true, "e3"), page(true, "e2"), page(true, "e1"), page(true, "e3")}, []string{"e3", "e2", "e1", "e3"}, true},
		{"the page where it began", wrapper.EventParams{StartingAfter: "e9"}, []string{page(true, "e9")}, []string{"e9"}, true},
		{"an empty page with more behind it", wrapper.EventParams{}, []string{page(true)}, nil, true},
		{"no ids", wrapper.EventParams{}, []string{page(true, "")}, []string{""}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, client := simulated(t)
			for _, body := range c.pages[:len(c.pages)-1] {
				server.Faults().On("listEvents", pepaytest.RawBody(body), pepaytest.Next(1))
			}
			server.Faults().On("listEvents", pepaytest.RawBody(c.pages[len(c.pages)-1]), pepaytest.Always())
			var got []string
			var last error
			for ev, err := range client.Events.All(t.Context(), c.params) {
				if last != nil || (err == nil) == (ev == nil) {
					t.Fatalf("%v and %v after %v", ev, err, last)
				}
				if last = err; err == nil {
					got = append(got, ev.ID)
				}
			}
			if !slices.Equal(got, c.want) || (last != nil) != c.fails || last != nil && !errors.Is(last, wrapper.ErrMalformedResponse) {
				t.Errorf("got %q, then %v", got, last)
			}
			var failure *wrapper.Error
			if last != nil && (!errors.As(last, &failure) || failure.Operation != "listEvents") {
				t.Errorf("the error does not say where: %v", last)
			}
		})
	}
}

// Pages lead to older events only, so All does not take EndingBefore.
func TestEventsAllRefusesEndingBefore(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	n := 0
	for ev, err := range client.Events.All(t.Context(), wrapper.EventParams{EndingBefore: "evt_1"}) {
		if n++; ev != nil || !errors.Is(err, wrapper.ErrInvalidArgument) || !strings.Contains(err.Error(), "Since") {
			t.Errorf("got %v, %v", ev, err)
		}
	}
	if n != 1 || len(server.Requests()) != 0 {
		t.Errorf("%d times, %d requests", n, len(server.Requests()))
	}
}

// One odd field of one event neither fails its page nor the paging.
func TestEventsWithOddFields(t *testing.T) {
	t.Parallel()
	const odd = `{"id":"evt_2","object":"event","type":"t","created":"soon","livemode":"x","request":7,"data":{"object":{}}}`
	var logged bytes.Buffer
	server, client := simulated(t, wrapper.WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))
	server.Faults().On("listEvents", pepaytest.RawBody(`{"success":true,"data":{"data":[{"id":"evt_3","type":"t"},`+odd+`,{"id":7,"type":"t"}],"has_more":true}}`), pepaytest.Next(1))
	server.Faults().On("getEvent", pepaytest.RawBody(`{"success":true,"data":`+odd+`}`), pepaytest.Always())
	list, err := client.Events.List(t.Context(), wrapper.EventParams{})
	if err != nil || len(list.Data) != 3 || list.Data[1].ID != "evt_2" || string(list.Data[1].Raw()) != odd {
		t.Fatalf("%v, %+v", err, list)
	}
	if text := logged.String(); strings.Count(text, "could not be read") != 2 || !strings.Contains(text, "event=evt_2 fields=\"[created livemode request]\"") || !strings.Contains(text, "fields=[id]") {
		t.Errorf("logged %s", text)
	}
	if ev, err := client.Events.Get(t.Context(), "evt_2"); err != nil || ev.Type != "t" || strings.Count(logged.String(), "could not be read") != 3 {
		t.Errorf("%v, %+v", err, ev)
	}

	server.Faults().On("listEvents", pepaytest.RawBody(`{"success":true,"data":{"data":[{"id":"evt_3","type":"t"},{"id":7,"type":"t"}],"has_more":true}}`), pepaytest.Next(1))
	for _, err := range client.Events.All(t.Context(), wrapper.EventParams{}) {
		if err != nil { // the simulator has no event of this id
			break
		}
	}
	requests := server.Requests()
	if got := requests[len(requests)-1].Query.Get("starting_after"); got != "evt_3" {
		t.Errorf("the second page starts after %q, want the last id that can be read", got)
	}
}

func TestEventsMalformed(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"success":true}`, `{"success":true,"data":{}}`, `{"success":true,"data":null}`, `{"success":true,"data":{"data":[1]}}`} {
		server, client := simulated(t)
		server.Faults().On("*", pepaytest.RawBody(body), pepaytest.Always())
		if _, err := client.Events.List(t.Context(), wrapper.EventParams{}); !errors.Is(err, wrapper.ErrMalformedResponse) {
			t.Errorf("List, %s: %v", body, err)
		}
		if _, err := client.Events.Get(t.Context(), "evt_1"); !errors.Is(err, wrapper.ErrMalformedResponse) {
			t.Errorf("Get, %s: %v", body, err)
		}
	}
}

func TestEventsSince(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	ids := emit(t, server, pepay.EventInvoiceUpdated, 230)
	if got := idsOf(t, client.Events.Since(t.Context(), ids[9])); !slices.Equal(got, ids[10:]) {
		t.Errorf("got %d events in another order or number than %d", len(got), len(ids[10:]))
	}
	if got := idsOf(t, client.Events.Since(t.Context(), ids[229])); len(got) != 0 {
		t.Errorf("after the last event: %v", got)
	}
	for ev, err := range client.Events.Since(t.Context(), "evt_1-1") {
		if ev != nil || !errors.Is(err, wrapper.ErrNotFound) {
			t.Errorf("an unknown cursor gave %v, %v", ev, err)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range client.Events.Since(cancelled, ids[0]) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

// The list is read with whichever key there is, the merchant's first.
func TestEventsCredentials(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	commerce, err := client.With(wrapper.WithCommerceAPIKey(server.CommerceAPIKey()))
	if err != nil {
		t.Fatal(err)
	}
	for header, c := range map[string]*wrapper.Client{"X-Api-Key": client, "X-Commerce-Api-Key": commerce} {
		if _, err := c.Events.List(t.Context(), wrapper.EventParams{}); err != nil {
			t.Fatal(err)
		}
		requests := server.Requests()
		if last := requests[len(requests)-1]; last.Header.Get(header) == "" || last.Operation != "listEvents" || last.Method != http.MethodGet {
			t.Errorf("%s is missing from %v", header, last.Header)
		}
	}
}

// What a program missed while it was down, oldest first.
func ExampleEventService_Since() {
	server, client := newExampleClient()
	defer server.Close()
	handled, _ := pepaytest.NewEvent(pepay.EventInvoiceCreated)
	last := server.Emit(handled)
	missed, _ := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	server.Emit(missed)

	for ev, err := range client.Events.Since(context.Background(), last.ID) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(ev.Type)
	}
	// Output: invoice.updated
}

// The newest events, as many pages as the loop wants.
func ExampleEventService_All() {
	server, client := newExampleClient()
	defer server.Close()
	for range 3 {
		ev, _ := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
		server.Emit(ev)
	}

	n := 0
	for ev, err := range client.Events.All(context.Background(), wrapper.EventParams{Types: []string{"invoice.*"}, Limit: 2}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if ev.Type == pepay.EventInvoiceUpdated {
			n++
		}
	}
	fmt.Println(n, "in", len(server.Requests()), "pages")
	// Output: 3 in 2 pages
}
