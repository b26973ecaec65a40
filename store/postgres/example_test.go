package postgres_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/store/postgres"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Every replica of a shop runs this: one of them follows the stream, any of them receives
// webhooks, and an event is handled once.
func ExampleNew() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	if err := postgres.Migrate(ctx, pool); err != nil { // several replicas may do so at once
		log.Fatal(err)
	}
	store := postgres.New(pool, "shop")

	verifier, err := webhook.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	handled := store.Deduper(postgres.WithRetention(180 * 24 * time.Hour))
	http.Handle("/pepay/webhook", verifier.Handler(handle, webhook.WithDeduper(handled)))
	// A program serves here: go http.ListenAndServe(…)

	client, err := wrapper.New()
	if err != nil {
		log.Fatal(err)
	}
	for ev, err := range stream.Merchant(client, stream.Options{Lease: store}).Events(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if err := handle(ctx, ev); err != nil {
			log.Fatal(err) // ev comes again, here or to another replica
		}
	}
}

// Two replicas follow a stream as a group: the second one goes on where the first one
// ends.
func Example() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pool.Close()
	if err := postgres.Migrate(ctx, pool); err != nil {
		fmt.Println(err)
		return
	}

	server, err := pepaytest.Start("127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	var emitted []pepay.Event
	for _, kind := range []string{pepay.EventInvoiceUpdated, pepay.EventInvoiceCreated, pepay.EventInvoicePaymentCreated} {
		ev, _ := pepaytest.NewEvent(kind)
		emitted = append(emitted, server.Emit(ev))
	}

	for _, replica := range []string{"a", "b"} {
		group := postgres.New(pool, "shop") // each replica has its own, with the same name
		events := stream.Merchant(client, stream.Options{Lease: group, Since: emitted[0].ID})
		for ev, err := range events.Events(ctx) {
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println(replica, "has", ev.Type)
			if replica == "b" || ev.Type == pepay.EventInvoicePaymentCreated {
				break // the replica ends; the event in hand is not handled yet
			}
		}
	}
	// Prints, where DATABASE_URL is that of a PostgreSQL:
	// a has invoice.created
	// a has invoice_payment.created
	// b has invoice_payment.created
}

// Whichever replica a delivery reaches, its event is handled once.
func ExampleStore_Deduper() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pool.Close()
	verifier, err := webhook.NewVerifier("the endpoint's secret") // or webhook.FromEnv
	if err != nil {
		fmt.Println(err)
		return
	}
	const delivery = `{"id":"evt_1700000002000-789","object":"event","type":"invoice.updated","created":1700000002,"data":{"object":{"object":"invoice","id":"inv_123","status":"paid"}}}`
	for _, replica := range []string{"a", "b"} {
		endpoint := verifier.Handler(func(_ context.Context, ev *pepay.Event) error {
			fmt.Println(replica, "handles", ev.ID)
			return nil
		}, webhook.WithDeduper(postgres.New(pool, "shop").Deduper()))

		request := httptest.NewRequest(http.MethodPost, "/pepay/webhook", strings.NewReader(delivery))
		request.Header = webhook.Sign("the endpoint's secret", time.Now(), []byte(delivery))
		answer := httptest.NewRecorder()
		endpoint.ServeHTTP(answer, request)
		fmt.Print(replica, " answers ", answer.Code, " ", answer.Body)
	}
	// Prints:
	// a handles evt_1700000002000-789
	// a answers 200 {"ok":true}
	// b answers 200 {"ok":true}
}

// At a quiet time of the day. It is not necessary: claims clean up, too.
func ExampleDeduper_Cleanup() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pool.Close()
	deduper := postgres.New(pool, "shop").Deduper(postgres.WithRetention(30 * 24 * time.Hour))
	n, err := deduper.Cleanup(ctx)
	fmt.Println(n, "events are forgotten,", err)
	// Prints:
	// 0 events are forgotten, <nil>
}

// Replicas that start at the same time may all call it.
func ExampleMigrate() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pool.Close()
	fmt.Println(postgres.Migrate(ctx, pool))
	// Prints:
	// <nil>
}

// For a migration of your own.
func ExampleSchema() {
	for line := range strings.Lines(postgres.Schema()) {
		if strings.HasPrefix(line, "CREATE") {
			fmt.Print(line)
		}
	}
	// Output:
	// CREATE TABLE pepay_schema (
	// CREATE TABLE pepay_lease (
	// CREATE TABLE pepay_claim (
	// CREATE INDEX pepay_claim_age ON pepay_claim (name, (coalesce(handled_at, until)));
}

func handle(context.Context, *pepay.Event) error { return nil }

// The examples need a database, so a test runs them.
func TestExamples(t *testing.T) {
	t.Setenv("DATABASE_URL", postgres.Servers.Postgres(t).URL("postgres"))
	for _, c := range []struct {
		name    string
		example func()
		prints  string
	}{
		{"Migrate", ExampleMigrate, "<nil>\n"},
		{"the package", Example, "a has invoice.created\na has invoice_payment.created\nb has invoice_payment.created\n"},
		{"Deduper", ExampleStore_Deduper, "a handles evt_1700000002000-789\na answers 200 {\"ok\":true}\nb answers 200 {\"ok\":true}\n"},
		{"Cleanup", ExampleDeduper_Cleanup, "0 events are forgotten, <nil>\n"},
	} {
		if got := printed(t, c.example); got != c.prints {
			t.Errorf("the example of %s prints\n%s\nwant\n%s", c.name, got, c.prints)
		}
	}
}

func printed(t *testing.T, example func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	example()
	os.Stdout = stdout
	w.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
