package pepaytest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// A receiver that fails once gets the event again.
func ExampleServer_AddWebhook() {
	srv, err := pepaytest.Start("", pepaytest.WithWebhookRetry(3, time.Millisecond),
		pepaytest.WithClock(func() time.Time { return time.Unix(1766320436, 0) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()
	status := http.StatusInternalServerError
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Header.Get("X-Pepay-Event"), r.Header.Get("X-Pepay-Event-ID"))
		w.WriteHeader(status)
		status = http.StatusOK
	}))
	defer receiver.Close()

	endpoint := srv.AddWebhook(receiver.URL, "the endpoint's secret", "invoice.*")
	ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		fmt.Println(err)
		return
	}
	srv.Emit(ev)
	if err := endpoint.Wait(context.Background()); err != nil {
		fmt.Println(err)
	}
	for _, d := range endpoint.Deliveries() {
		fmt.Println(d.EventID, d.Delivered, d.Attempts[0].Status, d.Attempts[1].Status)
	}
	// Output:
	// invoice.updated evt_1766320436000-1
	// invoice.updated evt_1766320436000-1
	// evt_1766320436000-1 true 500 200
}
