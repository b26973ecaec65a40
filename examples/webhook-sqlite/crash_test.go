package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// The receiver crashes at each critical point, and the next one finishes the event.
func TestCrash(t *testing.T) {
	t.Parallel()
	for _, point := range []string{crashWithin, crashHandled} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "journal.db")
			environment := []string{envStore + "=" + storeSQLite, envPath + "=" + path, envFailEvery + "=0", "PEPAY_WEBHOOK_SECRET=one"}
			p := start(t, append(environment, envAddr+"=127.0.0.1:0", envCrash+"="+point)...)
			server := pepaytest.NewServer(t, pepaytest.WithWebhookRetry(30, 10*time.Millisecond))
			endpoint := server.AddWebhook("http://"+p.addr, "one")
			ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
			if err != nil {
				t.Fatal(err)
			}
			id := server.Emit(ev).ID
			if err := p.cmd.Wait(); err == nil {
				t.Fatal("it did not crash")
			}
			p = start(t, append(environment, envAddr+"="+p.addr)...)
			if err := endpoint.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.stop()
			if d := endpoint.Deliveries()[0]; !d.Delivered || len(d.Attempts) < 2 || d.Attempts[0].Err == nil {
				t.Errorf("%+v", d)
			}
			wantJournal(t, path, []string{id})
		})
	}
}
