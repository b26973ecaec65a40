package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

const delivery = `{"id":"evt_1700000002000-789","object":"event","type":"invoice.updated","created":1700000002,"data":{"object":{"object":"invoice","id":"inv_123","status":"paid"}}}`

// An endpoint that handles each event once.
func ExampleVerifier_Handler() {
	verifier, err := webhook.NewVerifier("the endpoint's secret") // or webhook.FromEnv
	if err != nil {
		fmt.Println(err)
		return
	}
	endpoint := verifier.Handler(func(_ context.Context, ev *pepay.Event) error {
		kind, id, status := ev.Resource()
		fmt.Println(ev.Type, kind, id, status)
		return nil
	})

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

// For routers and runtimes without an *http.Request.
func ExampleVerifier_Parse() {
	verifier, err := webhook.NewVerifier("the current secret", "the previous one")
	if err != nil {
		fmt.Println(err)
		return
	}
	headers := webhook.Sign("the previous one", time.Now(), []byte(delivery))
	ev, err := verifier.Parse(headers, []byte(delivery))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ev.ID, ev.Type)

	_, err = verifier.Parse(headers, []byte(delivery+" "))
	fmt.Println(err)
	// Output:
	// evt_1700000002000-789 invoice.updated
	// webhook: bad signature
}
