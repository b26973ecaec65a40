// Package postgres lets the replicas of a program share what belongs together, in a
// PostgreSQL database:
//
//   - which of them follows a stream, and how far it is: [Store] is a [stream.Lease]
//   - which webhook events were handled: [Deduper] is a [webhook.Deduper]
//
// It needs PostgreSQL 12 or later, and runs behind PgBouncer in every mode: no
// statement prepares anything, sets anything for the session or needs another one.
// Only the clock of the database counts.
//
//	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
//	…
//	if err := postgres.Migrate(ctx, pool); err != nil {
//		…
//	}
//	store := postgres.New(pool, "shop")
//	events := stream.Merchant(client, stream.Options{Lease: store})
//	handler := verifier.Handler(fn, webhook.WithDeduper(store.Deduper()))
//
// # Tables
//
// [Migrate] makes pepay_lease, pepay_claim and pepay_schema. Who runs migrations with a
// tool of their own takes the SQL from [Schema]. The program itself then only needs the
// rights to select, insert, update and delete.
//
// # Exactly once
//
// Neither a lease nor a deduper can promise that. When a replica is killed between the
// effects of an event and noting that it was handled, the event comes again. Effects in
// the same database happen exactly once with package inbox, which handles the event
// in the transaction that notes it.
//
// # How long handled events are remembered
//
// The deduper remembers an event for 90 days by default ([WithRetention]) and deletes
// what is older. An event that is delivered again later than that is handled again.
// Pepay documents neither for how long it keeps events nor when it delivers one again.
// The lease remembers the last 1,024 events of its group.
//
// # When the server crashes
//
// Acquiring and renewing a lease, claims and commits wait until PostgreSQL has them on the disk,
// as far as the database is set up that way. Saving the cursor does not wait: a crash of the server may
// lose the saves of the last moments, and the group handles those events again.
//
// With PgBouncer, set server_login_retry to 1: after PostgreSQL was down it otherwise
// takes up to 15 s until it tries to connect again, which is longer than a lease lives.
package postgres
