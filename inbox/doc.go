// Package inbox handles each event exactly once, in any number of replicas: it records
// the event's id in the database transaction that has the event's effects. Either both
// are committed, or neither is.
//
//	http.Handle("/pepay/webhook", inbox.Handler(verifier, db, inbox.Postgres,
//		func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
//			_, err := tx.ExecContext(ctx, "UPDATE orders SET …")
//			return err // an error rolls everything back, and Pepay delivers again
//		}))
//
// [Handler] serves webhooks and [Consume] a stream, both over database/sql. [First] is
// the step that they share: with pgx, GORM or ent, call it in a transaction of your own.
// [Schema] is the table, and [Cleanup] deletes what is old. An inbox belongs to one
// consumer: a webhook endpoint and a stream that share a table handle each event once
// between them. A consumer that does something else with the same events needs a table
// in another schema or database.
//
// Only what goes through the transaction happens exactly once. To send a mail or call
// another service, write a task into a table of yours, and let another process do it.
//
// # PostgreSQL
//
// A transaction claims an event with pg_try_advisory_xact_lock before it inserts the
// id. A second transaction for the same event therefore never waits for the first:
// it gets [ErrInProgress] at once, and its connection goes back to the pool. The lock's
// key is the first eight bytes, big-endian, of
//
//	SHA-256("pepay inbox " + event id)
//
// so it does not meet small numbers that your program locks, nor keys of two integers.
// In SQL it is
//
//	('x' || encode(substr(sha256(convert_to('pepay inbox ' || event_id, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
//
// Nothing depends on the session, so PgBouncer may pool by transaction; with pgx, set
// default_query_exec_mode=exec then.
//
// While a transaction is open, no other replica can handle its event, even if its process is
// suspended or cut off. So, unless the session has values of its own, a transaction
// waits at most 3 s for a lock (lock_timeout) and at most 4 s for the next statement
// (idle_in_transaction_session_timeout); then the server ends it. A function that calls
// other services in between may need more: set other values with ALTER ROLE or in the
// connection string, or with SET LOCAL in the function itself.
//
// # SQLite
//
// SQLite has no such lock and needs none, as it writes one transaction at a time. First's
// statement is a write, so a transaction that begins with it never fails because it read
// too early. Set a busy_timeout (5 s, for instance), so that a transaction waits its turn;
// without it, SQLITE_BUSY is ErrInProgress.
//
// # When a commit's answer is lost
//
// If the connection breaks during a commit, nobody knows whether it was done. The event
// counts as not handled: it comes again, and then its id is either in the table or not.
// Consume looks at once, and a webhook's next delivery does.
package inbox
