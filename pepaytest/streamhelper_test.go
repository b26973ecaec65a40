package pepaytest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	merchantPath = "/ws/merchant/events"
	commercePath = "/ws/commerce/events"
	paymentPath  = "/ws/payment"
	merchantID   = "openMerchantStream"
	commerceID   = "openCommerceStream"
	paymentID    = "openPaymentStream"

	// The invoice of the documentation's examples.
	invoiceID = "550e8400-e29b-41d4-a716-446655440000"
)

// client is a WebSocket client that knows nothing of Pepay.
type client struct {
	*websocket.Conn
	t *testing.T
}

// open dials with a plain WebSocket library: header names and values come in pairs.
func open(t *testing.T, s *pepaytest.Server, path string, headers ...string) *client {
	t.Helper()
	c, resp, err := tryOpen(t, s, path, headers...)
	if err != nil {
		t.Fatalf("%s: %v (%v)", path, err, resp)
	}
	return c
}

func openMerchant(t *testing.T, s *pepaytest.Server, query string) *client {
	t.Helper()
	return open(t, s, merchantPath+"?"+query, "x-api-key", s.APIKey())
}

func openCommerce(t *testing.T, s *pepaytest.Server, query string) *client {
	t.Helper()
	return open(t, s, commercePath+"?"+query, "x-commerce-api-key", s.CommerceAPIKey())
}

func tryOpen(t *testing.T, s *pepaytest.Server, path string, headers ...string) (*client, *http.Response, error) {
	t.Helper()
	header := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		header.Add(headers[i], headers[i+1])
	}
	conn, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(s.URL(), "http")+path, &websocket.DialOptions{
		HTTPClient: s.Client(), HTTPHeader: header,
	})
	if err != nil {
		return nil, resp, err
	}
	conn.SetReadLimit(64 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{Conn: conn, t: t}, resp, nil
}

// frame reads one frame.
func (c *client) frame() (string, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	_, data, err := c.Read(ctx)
	return string(data), err
}

// next reads one event.
func (c *client) next() pepay.Event {
	c.t.Helper()
	frame, err := c.frame()
	if err != nil {
		c.t.Fatal(err)
	}
	var ev pepay.Event
	if err := json.Unmarshal([]byte(frame), &ev); err != nil || ev.Object != "event" {
		c.t.Fatalf("%q: %v", frame, err)
	}
	return ev
}

// want reads the events with these ids, in this order.
func (c *client) want(events ...pepay.Event) {
	c.t.Helper()
	for i, want := range events {
		if got := c.next(); got.ID != want.ID {
			c.t.Fatalf("event %d is %s of type %s, want %s of type %s", i, got.ID, got.Type, want.ID, want.Type)
		}
	}
}

// rest reads events until nothing has come for a second; in a bubble that second
// passes when nothing can come any more.
func (c *client) rest() []pepay.Event {
	c.t.Helper()
	var events []pepay.Event
	for {
		ctx, cancel := context.WithTimeout(c.t.Context(), time.Second)
		_, data, err := c.Read(ctx)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return events
		}
		var ev pepay.Event
		if err != nil || json.Unmarshal(data, &ev) != nil {
			c.t.Fatalf("%q: %v", data, err)
		}
		events = append(events, ev)
	}
}

// wantRest reads these events and sees that no others come.
func (c *client) wantRest(events ...pepay.Event) {
	c.t.Helper()
	if got, want := ids(c.rest()), ids(events); got != want {
		c.t.Errorf("got  %s\nwant %s", got, want)
	}
}

func ids(events []pepay.Event) string {
	var list []string
	for _, ev := range events {
		list = append(list, ev.ID)
	}
	return strings.Join(list, " ")
}

// bubble runs a test in simulated time, with a server in memory.
func bubble(t *testing.T, test func(t *testing.T, s *pepaytest.Server), opts ...pepaytest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, pepaytest.NewServer(t, append(opts, pepaytest.WithListener(memnet.Listen()))...))
	})
}

// wantClose reads the close frame.
func (c *client) wantClose(code websocket.StatusCode) websocket.CloseError {
	c.t.Helper()
	var closed websocket.CloseError
	if frame, err := c.frame(); !asClose(err, &closed) || closed.Code != code {
		c.t.Fatalf("%q, %v; want close code %d", frame, err, code)
	}
	return closed
}

// emit emits an event with these fields in data.object.
func emit(s *pepaytest.Server, eventType string, fields ...string) pepay.Event {
	return s.Emit(event(eventType, fields...))
}

// event has names and values of fields in pairs; a value that is a number or null
// goes in as one.
func event(eventType string, fields ...string) pepay.Event {
	kind := eventType[:strings.LastIndexByte(eventType, '.')]
	object := []string{fmt.Sprintf("%q:%q", "object", strings.ReplaceAll(kind, ".", "_"))}
	for i := 0; i < len(fields); i += 2 {
		value := fields[i+1]
		if !json.Valid([]byte(value)) {
			value = fmt.Sprintf("%q", value)
		}
		object = append(object, fmt.Sprintf("%q:%s", fields[i], value))
	}
	return pepay.Event{Type: eventType, Data: pepay.EventData{Object: json.RawMessage("{" + strings.Join(object, ",") + "}")}}
}

func emitN(s *pepaytest.Server, n int) []pepay.Event {
	var events []pepay.Event
	for i := range n {
		events = append(events, emit(s, pepay.EventInvoiceUpdated, "id", fmt.Sprintf("inv-%d", i), "status", "paid"))
	}
	return events
}
