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

// A round of calls, of events on a stream that breaks off, and of webhooks: the names,
// labels and values of what an operator sees.
func TestMetrics(t *testing.T) {
	t.Parallel()
	w := watch(t, func(f *pepaytest.Faults) {
		f.On("openMerchantStream", pepaytest.DropAfter(1), pepaytest.Next(1))
		f.On("listInvoices", pepaytest.Status(503), pepaytest.Next(1))
	}, pepaytest.WithWebhookRetry(1, 0))
	endpoint := w.sim.AddWebhook(w.url+webhookPath, endpointSecret)
	stranger := w.sim.AddWebhook(w.url+webhookPath, "another secret", pepay.EventTestPing)
	w.await(`pepay_stream_lease_held{pepay_stream="merchant"} 1`, `pepay_stream_lease_fence{pepay_stream="merchant"} 1`)

	ctx := t.Context()
	if _, err := w.client.Invoices.List(ctx, wrapper.InvoiceParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.Events.Get(ctx, "evt_unknown"); err == nil {
		t.Error("an unknown event is no error")
	}
	if err := w.client.Call(ctx, http.MethodGet, "/api/v9/new/4711", nil, nil); err == nil {
		t.Error("an unknown operation is no error")
	}

	w.await(live)
	first := w.emit(nil, pepay.EventInvoiceUpdated) // after it, the connection is dropped
	w.await(`pepay_stream_dials_total{pepay_stream="merchant"} 2`, live)
	w.emit(nil, pepay.EventInvoiceUpdated)
	w.emit(func(ev *pepay.Event) { ev.Type = "invoice.from_the_future" }, pepay.EventInvoiceUpdated)
	w.emit(nil, pepay.EventTestPing) // not on the stream
	if err := endpoint.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := stranger.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := endpoint.Redeliver(first.ID); err != nil {
		t.Fatal(err)
	}
	if err := endpoint.Wait(ctx); err != nil {
		t.Fatal(err)
	}

	wanted := []string{
		`pepay_client_call_duration_seconds_count{pepay_operation="listInvoices"} 1`,
		`pepay_client_call_duration_seconds_count{error_type="404",pepay_operation="getEvent"} 1`,
		`pepay_client_call_duration_seconds_count{error_type="404",pepay_operation="other"} 1`,
		`pepay_client_retries_total{http_response_status_code="503",pepay_operation="listInvoices"} 1`,

		`pepay_stream_events_total{pepay_event_type="invoice.updated",pepay_stream="merchant"} 2`,
		`pepay_stream_events_total{pepay_event_type="other",pepay_stream="merchant"} 1`,
		`pepay_stream_event_duration_seconds_count{pepay_event_type="other",pepay_stream="merchant"} 1`,
		`pepay_stream_event_lag_seconds_count{pepay_stream="merchant"} 3`,
		`pepay_stream_dials_total{pepay_stream="merchant"} 2`,
		`pepay_stream_waits_total{error_type="disconnected",pepay_stream="merchant"} 1`,
		`pepay_stream_resumes_total{pepay_stream="merchant",pepay_stream_gap="false"} 1`,
		`pepay_stream_resumes_total{pepay_stream="merchant",pepay_stream_gap="true"} 0`,
		`pepay_stream_downtime_seconds_count{pepay_stream="merchant"} 1`,
		`pepay_stream_lag_seconds{pepay_stream="merchant"} 0`,
		`pepay_stream_lease_held{pepay_stream="merchant"} 1`,
		`pepay_stream_lease_changes_total{pepay_stream="merchant",pepay_stream_lease_held="true"} 1`,
		`pepay_stream_state{pepay_stream="merchant",pepay_stream_state="standby"} 0`,

		`pepay_webhook_deliveries_total{pepay_event_type="invoice.updated",pepay_webhook_duplicate="false",pepay_webhook_outcome="handled"} 2`,
		`pepay_webhook_deliveries_total{pepay_event_type="invoice.updated",pepay_webhook_duplicate="true",pepay_webhook_outcome="handled"} 1`,
		`pepay_webhook_deliveries_total{pepay_event_type="test.ping",pepay_webhook_duplicate="false",pepay_webhook_outcome="handled"} 1`,
		`pepay_webhook_deliveries_total{error_type="bad_signature",pepay_webhook_duplicate="false",pepay_webhook_outcome="refused"} 1`,
	}
	metrics := w.await(wanted...)
	host, port, _ := strings.Cut(strings.TrimPrefix(w.sim.URL(), "http://"), ":")
	common := fmt.Sprintf(`network_protocol_name="http",network_protocol_version="1.1",server_address=%q,server_port=%q,url_scheme="http"`, host, port)
	for _, line := range []string{
		`http_client_request_duration_seconds_count{http_request_method="GET",http_response_status_code="503",` + common + `,url_template="/api/v1/invoices"} 1`,
		`http_client_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",` + common + `,url_template="/api/v1/invoices"} 1`,
		`http_client_request_duration_seconds_count{http_request_method="GET",http_response_status_code="404",` + common + `,url_template="/api/v1/events/{eventId}"} 1`,
		`http_client_request_duration_seconds_count{http_request_method="GET",http_response_status_code="404",` + common + `,url_template="other"} 1`,
		`http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="400",http_route="/pepay/webhook",network_protocol_name="http",network_protocol_version="1.1",url_scheme="http"} 1`,
		`http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="200",http_route="/pepay/webhook",network_protocol_name="http",network_protocol_version="1.1",url_scheme="http"} 5`,
		`pepay_webhook_delivery_age_seconds_count 4`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
	if t.Failed() {
		t.Log(metrics)
	}
}

// Strangers, a contract that grows and odd calls make no new series.
func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	w := watch(t, noFaults)
	w.await(live)
	flood := func(n int) {
		body, err := json.Marshal(map[string]any{"id": fmt.Sprintf("evt_%d", n), "type": fmt.Sprintf("canary.type%d", n)})
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []pepay.Secret{endpointSecret, "a wrong one"} {
			w.deliver(secret, body, func(req *http.Request) {
				req.Host = fmt.Sprintf("canary%d.example:%d", n, 1000+n)
				req.Header.Set("User-Agent", fmt.Sprintf("canary/%d", n))
				if n%3 == 2 {
					req.Method = fmt.Sprintf("CANARY%d", n)
				}
			})
		}
		w.emit(func(ev *pepay.Event) { ev.Type = fmt.Sprintf("canary.type%d", n) }, pepay.EventInvoiceUpdated)
		_, _ = w.client.Invoices.Get(t.Context(), fmt.Sprintf("canary%d", n), wrapper.InvoiceExpand{})
		_ = w.client.Call(t.Context(), http.MethodGet, fmt.Sprintf("/canary/%d", n), nil, nil)
	}
	handled := func(n int) string {
		return fmt.Sprintf(`pepay_stream_events_total{pepay_event_type="other",pepay_stream="merchant"} %d`, n)
	}
	const rounds = 30
	for n := range 3 {
		flood(n)
	}
	before := w.await(handled(3))
	for n := range rounds {
		flood(3 + n)
	}
	after := w.await(handled(3 + rounds))
	if series(after) != series(before) {
		t.Errorf("there were %d series and are %d:\n%s", series(before), series(after), after)
	}
	if strings.Contains(strings.ToLower(after), "canary") {
		t.Errorf("what a stranger chose is a label:\n%s", after)
	}
}

// series counts the series but those of the runtime, whose number may change.
func series(metrics string) int {
	n := 0
	for line := range strings.Lines(metrics) {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "go_") && !strings.HasPrefix(line, "process_") {
			n++
		}
	}
	return n
}

// The gauges tell how far behind a stream is that cannot connect.
func TestLagOfAStreamWithoutConnection(t *testing.T) {
	t.Parallel()
	w := watch(t, noFaults)
	w.await(live)
	w.sim.Faults().On("openMerchantStream", pepaytest.RefuseUpgrade(503), pepaytest.Always())
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	limit, tick := time.After(time.Minute), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		metrics := w.await(`pepay_stream_state{pepay_stream="merchant",pepay_stream_state="live"} 0`)
		if !strings.Contains(metrics, `pepay_stream_lag_seconds{pepay_stream="merchant"} 0`+"\n") {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("the lag is still 0:\n%s", metrics)
		}
	}
}
