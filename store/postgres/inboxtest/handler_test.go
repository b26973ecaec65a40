package inboxtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/webhook"
)

// Four duplicates of a slow event are answered at once: they leave the connections to
// an event that has nothing to do with it.
func TestDuplicatesHoldNoConnection(t *testing.T) {
	t.Parallel()
	db := newDB(t, patient)
	db.SetMaxOpenConns(3)
	began, finish := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var told []webhook.Delivery
	h := inbox.Handler(verifier(t), db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		if ev.ID == "slow" {
			close(began) // a second time would panic
			<-finish
		}
		return effect(ctx, tx, ev)
	}, webhook.WithObserver(webhook.Observer{OnDelivery: func(d webhook.Delivery) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, d)
	}}))
	var slow int
	var wg sync.WaitGroup
	wg.Go(func() { slow = deliver(t.Context(), h, "slow") })
	<-began
	var duplicates [4]int
	var group sync.WaitGroup
	for i := range duplicates {
		group.Go(func() { duplicates[i] = deliver(t.Context(), h, "slow") })
	}
	unrelated := deliver(t.Context(), h, "unrelated")
	group.Wait() // while the slow event is still in progress
	if unrelated != 200 || duplicates != [4]int{503, 503, 503, 503} {
		t.Errorf("unrelated event: %d, duplicates: %v", unrelated, duplicates)
	}
	for _, d := range told {
		if d.EventID == "slow" && (d.Outcome != webhook.OutcomeInProgress || !d.Duplicate || d.Err != nil) {
			t.Errorf("a duplicate: %+v", d)
		}
	}
	close(finish)
	wg.Wait()
	if again := deliver(t.Context(), h, "slow"); slow != 200 || again != 200 {
		t.Errorf("the slow event: %d, afterwards: %d", slow, again)
	}
	wantOnce(t, db, 2)
}

// Many deliveries of the same events, all at once.
func TestExactlyOnce(t *testing.T) {
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
			const events, deliverers = 60, 8
			db := c.open(t)
			db.SetMaxOpenConns(deliverers)
			var mu sync.Mutex
			failed := map[string]bool{}
			h := inbox.Handler(verifier(t), db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
				if err := effect(ctx, tx, ev); err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				if !failed[ev.ID] { // each event's first attempt, after its effect
					failed[ev.ID] = true
					return errors.New("on purpose")
				}
				return nil
			})
			var wg sync.WaitGroup
			for range deliverers {
				wg.Go(func() {
					for n := range events {
						id := fmt.Sprintf("evt_%d", n)
						for answer := 0; answer != 200 && t.Context().Err() == nil; {
							answer = deliver(t.Context(), h, id)
						}
					}
				})
			}
			wg.Wait()
			wantOnce(t, db, events)
		})
	}
}

// When fn fails, its effects and the record are rolled back together.
func TestFailuresRollBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fn   func(ctx context.Context, tx *sql.Tx) error
		want int
	}{
		{"an error", func(context.Context, *sql.Tx) error { return errors.New("no") }, 500},
		{"a panic", func(context.Context, *sql.Tx) error { panic("no") }, 500},
		{"a statement's error that fn ignores", func(ctx context.Context, tx *sql.Tx) error {
			_, _ = tx.ExecContext(ctx, "SELECT 1/0")
			return nil
		}, 503},
		{"a constraint", func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO effects VALUES (NULL)")
			return err
		}, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := newDB(t, nil)
			db.SetMaxOpenConns(1) // which has to come back
			fails := true
			h := inbox.Handler(verifier(t), db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
				if err := effect(ctx, tx, ev); err != nil || !fails {
					return err
				}
				return c.fn(ctx, tx)
			})
			if got := deliver(t.Context(), h, evt); got != c.want {
				t.Errorf("answered %d, want %d", got, c.want)
			}
			wantOnce(t, db, 0)
			fails = false
			if got := deliver(t.Context(), h, evt); got != 200 {
				t.Errorf("delivered again: %d", got)
			}
			wantOnce(t, db, 1)
		})
	}
}

// The isolation level is READ COMMITTED, whatever the database's default is. With
// REPEATABLE READ, what a duplicate is told would depend on when its snapshot was taken.
func TestIsolation(t *testing.T) {
	t.Parallel()
	db := newDB(t, map[string]string{"default_transaction_isolation": "repeatable read"})
	var levels []string
	h := inbox.Handler(verifier(t), db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		levels = append(levels, value(t, tx, "SHOW transaction_isolation"))
		return effect(ctx, tx, ev)
	})
	if got := deliver(t.Context(), h, evt); got != 200 || !slices.Equal(levels, []string{"read committed"}) {
		t.Errorf("%d with %v", got, levels)
	}
}

// The server ends a transaction whose program does not go on, so that another replica
// can handle the event. What the first replica did until then is rolled back.
func TestIdleTransactionIsEnded(t *testing.T) {
	t.Parallel()
	server := servers.Postgres(t)
	name := newDatabase(t, server)
	stuck := open(t, server.URL(name), map[string]string{"idle_in_transaction_session_timeout": "1s"})
	db := open(t, server.URL(name), nil)
	began, goOn := make(chan struct{}), make(chan struct{})
	var told webhook.Delivery
	h := inbox.Handler(verifier(t), stuck, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		if err := effect(ctx, tx, ev); err != nil {
			return err
		}
		close(began)
		<-goOn
		return effect(ctx, tx, ev)
	}, webhook.WithObserver(webhook.Observer{OnDelivery: func(d webhook.Delivery) { told = d }}))
	var answer int
	var wg sync.WaitGroup
	wg.Go(func() { answer = deliver(t.Context(), h, evt) })
	<-began
	other := inbox.Handler(verifier(t), db, inbox.Postgres, effect)
	for got := 0; got != 200; {
		if got = deliver(t.Context(), other, evt); got != 200 && got != 503 {
			t.Fatalf("the other replica answers %d", got)
		}
	}
	close(goOn)
	wg.Wait()
	if answer != 503 || told.Outcome != webhook.OutcomeUnavailable || told.Err == nil {
		t.Errorf("the stuck replica answers %d: %+v", answer, told)
	}
	for got := 0; got != 200; { // the server also ends one that is slow for want of a processor
		if got = deliver(t.Context(), h, evt); got != 200 && got != 503 {
			t.Fatalf("and then %d", got)
		}
	}
	wantOnce(t, db, 1)
}
