package postgres

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	pepay "github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

// Replicas that get the same event at the same time handle it once.
func TestReplicasShareTheirEvents(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, pool *pgxpool.Pool) {
		const secret = "the endpoint's secret"
		verifier, err := webhook.NewVerifier(secret)
		if err != nil {
			t.Fatal(err)
		}
		var handled atomic.Int64
		begun, goOn := make(chan struct{}, 1), make(chan struct{})
		var replicas []http.Handler
		for range 3 {
			replicas = append(replicas, verifier.Handler(func(context.Context, *pepay.Event) error {
				handled.Add(1)
				begun <- struct{}{}
				<-goOn
				return nil
			}, webhook.WithDeduper(New(pool, "shop").Deduper())))
		}
		const body = `{"id":"evt_1","object":"event","type":"invoice.updated","created":1700000002,"data":{}}`
		deliver := func(replica int) int {
			request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
			request.Header = webhook.Sign(secret, time.Now(), []byte(body))
			answer := httptest.NewRecorder()
			replicas[replica%len(replicas)].ServeHTTP(answer, request)
			return answer.Code
		}

		first := make(chan int)
		go func() { first <- deliver(0) }()
		<-begun
		var wait sync.WaitGroup
		for i := range 12 {
			wait.Go(func() {
				if code := deliver(i); code != http.StatusServiceUnavailable {
					t.Errorf("while another replica handles the event: %d", code)
				}
			})
		}
		wait.Wait()
		close(goOn)
		if code := <-first; code != http.StatusOK {
			t.Errorf("the first delivery: %d", code)
		}
		if code := deliver(1); code != http.StatusOK {
			t.Errorf("a later delivery: %d", code)
		}
		if n := handled.Load(); n != 1 {
			t.Errorf("the event was handled %d times", n)
		}
	})
}
