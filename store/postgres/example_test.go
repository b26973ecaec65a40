package postgres_test

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go"
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

// For a migration tool of your own, which runs it once and in one transaction.
func ExampleSchema() {
	if err := os.WriteFile("pepay.sql", []byte(postgres.Schema()), 0o600); err != nil {
		log.Fatal(err)
	}
}

func handle(context.Context, *pepay.Event) error { return nil }
