package pepay_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
)

func ExampleSecret() {
	key := pepay.Secret("a secret value")
	fmt.Printf("%v %s %#v\n", key, key, key)
	fmt.Println(len(key.Reveal()))
	// Output:
	// [redacted] [redacted] [redacted]
	// 14
}

func ExampleTimestamp() {
	for _, wire := range []string{`1766320496`, `"2025-12-21T12:34:56.000Z"`} {
		var at pepay.Timestamp
		if err := json.Unmarshal([]byte(wire), &at); err != nil {
			log.Fatal(err)
		}
		fmt.Println(at)
	}
	// Output:
	// 2025-12-21 12:34:56 +0000 UTC
	// 2025-12-21 12:34:56 +0000 UTC
}

func ExampleOperations() {
	for _, op := range pepay.Operations() {
		if op.ID == "mintWsToken" {
			fmt.Println(op.Method, op.Path, "safe to repeat:", op.Repeatable)
		}
	}
	fmt.Println(pepay.SecuritySchemes()["merchantApiKey"].Name)
	// Output:
	// POST /api/v1/ws/token safe to repeat: true
	// x-api-key
}

func ExampleEvent() {
	const wire = `{"id":"evt_1734780000000-123","object":"event","created":1734780000,"type":"invoice.updated",
		"data":{"object":{"object":"invoice","id":"550e8400","status":"paid","amount":10000,"amount_unit":"usd_millis"}}}`
	var ev pepay.Event
	if err := json.Unmarshal([]byte(wire), &ev); err != nil {
		log.Fatal(err)
	}
	kind, id, status := ev.Resource()
	fmt.Println(ev.Type, kind, id, status)

	var invoice pepay.Invoice
	if err := ev.Decode(&invoice); err != nil {
		log.Fatal(err)
	}
	fmt.Println(invoice.Status == pepay.InvoiceStatusPaid, invoice.Amount, invoice.AmountUnit)
	// Output:
	// invoice.updated invoice 550e8400 paid
	// true 10000 usd_millis
}

func ExampleDecimal() {
	var invoice pepay.Invoice
	if err := json.Unmarshal([]byte(`{"amount_usd":"9.00"}`), &invoice); err != nil {
		log.Fatal(err)
	}
	millis, err := invoice.AmountUSD.Millis()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(invoice.AmountUSD, millis, invoice.AmountUSD.Cmp(pepay.DecimalFromMillis(8990)))
	// Output: 9.00 9000 1
}

func ExampleParseDecimal() {
	price, err := pepay.ParseDecimal("19.90")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(price, price.Sign(), price.IsZero(), pepay.Decimal{}.IsZero())
	_, err = pepay.ParseDecimal("19,90")
	fmt.Println(err)
	// Output:
	// 19.90 1 false true
	// pepay: invalid argument: not a decimal number
}

func ExampleDecimalFromMillis() {
	fmt.Println(pepay.DecimalFromMillis(9990), pepay.DecimalFromMillis(-5))
	// Output: 9.990 -0.005
}

func ExampleNewClient() {
	hc := &http.Client{Timeout: 10 * time.Second}
	raw, err := pepay.NewClientWithResponses("https://api-beta.pepay.io", pepay.WithHTTPClient(hc))
	if err != nil {
		log.Fatal(err)
	}
	// It sends no credentials: wrapper.New returns the client that does.
	_, err = raw.GetEventWithResponse(context.Background(), "..")
	fmt.Println(err)
	// Output: pepay: invalid argument: GET /api/v1/events/{eventId}: eventId has a "." or ".." segment, which would change the path
}

func ExampleRedacted() {
	tokens := []pepay.WSToken{{Token: "a secret value", Scope: pepay.WSTokenScopeMerchant}}
	encoded, err := json.Marshal(pepay.Redacted(tokens))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(encoded))
	// Output: [{"expires_at":"0001-01-01T00:00:00Z","scope":"merchant","token":"[redacted]"}]
}

func ExampleEventTypes() {
	for _, eventType := range pepay.EventTypes()[:2] {
		fmt.Println(eventType)
	}
	// Output:
	// invoice.created
	// invoice.updated
}

// A transport of your own knows which operation a request is for, without reading its URL.
func ExampleOperationOf() {
	seen := doer(func(req *http.Request) (*http.Response, error) {
		fmt.Println(pepay.OperationOf(req.Context()))
		return nil, errors.New("no network in an example")
	})
	raw, err := pepay.NewClient("https://api-beta.pepay.io", pepay.WithHTTPClient(seen))
	if err != nil {
		log.Fatal(err)
	}
	_, err = raw.GetEvent(context.Background(), "evt_1700000002000-789")
	fmt.Println(err)
	// Output:
	// GET /api/v1/events/{eventId}
	// no network in an example
}

type doer func(*http.Request) (*http.Response, error)

func (f doer) Do(req *http.Request) (*http.Response, error) { return f(req) }
