package contract_test

import (
	"context"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// What is sent has to conform whether there are events or not.
func TestEventsConform(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_766_320_496, 0)
	list := func(p wrapper.EventParams) func(context.Context, *wrapper.EventService) {
		return func(ctx context.Context, s *wrapper.EventService) { _, _ = s.List(ctx, p) }
	}
	for name, call := range map[string]func(context.Context, *wrapper.EventService){
		"list": list(wrapper.EventParams{}),
		"list, everything set": list(wrapper.EventParams{
			Types: []string{"invoice.*", "commerce.order.updated"}, CreatedFrom: at, CreatedTo: at.Add(time.Hour), Limit: 100,
			StartingAfter: "evt_1", InvoiceID: "inv/1 2", Environment: pepay.NetworkEnvironmentDevnet,
		}),
		"list backwards": list(wrapper.EventParams{EndingBefore: "evt_1"}),
		"get":            func(ctx context.Context, s *wrapper.EventService) { _, _ = s.Get(ctx, "evt/1 ?") },
		"all": func(ctx context.Context, s *wrapper.EventService) {
			for _, err := range s.All(ctx, wrapper.EventParams{Limit: 1}) {
				_ = err // the simulator may have no such events
			}
		},
		"since": func(ctx context.Context, s *wrapper.EventService) {
			for _, err := range s.Since(ctx, "evt_1") {
				_ = err
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			call(t.Context(), h.client(t).Events)
			h.wantConforming(t)
		})
	}
}
