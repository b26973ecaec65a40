package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

var proofEvents = flag.Int("events", 300, "how many `events` TestProof delivers")

const (
	failEveryNth      = "5"
	duplicateEveryNth = 10
)

// TestProof delivers events to a receiver that fails every fifth time and gets every
// tenth event twice. Meanwhile it is killed and restarted twice, and its secret is
// rotated.
//
//	go test -run TestProof -v -events 10000 -timeout 20m
func TestProof(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills receivers for seconds")
	}
	t.Run("SQLite: exactly once", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "journal.db")
		events := deliverAll(t, storeSQLite, path, true)
		wantJournal(t, path, events)
	})
	t.Run("in memory: once per process", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "effects")
		events := deliverAll(t, storeMemory, path, true)
		effects, twice := readEffects(t, path, events)
		t.Logf("%d effects of %d events in 3 processes; twice within a process: %d", effects, len(events), twice)
		if twice != 0 {
			t.Errorf("%d events took effect twice within a process", twice)
		}
	})
	t.Run("in memory, never killed: exactly once", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "effects")
		events := deliverAll(t, storeMemory, path, false)
		if effects, _ := readEffects(t, path, events); effects != len(events) {
			t.Errorf("%d effects of %d events", effects, len(events))
		}
	})
}

// deliverAll returns the ids of the events, all of which were acknowledged.
func deliverAll(t *testing.T, store, path string, kills bool) []string {
	t.Helper()
	began := time.Now()
	n := *proofEvents
	receiver := func(addr, secret, previous string) *process {
		return start(t, envStore+"="+store, envPath+"="+path, envAddr+"="+addr, envFailEvery+"="+failEveryNth,
			"PEPAY_WEBHOOK_SECRET="+secret, "PEPAY_WEBHOOK_SECRET_PREVIOUS="+previous)
	}
	p := receiver("127.0.0.1:0", "one", "")
	server := pepaytest.NewServer(t, pepaytest.WithWebhookRetry(30, 10*time.Millisecond),
		pepaytest.WithDuplicateDeliveries(duplicateEveryNth), pepaytest.WithRetention(2*n))
	endpoint := server.AddWebhook("http://"+p.addr, "one")
	var ids []string
	for i := range n {
		ids = append(ids, server.Emit(pepay.Event{Type: pepay.EventInvoiceUpdated, Data: pepay.EventData{
			Object: fmt.Appendf(nil, `{"object":"invoice","id":"inv_%d","status":"paid"}`, i),
		}}).ID)
	}
	restart := func(secret, previous string) {
		p.kill()
		p = receiver(p.addr, secret, previous)
	}
	if kills {
		reach(t, endpoint, n*3/10)
		restart("one", "")
		reach(t, endpoint, n*5/10)
		endpoint.Rotate("two") // the receiver knows only the old secret
		reach(t, endpoint, n*6/10)
		restart("two", "one")
		reach(t, endpoint, n*8/10)
		endpoint.EndRotation()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	if err := endpoint.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	p.stop()
	report(t, endpoint, n, time.Since(began))
	return ids
}

// reach waits until so many deliveries were acknowledged.
func reach(t *testing.T, e *pepaytest.Endpoint, n int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		done := 0
		for _, d := range e.Deliveries() {
			if d.Delivered {
				done++
			}
		}
		if done >= n {
			return
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the test ended before")
		}
	}
}

// report logs how many failures there were, and fails the test when they were fewer
// than TestProof promises.
func report(t *testing.T, e *pepaytest.Endpoint, events int, took time.Duration) {
	t.Helper()
	deliveries := e.Deliveries()
	var attempts, failed, broken, refused int
	for _, d := range deliveries {
		if !d.Delivered {
			t.Errorf("given up: %+v", d)
		}
		attempts += len(d.Attempts)
		for _, a := range d.Attempts {
			switch {
			case a.Status == 0:
				broken++
			case a.Status == 400:
				refused++
			case a.Status != 200:
				failed++
			}
		}
	}
	t.Logf("%d events, %d deliveries, %d attempts: %d answered with a failure (%.0f %%), %d without an answer; %.1f s",
		events, len(deliveries), attempts, failed, 100*float64(failed)/float64(attempts-broken), broken, took.Seconds())
	if want := events + events/duplicateEveryNth; len(deliveries) != want {
		t.Errorf("%d deliveries, want %d", len(deliveries), want)
	}
	if answered := attempts - broken; failed*100 < 15*answered {
		t.Errorf("only %d of %d answers were failures", failed, answered)
	}
	if refused > 0 {
		t.Errorf("%d signatures were refused", refused)
	}
}

// wantJournal checks that each event had its effect once.
func wantJournal(t *testing.T, path string, events []string) {
	t.Helper()
	db, err := openDatabase(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	count := func(query string) (n int) {
		if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	effects, distinct := count(`SELECT count(*) FROM journal`), count(`SELECT count(DISTINCT event_id) FROM journal`)
	handled := count(`SELECT count(*) FROM pepay_inbox`)
	t.Logf("%d effects of %d events, %d handled", effects, distinct, handled)
	if n := len(events); effects != n || distinct != n || handled != n {
		t.Errorf("%d events gave %d effects of %d events, %d handled", n, effects, distinct, handled)
	}
	for _, id := range events {
		var n int
		if err := db.QueryRowContext(t.Context(), `SELECT 1 FROM pepay_inbox WHERE event_id = ?`, id).Scan(&n); err == sql.ErrNoRows {
			t.Errorf("%s is not there", id)
		}
	}
}

// readEffects checks that every event had an effect. It counts the effects, and those
// that one process had twice.
func readEffects(t *testing.T, path string, events []string) (effects, twice int) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	byProcess, byEvent := map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(content)) {
		_, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		byProcess[line]++
		byEvent[id]++
		effects++
		if byProcess[line] > 1 {
			twice++
		}
	}
	for _, id := range events {
		if byEvent[id] == 0 {
			t.Errorf("%s is lost", id)
		}
	}
	if len(byEvent) != len(events) {
		t.Errorf("effects of %d events, want %d", len(byEvent), len(events))
	}
	return effects, twice
}
