package contract_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/contract"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// harness is a client and a simulator with the validator between them.
type harness struct {
	server    *pepaytest.Server
	transport *contract.Transport
}

// effective is the validator of the whole document, which takes a while to make.
var effective = sync.OnceValues(func() (*contract.Validator, error) {
	content, err := os.ReadFile(effectiveFile)
	if err != nil {
		return nil, err
	}
	return contract.NewValidator(content)
})

func newHarness(t *testing.T, opts ...pepaytest.Option) *harness {
	t.Helper()
	validator, err := effective()
	if err != nil {
		t.Fatal(err)
	}
	server := pepaytest.NewServer(t, opts...)
	return &harness{server, &contract.Transport{Validator: validator, Base: server.Client().Transport}}
}

// client makes a client with both kinds of key that does not retry, unless opts
// say otherwise.
func (h *harness) client(t *testing.T, opts ...wrapper.Option) *wrapper.Client {
	t.Helper()
	client, err := wrapper.New(append([]wrapper.Option{
		wrapper.WithBaseURL(h.server.URL()),
		wrapper.WithHTTPClient(&http.Client{Transport: h.transport}),
		wrapper.WithAPIKey(h.server.APIKey()),
		wrapper.WithCommerceAPIKey(h.server.CommerceAPIKey()),
		wrapper.WithRetry(wrapper.RetryPolicy{}),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// emit makes n events of a type happen.
func (h *harness) emit(t *testing.T, eventType string, n int) []pepay.Event {
	t.Helper()
	object := `{"object":"invoice","id":"inv_1","status":"paid","environment":"devnet"}`
	if strings.HasPrefix(eventType, "commerce.") {
		object = `{"object":"commerce_order","id":"ord_1","status":"placed"}`
	}
	events := make([]pepay.Event, n)
	for i := range events {
		events[i] = h.server.Emit(pepay.Event{Type: eventType, Data: pepay.EventData{Object: json.RawMessage(object)}})
	}
	return events
}

// wantStatus fails the test unless some exchange ended with the status.
func (h *harness) wantStatus(t *testing.T, status int) {
	t.Helper()
	for _, exchange := range h.transport.Exchanges() {
		if exchange.Status == status {
			return
		}
	}
	t.Errorf("no answer was %d", status)
}

// wantConforming fails the test for every violation, and when nothing was sent.
func (h *harness) wantConforming(t *testing.T) {
	t.Helper()
	exchanges := h.transport.Exchanges()
	if len(exchanges) == 0 {
		t.Error("nothing was sent")
	}
	for _, exchange := range exchanges {
		if exchange.Request != nil {
			t.Error(exchange.Request)
		}
		if exchange.Answer != nil {
			t.Error(exchange.Answer)
		}
	}
}
