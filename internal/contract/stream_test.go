package contract_test

import (
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// The upgrades of a stream that is cut off and resumes, the tokens it mints and
// the history it lists for what it may have missed.
func TestStreamsConform(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		eventType string
		open      func(*wrapper.Client, stream.Options) *stream.Stream
		scope     pepay.WSTokenScope // of a token; "" is by key
	}{
		"merchant by key":   {"invoice.updated", stream.Merchant, ""},
		"merchant by token": {"invoice.updated", stream.Merchant, pepay.WSTokenScopeMerchant},
		"commerce by key":   {"commerce.order.updated", stream.Commerce, ""},
		"commerce by token": {"commerce.order.updated", stream.Commerce, pepay.WSTokenScopeCommerce},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			events := h.emit(t, tt.eventType, 3)
			h.server.Faults().On("*", pepaytest.DropAfter(1), pepaytest.Next(1))
			client := h.client(t)
			options := stream.Options{
				Types: []string{tt.eventType}, Since: events[0].ID,
				Backoff: stream.Backoff{Base: time.Millisecond, Max: time.Millisecond},
			}
			if tt.scope != "" {
				options.Source = wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: tt.scope})
			}
			for event, err := range tt.open(client, options).Events(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				if event.ID == events[2].ID {
					break
				}
			}
			h.wantConforming(t)
			h.wantStatus(t, 101)
		})
	}
}
