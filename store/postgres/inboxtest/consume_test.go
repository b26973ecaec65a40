package inboxtest

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/internal/localdb"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// pepayWith is a simulated Pepay that has some events, and a way to follow them from the first.
func pepayWith(t *testing.T, events int) func(stream.Options) *stream.Stream {
	t.Helper()
	server := pepaytest.NewServer(t, pepaytest.WithRetention(2*events+1))
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	emit := func() string {
		return server.Emit(pepay.Event{Type: pepay.EventInvoiceUpdated, Data: pepay.EventData{Object: []byte(`{"object":"invoice","id":"inv_1","status":"paid"}`)}}).ID
	}
	since := emit()
	for range events {
		emit()
	}
	return func(o stream.Options) *stream.Stream {
		o.Since, o.Backoff = since, stream.Backoff{Base: time.Millisecond, Max: 10 * time.Millisecond}
		return stream.Merchant(client, o)
	}
}

// Two streams without a lease get every event each. The inbox lets each have its effect
// once, whoever comes first.
func TestConsumeTwice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		open func(*testing.T) *sql.DB
	}{
		{"direct", func(t *testing.T) *sql.DB { return newDB(t, nil) }},
		{"PgBouncer", func(t *testing.T) *sql.DB {
			return open(t, servers.PgBouncer(t).URL(newDatabase(t, servers.Postgres(t))), nil)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const events = 100
			db := c.open(t)
			follow := pepayWith(t, events)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var wg sync.WaitGroup
			for range 2 {
				wg.Go(func() {
					if err := inbox.Consume(ctx, follow(stream.Options{}), db, inbox.Postgres, effect); !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
				})
			}
			until(t, db, "SELECT count(*) >= $1 FROM effects", events)
			cancel()
			wg.Wait()
			wantOnce(t, db, events)
		})
	}
}

// While another transaction is at work on an event, Consume waits, and then skips the
// event or handles it.
func TestConsumeWaitsForAnotherTransaction(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*sql.Tx) error{"commits": (*sql.Tx).Commit, "rolls back": (*sql.Tx).Rollback} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDB(t, patient)
			follow := pepayWith(t, 1)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			other := begin(t, db, sql.LevelReadCommitted)
			for ev, err := range follow(stream.Options{}).Events(ctx) {
				if err != nil {
					t.Fatal(err)
				}
				if first, err := inbox.First(ctx, inbox.Postgres, execIn(other), ev.ID); !first || err != nil {
					t.Fatalf("%t, %v", first, err)
				}
				if err := effect(ctx, other, ev); err != nil {
					t.Fatal(err)
				}
				break
			}
			handled := make(chan struct{})
			s := follow(stream.Options{Observer: stream.Observer{OnHandled: func(stream.Handled) { close(handled) }}})
			var wg sync.WaitGroup
			wg.Go(func() {
				if err := inbox.Consume(ctx, s, db, inbox.Postgres, effect); !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
			// The session that asked for the lock last has given up, and its transaction is over.
			until(t, db, `SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' AND query = 'rollback')`)
			select {
			case <-handled:
				t.Error("handled while another transaction is at work on it")
			default:
			}
			if err := end(other); err != nil {
				t.Fatal(err)
			}
			<-handled
			cancel()
			wg.Wait()
			wantOnce(t, db, 1)
		})
	}
}

// The server is restarted and killed, and connections break, also in the middle of a
// transaction and of a commit. Consume goes on by itself.
func TestConsumeThroughOutages(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: restarts PostgreSQL")
	}
	t.Parallel()
	const events = 300
	server, err := localdb.StartPostgres(t.Context(), nil)
	localdb.Require(t, err)
	defer server.Close()
	proxy, err := localdb.StartProxy(t.Context(), server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	name := newDatabase(t, server)
	through, err := url.Parse(server.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	through.Host = proxy.Addr()
	db := open(t, through.String(), nil)
	var calls, handled atomic.Int64
	disturb := map[int64]func() error{
		50:  func() error { proxy.CloseConnections(); return nil },
		100: func() error { return server.Restart(t.Context()) },
		200: func() error { return errors.Join(server.Kill(), server.Start(t.Context())) },
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := pepayWith(t, events)(stream.Options{Observer: stream.Observer{OnHandled: func(stream.Handled) {
		if handled.Add(1) == events {
			cancel()
		}
	}}})
	err = inbox.Consume(ctx, s, db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		n := calls.Add(1)
		err := effect(ctx, tx, ev)
		if f := disturb[n]; f != nil { // in the middle of the transaction
			err = errors.Join(err, f())
		}
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	wantOnce(t, open(t, server.URL(name), nil), events)
}
