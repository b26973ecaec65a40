package pepaytest_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// While an endpoint does not answer, what waits for it is bounded. What is dropped is
// listed as such, and the rest is delivered once the endpoint answers.
func TestWebhookQueueIsBounded(t *testing.T) {
	t.Parallel()
	const pending = 1000 // the least there may be
	for _, tc := range []struct {
		name            string
		emitted         int
		retention       int
		delivered       int
		listed, dropped int
	}{
		{"as many as there may be", pending, 10, pending, 10, 0},
		{"one more", pending + 1, 10, pending, 10 + 1, 1},
		{"many more", pending + 50, 10, pending, 10 + 10, 10},
		{"as many as a long retention says", 1200, 1100, 1100, 1200, 100},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			answering := make(chan struct{})
			answer := func(http.ResponseWriter, *http.Request, int) { <-answering }
			webhookBubble(t, answer, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
				answering = make(chan struct{}) // of this bubble
				e := s.AddWebhook(webhookURL, webhookSecret)
				events := emitN(s, tc.emitted)
				synctest.Wait()
				waiting, dropped := 0, 0
				for _, d := range e.Deliveries() {
					switch {
					case d.Pending && !d.Dropped:
						waiting++
					case d.Dropped && !d.Pending && !d.Delivered && len(d.Attempts) == 0 && d.EventID != "":
						dropped++
					default:
						t.Errorf("%+v", d)
					}
				}
				if waiting != tc.delivered || dropped != tc.dropped {
					t.Errorf("%d pending and %d dropped, want %d and %d", waiting, dropped, tc.delivered, tc.dropped)
				}
				last := events[len(events)-1].ID
				if err := e.Redeliver(last); err == nil || !strings.Contains(err.Error(), "are pending") {
					t.Errorf("redelivered to an endpoint that takes no more: %v", err)
				}
				close(answering)
				wait(t, e)
				all := e.Deliveries()
				if got := len(rc.requests()); got != tc.delivered || len(all) != tc.listed {
					t.Errorf("%d requests, %d deliveries listed; want %d and %d", got, len(all), tc.delivered, tc.listed)
				}
				if err := e.Redeliver(last); err != nil {
					t.Error(err)
				}
				wait(t, e)
				if all := e.Deliveries(); all[len(all)-1].EventID != last || !all[len(all)-1].Delivered {
					t.Errorf("redelivered: %+v", all[len(all)-1])
				}
			}, pepaytest.WithRetention(tc.retention), pepaytest.WithWebhookTimeout(time.Hour))
		})
	}
}

// An endpoint that waits for retries takes up its place in the queue too.
func TestWebhookRetriesCountAsPending(t *testing.T) {
	t.Parallel()
	answer := func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusServiceUnavailable) }
	webhookBubble(t, answer, func(t *testing.T, s *pepaytest.Server, _ *receiver) {
		e := s.AddWebhook(webhookURL, webhookSecret)
		emitN(s, 1000)
		synctest.Wait() // all wait for a retry now
		emit(s, pepay.EventInvoiceCreated)
		all := e.Deliveries()
		if last := all[len(all)-1]; len(all) != 1001 || !last.Dropped {
			t.Errorf("%d deliveries, the last one %+v", len(all), last)
		}
	}, pepaytest.WithRetention(1), pepaytest.WithWebhookRetry(3, time.Hour))
}

func TestWebhookKeepsTheLastAttempts(t *testing.T) {
	t.Parallel()
	answer := func(w http.ResponseWriter, _ *http.Request, n int) {
		if n <= 250 {
			w.WriteHeader(500 + n%100)
		}
	}
	webhookBubble(t, answer, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		e := s.AddWebhook(webhookURL, webhookSecret)
		emit(s, pepay.EventInvoiceCreated)
		wait(t, e)
		d := e.Deliveries()[0]
		if n := len(rc.requests()); n != 251 || len(d.Attempts) != 100 || !d.Delivered || d.Attempts[0].Status != 552 || d.Attempts[99].Status != 200 {
			t.Errorf("%d requests, %d attempts, from %d to %d", n, len(d.Attempts), d.Attempts[0].Status, d.Attempts[99].Status)
		}
	}, pepaytest.WithWebhookRetry(1000, time.Millisecond))
}
