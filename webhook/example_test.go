package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
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

// A handler of your own: Event reads, verifies and decodes one delivery.
func ExampleVerifier_Event() {
	verifier, err := webhook.NewVerifier("the endpoint's secret")
	if err != nil {
		fmt.Println(err)
		return
	}
	endpoint := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ev, err := verifier.Event(r)
		switch {
		case errors.Is(err, webhook.ErrBodyIncomplete):
			w.WriteHeader(http.StatusServiceUnavailable) // Pepay delivers again
		case err != nil:
			w.WriteHeader(http.StatusBadRequest)
		default:
			fmt.Println(ev.ID)
		}
	})
	request := httptest.NewRequest(http.MethodPost, "/pepay/webhook", strings.NewReader(delivery))
	request.Header = webhook.Sign("the endpoint's secret", time.Now(), []byte(delivery))
	answer := httptest.NewRecorder()
	endpoint.ServeHTTP(answer, request)
	fmt.Println(answer.Code)
	// Output:
	// evt_1700000002000-789
	// 200
}

// Verify checks the body as it came; what becomes of it is up to the program.
func ExampleVerifier_Verify() {
	verifier, err := webhook.NewVerifier("the endpoint's secret")
	if err != nil {
		fmt.Println(err)
		return
	}
	body := []byte(delivery)
	hourAgo := webhook.Sign("the endpoint's secret", time.Now().Add(-time.Hour), body)
	fmt.Println(verifier.Verify(hourAgo, body))
	fmt.Println(verifier.WithTolerance(2*time.Hour).Verify(hourAgo, body))
	// Output:
	// webhook: timestamp out of range
	// <nil>
}

// A secret that is certainly a mistake is refused when the program starts.
func ExampleNewVerifier() {
	_, err := webhook.NewVerifier("a secret from a file\n")
	fmt.Println(err)
	// Output: webhook: NewVerifier: secret 1 begins or ends with white space; a secret that was read from a file may need strings.TrimSpace
}

// The headers of a delivery, to test an endpoint with.
func ExampleSign() {
	headers := webhook.Sign("the endpoint's secret", time.UnixMilli(1700000002000), []byte(delivery))
	fmt.Println(headers.Get("X-Pepay-Timestamp"), len(headers.Get("X-Pepay-Signature")))
	// Output: 1700000002000 64
}

// Metrics of deliveries.
func ExampleWithObserver() {
	verifier, err := webhook.NewVerifier("the endpoint's secret")
	if err != nil {
		fmt.Println(err)
		return
	}
	endpoint := verifier.Handler(
		func(context.Context, *pepay.Event) error { return nil },
		webhook.WithDeduper(webhook.NewMemoryDeduper()),
		webhook.WithObserver(webhook.Observer{OnDelivery: func(d webhook.Delivery) {
			fmt.Println(d.Type, d.Outcome, "duplicate:", d.Duplicate, d.Err)
		}}),
	)
	for _, secret := range []pepay.Secret{"the endpoint's secret", "the endpoint's secret", "another"} {
		request := httptest.NewRequest(http.MethodPost, "/pepay/webhook", strings.NewReader(delivery))
		request.Header = webhook.Sign(secret, time.Now(), []byte(delivery))
		endpoint.ServeHTTP(httptest.NewRecorder(), request)
	}
	// Output:
	// invoice.updated handled duplicate: false <nil>
	// invoice.updated handled duplicate: true <nil>
	//  refused duplicate: false webhook: bad signature
}

// While secrets rotate, what the new and the old one signed is accepted.
func ExampleFromEnv() {
	_ = os.Setenv("PEPAY_WEBHOOK_SECRET", "the new secret") // by whatever starts the program
	_ = os.Setenv("PEPAY_WEBHOOK_SECRET_PREVIOUS", "the old secret")
	defer func() {
		_ = os.Unsetenv("PEPAY_WEBHOOK_SECRET")
		_ = os.Unsetenv("PEPAY_WEBHOOK_SECRET_PREVIOUS")
	}()

	verifier, err := webhook.FromEnv()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, secret := range []pepay.Secret{"the new secret", "the old secret", "another"} {
		headers := webhook.Sign(secret, time.Now(), []byte(delivery))
		fmt.Println(verifier.Verify(headers, []byte(delivery)))
	}
	// Output:
	// <nil>
	// <nil>
	// webhook: bad signature
}
