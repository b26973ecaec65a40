package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func bothStreams(t *testing.T) (*person, *pepaytest.Server) {
	t.Helper()
	sim := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(sim.URL()), wrapper.WithAPIKey(sim.APIKey()), wrapper.WithCommerceAPIKey(sim.CommerceAPIKey()),
		wrapper.WithRetry(wrapper.RetryPolicy{MaxRetries: 0}))
	if err != nil {
		t.Fatal(err)
	}
	handler, err := newDashboard(client, []pepay.WSTokenScope{pepay.WSTokenScopeMerchant, pepay.WSTokenScopeCommerce}, rightPassword, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	p := newPerson(t, handler)
	p.signIn(rightPassword)
	return p, sim
}

// types are the types of the events that an answer has, the newest first.
func typesIn(t *testing.T, body string) (types []string) {
	t.Helper()
	for line := range strings.Lines(body) {
		var event struct{ Type string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		types = append(types, event.Type)
	}
	return types
}

func TestHistory(t *testing.T) {
	t.Parallel()
	p, sim := bothStreams(t)
	if resp, body := p.do("GET", "/history?scope=merchant", nil); body != "" || resp.Header.Get("X-Complete") != "true" {
		t.Errorf("nothing has happened: %q %v", body, resp.Header)
	}
	for _, eventType := range []string{pepay.EventInvoiceCreated, pepay.EventInvoicePaymentCreated, pepay.EventCommerceOrderCreated} {
		event, err := pepaytest.NewEvent(eventType)
		if err != nil {
			t.Fatal(err)
		}
		sim.Emit(event)
	}
	odd, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		t.Fatal(err)
	}
	odd.Data.Object = json.RawMessage(`{"object":"invoice","id":"inv_1","status":"paid","metadata":{"n":12345678901234567890}}`)
	sim.Emit(odd)

	before := len(sim.Requests())
	resp, body := p.do("GET", "/history?scope=merchant", nil)
	if got := fmt.Sprint(typesIn(t, body)); got != "[invoice.updated invoice_payment.created invoice.created]" {
		t.Errorf("merchant: %s", got)
	}
	if !strings.Contains(body, `"n":12345678901234567890`) || !strings.Contains(body, `"object":"event"`) {
		t.Errorf("not as Pepay gave it: %s", body)
	}
	if resp.Header.Get("X-Complete") != "true" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Error(resp.Header)
	}
	_, body = p.do("GET", "/history?scope=commerce", nil)
	if got := typesIn(t, body); len(got) == 0 || got[len(got)-1] != pepay.EventCommerceOrderCreated {
		t.Errorf("commerce: %s", got)
	}
	requests := sim.Requests()[before:]
	if len(requests) != 2 || requests[0].Header.Get("x-api-key") != sim.APIKey() || requests[1].Header.Get("x-commerce-api-key") != sim.CommerceAPIKey() {
		t.Errorf("%d requests, each with the key of its stream", len(requests))
	}
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	p, sim := bothStreams(t)
	for i := range 250 {
		event, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
		if err != nil {
			t.Fatal(err)
		}
		event.Data.Object = json.RawMessage(fmt.Sprintf(`{"object":"invoice","id":"inv_%d","status":"paid"}`, i))
		sim.Emit(event)
	}
	before := len(sim.Requests())
	resp, body := p.do("GET", "/history?scope=merchant", nil)
	first, _, _ := strings.Cut(body, "\n")
	if n := strings.Count(body, "\n"); n != historySize || resp.Header.Get("X-Complete") != "false" || !strings.Contains(first, "inv_249") {
		t.Errorf("%d events, complete: %s", n, resp.Header.Get("X-Complete"))
	}
	if n := len(sim.Requests()) - before; n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestHistoryFails(t *testing.T) {
	t.Parallel()
	p, sim := bothStreams(t)
	for _, status := range []int{http.StatusUnauthorized, http.StatusBadRequest, http.StatusInternalServerError} {
		sim.Faults().Reset()
		sim.Faults().On("listEvents", pepaytest.Status(status), pepaytest.Always())
		if body := p.want(http.StatusBadGateway, "GET", "/history?scope=merchant"); body != "Pepay gives no events at the moment\n" {
			t.Error(body)
		}
	}
}

// What the page shows from the first moment on.
func TestPage(t *testing.T) {
	t.Parallel()
	p, _ := bothStreams(t)
	body := p.want(http.StatusOK, "GET", "/")
	for _, want := range []string{`data-scope="merchant"`, `data-scope="commerce"`, "Merchant stream", "Commerce stream", "nothing here is real money", "Sign out", "<title>Pepay events</title>"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	client, err := wrapper.New(wrapper.WithBaseURL("https://pepay.invalid"), wrapper.WithAPIKey("key"), wrapper.WithRetry(wrapper.RetryPolicy{MaxRetries: 0}))
	if err != nil {
		t.Fatal(err)
	}
	handler, err := newDashboard(client, []pepay.WSTokenScope{pepay.WSTokenScopeMerchant}, rightPassword, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	p = newPerson(t, handler)
	p.signIn(rightPassword)
	body = p.want(http.StatusOK, "GET", "/")
	for _, bad := range []string{`data-scope="commerce"`, "nothing here is real money"} {
		if strings.Contains(body, bad) {
			t.Errorf("has %s", bad)
		}
	}
}
