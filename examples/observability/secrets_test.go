package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// No metric, span or log record has a key, a token, a signature, a query or a part of
// a body; and nothing of ours but the trace's id goes to Pepay.
func TestNothingSecretIsObserved(t *testing.T) {
	t.Parallel()
	w := watch(t, func(f *pepaytest.Faults) {
		f.On("openMerchantStream", pepaytest.DropAfter(1), pepaytest.Next(1))
		f.On("listInvoices", pepaytest.ResetMidBody(), pepaytest.Always())
	}, pepaytest.WithWebhookRetry(1, 0))
	endpoint := w.sim.AddWebhook(w.url+webhookPath, endpointSecret)
	w.await(live)

	member, err := baggage.NewMember("canary-baggage", "1")
	if err != nil {
		t.Fatal(err)
	}
	bag, err := baggage.New(member)
	if err != nil {
		t.Fatal(err)
	}
	ctx := baggage.ContextWithBaggage(t.Context(), bag)
	_, _ = w.client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{CustomerID: "canary-customer"})
	_, _ = w.client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(1000), CustomerID: "canary-customer"})
	_, _ = w.client.Invoices.List(ctx, wrapper.InvoiceParams{CustomerID: "canary-customer"})
	_, _ = w.client.Events.Get(ctx, "canary-event")
	w.emit(func(ev *pepay.Event) {
		ev.Data.Object = json.RawMessage(`{"id":"inv_1","object":"invoice","customer_id":"canary-customer"}`)
	}, pepay.EventInvoiceUpdated)
	w.await(`pepay_stream_dials_total{pepay_stream="merchant"} 2`, live)
	if err := endpoint.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	forged := []byte(`{"id":"evt_1","type":"invoice.updated","data":{"object":{"customer_id":"canary-customer"}}}`)
	if status := w.deliver("canary-wrong-secret", forged, nil); status != http.StatusBadRequest {
		t.Errorf("a forged delivery got %d", status)
	}

	secrets := []string{"canary-", w.sim.APIKey(), "customer_id"}
	secrets = append(secrets, w.signatures...)
	tokens := 0
	for _, r := range w.sim.Requests() {
		if token := r.Query.Get("token"); token != "" {
			secrets = append(secrets, token, url.QueryEscape(token))
			tokens++
		}
		if r.Header.Get("Baggage") != "" {
			t.Errorf("%s %s took the baggage along", r.Method, r.Path)
		}
		if r.Operation == "createInvoice" && r.Header.Get("Traceparent") == "" {
			t.Error("the trace does not go on at Pepay")
		}
	}
	if tokens < 2 || len(w.signatures) < 2 {
		t.Fatalf("%d tokens and %d signatures travelled; the test wants some of both", tokens, len(w.signatures))
	}
	metrics := w.scrape()
	if err := w.telemetry.traces.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	spans := w.spans.GetSpans()
	exported, err := json.Marshal(spans.Snapshots())
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"a metric": metrics, "a span": allOf(spans) + string(exported), "the log": w.log.String()} {
		if len(text) < 100 {
			t.Errorf("%s: there is nothing to look at", where)
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s has %q", where, secret)
			}
		}
	}
}

// allOf is every text in the spans.
func allOf(spans tracetest.SpanStubs) string {
	var all strings.Builder
	for _, s := range spans {
		all.WriteString(s.Name + "\n" + s.Status.Description + "\n" + s.SpanContext.TraceState().String() + "\n")
		for _, attr := range s.Attributes {
			all.WriteString(string(attr.Key) + "=" + attr.Value.String() + "\n")
		}
		for _, e := range s.Events {
			all.WriteString(e.Name + "\n")
			for _, attr := range e.Attributes {
				all.WriteString(string(attr.Key) + "=" + attr.Value.String() + "\n")
			}
		}
	}
	return all.String()
}

// A call is one span, with one below it for each attempt; a delivery is a trace of its
// own, with the work of this program below it.
func TestSpans(t *testing.T) {
	t.Parallel()
	w := watch(t, func(f *pepaytest.Faults) { f.On("listInvoices", pepaytest.Status(503), pepaytest.Next(1)) }, pepaytest.WithWebhookRetry(1, 0))
	endpoint := w.sim.AddWebhook(w.url+webhookPath, endpointSecret)
	w.await(live)
	if _, err := w.client.Invoices.List(t.Context(), wrapper.InvoiceParams{}); err != nil {
		t.Fatal(err)
	}
	_, _ = w.client.Events.Get(t.Context(), "evt_unknown")
	w.emit(nil, pepay.EventInvoiceUpdated)
	if err := endpoint.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.await(`pepay_stream_events_total{pepay_event_type="invoice.updated",pepay_stream="merchant"} 1`)
	if err := w.telemetry.traces.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	byName := map[string][]tracetest.SpanStub{}
	names := map[string]string{}
	for _, s := range w.spans.GetSpans() {
		byName[s.Name] = append(byName[s.Name], s)
		names[s.SpanContext.SpanID().String()] = s.Name
	}
	for _, c := range []struct {
		name    string
		parents []string // of each span with the name, "" for the beginning of a trace
	}{
		{"pepay listInvoices", []string{""}},
		{"GET /api/v1/invoices", []string{"pepay listInvoices", "pepay listInvoices"}},
		{"GET /api/v1/events/{eventId}", []string{"pepay getEvent"}},
		{"pepay stream dial", []string{""}},
		{"POST /pepay/webhook", []string{""}},
		{"process invoice.updated", []string{"", "POST /pepay/webhook"}},
	} {
		var parents []string
		for _, s := range byName[c.name] {
			parents = append(parents, names[s.Parent.SpanID().String()])
		}
		if len(parents) != len(c.parents) || strings.Join(sorted(parents), ",") != strings.Join(c.parents, ",") {
			t.Errorf("%s: below %q, want %q", c.name, parents, c.parents)
		}
	}
	if get := byName["pepay getEvent"]; len(get) != 1 || get[0].Status.Code != codes.Error || !strings.Contains(get[0].Status.Description, "404") {
		t.Errorf("a call that failed: %+v", get)
	}
}
