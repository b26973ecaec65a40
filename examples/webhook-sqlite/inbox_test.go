package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

const (
	inboxEvent = "evt_1700000000000-1"
	inboxBody  = `{"id":"` + inboxEvent + `","object":"event","type":"invoice.updated","created":1700000000,` +
		`"data":{"object":{"object":"invoice","id":"inv_1","status":"paid"}}}`
)

// open returns an inbox in a file of its own. The file's name has characters that have
// to be escaped.
func open(t *testing.T, lease time.Duration) (in *inbox, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a b?c%d.db")
	db, err := openDatabase(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if in, err = newInbox(t.Context(), db, lease); err != nil {
		t.Fatal(err)
	}
	if err := createJournal(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return in, path
}

func deliver(t *testing.T, in *inbox, fn func(context.Context, *sql.Tx, *pepay.Event) error) int {
	t.Helper()
	verifier, err := webhook.NewVerifier("one")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(inboxBody))
	r.Header = webhook.Sign("one", time.Now(), []byte(inboxBody))
	w := httptest.NewRecorder()
	in.handler(verifier, fn).ServeHTTP(w, r)
	return w.Code
}

func TestInbox(t *testing.T) {
	t.Parallel()
	in, path := open(t, time.Hour)
	for i, step := range []struct {
		name string
		fn   func(context.Context, *sql.Tx, *pepay.Event) error
		want int
	}{
		{"fails when it is done", func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
			return errors.Join(journal(ctx, tx, ev), errOnPurpose)
		}, http.StatusInternalServerError},
		{"panics when it is done", func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
			panic(journal(ctx, tx, ev))
		}, http.StatusInternalServerError},
		{"changes the event", func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
			err := journal(ctx, tx, ev)
			ev.ID = "another"
			return err
		}, http.StatusOK},
		{"comes again", func(context.Context, *sql.Tx, *pepay.Event) error {
			t.Error("it runs again")
			return nil
		}, http.StatusOK},
	} {
		if got := deliver(t, in, step.fn); got != step.want {
			t.Errorf("delivery %d, %s: %d, want %d", i, step.name, got, step.want)
		}
	}
	wantJournal(t, path, []string{inboxEvent})
}

// A claim keeps others away until its lease has run out, and can be repeated by its
// holder.
func TestInboxClaims(t *testing.T) {
	t.Parallel()
	in, path := open(t, time.Hour)
	claim := func(holder string, want webhook.Claim) {
		t.Helper()
		if got, err := in.Claim(t.Context(), inboxEvent, holder); err != nil || got != want {
			t.Errorf("%s claims: %v, %v, want %v", holder, got, err, want)
		}
	}
	release := func(holder string) {
		t.Helper()
		if err := in.Release(t.Context(), inboxEvent, holder); err != nil {
			t.Errorf("%s releases: %v", holder, err)
		}
	}
	claim("first", webhook.Claimed)
	claim("first", webhook.Claimed)
	claim("second", webhook.InProgress)
	release("second")
	claim("second", webhook.InProgress)
	if got := deliver(t, in, journal); got != http.StatusServiceUnavailable {
		t.Errorf("delivered meanwhile: %d", got)
	}
	release("first")
	in.lease = -time.Second // has run out before it begins
	claim("second", webhook.Claimed)
	claim("third", webhook.Claimed)
	release("second") // is the third's by now
	// Both holders are still at work.
	ev := &pepay.Event{ID: inboxEvent}
	for range 2 {
		if err := in.once(journal)(t.Context(), ev); err != nil {
			t.Error(err)
		}
	}
	claim("fourth", webhook.Done)
	wantJournal(t, path, []string{inboxEvent})
}
