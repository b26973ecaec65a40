package inbox_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// A database of the examples' own. A program uses sql.Open("pgx", …).
var openDatabase = inbox.OpenFake

// A webhook endpoint whose effects happen once, in any number of replicas.
func ExampleHandler() {
	db, _ := openDatabase()
	defer db.Close()
	verifier, err := webhook.NewVerifier("the endpoint's secret") // or webhook.FromEnv
	if err != nil {
		fmt.Println(err)
		return
	}
	endpoint := inbox.Handler(verifier, db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		kind, id, status := ev.Resource()
		fmt.Println(ev.Type, kind, id, status)
		_, err := tx.ExecContext(ctx, "effect", ev.ID) // UPDATE orders SET …
		return err
	})

	const delivery = `{"id":"evt_1700000002000-789","object":"event","type":"invoice.updated","created":1700000002,"data":{"object":{"object":"invoice","id":"inv_123","status":"paid"}}}`
	for range 2 { // Pepay delivers at least once
		request := httptest.NewRequest(http.MethodPost, "/pepay/webhook", strings.NewReader(delivery))
		request.Header = webhook.Sign("the endpoint's secret", time.Now(), []byte(delivery))
		answer := httptest.NewRecorder()
		endpoint.ServeHTTP(answer, request)
		fmt.Print(answer.Code, " ", answer.Body)
	}
	// Output:
	// invoice.updated invoice inv_123 paid
	// 200 {"ok":true}
	// 200 {"ok":true}
}

// A stream whose events have their effects once, whoever consumes them.
func ExampleConsume() {
	db, _ := openDatabase()
	defer db.Close()
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
	created, _ := pepaytest.NewEvent(pepay.EventInvoiceCreated)
	paid, _ := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	last := server.Emit(created)
	server.Emit(paid)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	// With several replicas, Lease instead of Since lets one of them consume.
	events := stream.Merchant(client, stream.Options{Since: last.ID})
	err = inbox.Consume(ctx, events, db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		kind, _, status := ev.Resource()
		fmt.Println(ev.Type, kind, status)
		cancel() // for the example; a program goes on
		_, err := tx.ExecContext(ctx, "effect", ev.ID)
		return err
	})
	fmt.Println(err)
	// Output:
	// invoice.updated invoice paid
	// context canceled
}

// The step that Handler and Consume share, for a transaction of any library: exec runs
// one statement in it.
func ExampleFirst() {
	db, begin := openDatabase()
	defer db.Close()
	for range 2 {
		exec, commit := begin()
		first, err := inbox.First(context.Background(), inbox.Postgres, exec, "evt_1700000002000-789")
		if err != nil {
			fmt.Println(err) // roll back; for inbox.ErrInProgress, try again later
			return
		}
		if first {
			fmt.Println("do the work in the same transaction")
		} else {
			fmt.Println("handled before")
		}
		if err := commit(); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// do the work in the same transaction
	// handled before
}

// The table, for your migrations.
func ExampleSchema() {
	fmt.Print(inbox.Schema(inbox.SQLite))
	// Output:
	// CREATE TABLE IF NOT EXISTS pepay_inbox (
	// 	event_id   TEXT PRIMARY KEY,
	// 	handled_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))
	// ) WITHOUT ROWID;
	// CREATE INDEX IF NOT EXISTS pepay_inbox_handled_at ON pepay_inbox (handled_at);
}

// Once a day, ids that no delivery will repeat any more are deleted.
func ExampleCleanup() {
	db, _ := openDatabase()
	defer db.Close()
	n, err := inbox.Cleanup(context.Background(), db, inbox.Postgres, inbox.Retention)
	fmt.Println(n, err)
	// Output: 0 <nil>
}
