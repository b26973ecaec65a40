package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// TestLookConsole writes what the console's views look like, with a seed of the simulator, to the directory in LOOK.
func TestLookConsole(t *testing.T) {
	dir := lookInto(t)
	s := newConsole(t, pepaytest.WithSeed("small"), pepaytest.WithWebhookRetry(2, time.Millisecond))
	tb := newTab(t)
	shoot := func(name, route string) {
		t.Helper()
		s.show(tb.page, route)
		tb.until(`document.querySelector('main > :not([hidden])').innerText.length > 20 && !document.querySelector('main > :not([hidden]) h2:empty')`)
		tb.shoot(dir, "console-"+name)
	}
	shoot("no-webhooks", "#/webhooks")
	s.deliveries()
	id := s.invoice(`{"amount_usd": 49.99, "description": "Two mugs", "customer_id": "cust_81"}`)
	s.control(http.MethodPost, "invoices/"+id+"/pay", `{"millis":20000}`, nil)
	s.control(http.MethodPost, "faults", `{"spec":"createInvoice:status=503,every=3"}`, nil)
	var orders struct {
		Items []struct {
			OrderID string `json:"orderId"`
		}
	}
	s.control(http.MethodGet, "orders", "", &orders)
	for _, view := range [...][2]string{
		{"invoices", "#/invoices"},
		{"invoice", "#/invoices/" + id},
		{"orders", "#/orders"},
		{"order", "#/orders/" + orders.Items[0].OrderID},
		{"requests", "#/requests"},
		{"request", "#/requests/1"},
		{"webhooks", "#/webhooks"},
		{"endpoint", "#/webhooks/1"},
		{"delivery", "#/webhooks/1/2"},
		{"receiver", "#/webhooks/receiver"},
		{"streams", "#/streams"},
		{"faults", "#/faults"},
		{"clock", "#/clock"},
		{"search", "#/search?search=paid"},
	} {
		shoot(view[0], view[1])
	}
	s.control(http.MethodPost, "invoices/"+id+"/pay", "{}", nil)
	s.show(tb.page, "#/invoices/"+id)
	tb.until(`document.querySelector('.trail summary')`)
	eval[bool](tb, `document.querySelector('.trail summary').click() ?? true`)
	tb.sees(".trail pre", "invoice.created")
	tb.shoot(dir, "console-invoice-paid")
	eval[bool](tb, `(document.querySelector('.trail').scrollIntoView(), true)`)
	tb.shoot(dir, "console-event")
}
