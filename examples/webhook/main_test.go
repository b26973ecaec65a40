package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/webhook"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

// start runs the example and returns its address and what stops it, which also
// returns its log.
func start(t *testing.T) (url string, stop func() string) {
	t.Helper()
	verifier, err := webhook.FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	var out bytes.Buffer // slog's handlers lock
	done := make(chan error, 1)
	go func() { done <- serve(ctx, listener, verifier, slog.New(slog.NewJSONHandler(&out, nil))) }()
	return "http://" + listener.Addr().String() + "/pepay/webhook", func() string {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		return out.String()
	}
}

func TestReceivesEvents(t *testing.T) {
	t.Setenv("PEPAY_WEBHOOK_SECRET", "the new secret")
	t.Setenv("PEPAY_WEBHOOK_SECRET_PREVIOUS", "the secret")
	url, stop := start(t)
	pepayServer := pepaytest.NewServer(t, pepaytest.WithWebhookRetry(9, time.Millisecond), pepaytest.WithDuplicateDeliveries(1))
	endpoint := pepayServer.AddWebhook(url, "the secret")
	stranger := pepayServer.AddWebhook(url, "another secret", "test.ping")

	emit := func(eventType string) {
		ev, err := pepaytest.NewEvent(eventType)
		if err != nil {
			t.Fatal(err)
		}
		pepayServer.Emit(ev)
		for _, e := range []*pepaytest.Endpoint{endpoint, stranger} {
			if err := e.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	emit(pepay.EventInvoiceUpdated)
	endpoint.Rotate("the new secret")
	emit(pepay.EventTestPing)
	for _, d := range endpoint.Deliveries() {
		if !d.Delivered {
			t.Errorf("%+v", d)
		}
	}
	for _, d := range stranger.Deliveries() {
		if d.Delivered || d.Attempts[0].Status != http.StatusBadRequest {
			t.Errorf("a stranger: %+v", d)
		}
	}

	handled := map[string]int{}
	log := stop()
	for line := range strings.Lines(log) {
		var record struct{ Msg, Type, Resource, Status string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if record.Msg == "event" {
			handled[record.Type+" "+record.Resource+" "+record.Status]++
		}
	}
	if len(handled) != 2 || handled["invoice.updated invoice 550e8400-e29b-41d4-a716-446655440000 paid"] != 1 || handled["test.ping ping  ok"] != 1 {
		t.Errorf("handled %v", handled)
	}
	if strings.Contains(log, "secret") {
		t.Errorf("the log has a secret:\n%s", log)
	}
}

func TestReportsAListenerThatFails(t *testing.T) {
	t.Setenv("PEPAY_WEBHOOK_SECRET", "the secret")
	verifier, err := webhook.FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	if err := serve(t.Context(), listener, verifier, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("no error")
	}
}
