package contract_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func TestEventsConform(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_766_320_496, 0)
	for name, call := range map[string]func(ctx context.Context, s *wrapper.EventService, id string) error{
		"list": func(ctx context.Context, s *wrapper.EventService, _ string) error {
			_, err := s.List(ctx, wrapper.EventParams{})
			return err
		},
		"list, everything set": func(ctx context.Context, s *wrapper.EventService, id string) error {
			_, err := s.List(ctx, wrapper.EventParams{
				Types: []string{"invoice.*", "commerce.order.updated"}, CreatedFrom: at, CreatedTo: at.Add(time.Hour), Limit: 100,
				StartingAfter: id, InvoiceID: "inv/1 2", Environment: pepay.NetworkEnvironmentDevnet,
			})
			return err
		},
		"list backwards": func(ctx context.Context, s *wrapper.EventService, id string) error {
			_, err := s.List(ctx, wrapper.EventParams{EndingBefore: id})
			return err
		},
		"get": func(ctx context.Context, s *wrapper.EventService, id string) error {
			_, err := s.Get(ctx, id)
			return err
		},
		"all": func(ctx context.Context, s *wrapper.EventService, _ string) error {
			for _, err := range s.All(ctx, wrapper.EventParams{Limit: 1}) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"since": func(ctx context.Context, s *wrapper.EventService, id string) error {
			for _, err := range s.Since(ctx, id) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			id := h.emit(t, "invoice.updated", 3)[0].ID
			if err := call(t.Context(), h.client(t).Events, id); err != nil {
				t.Error(err)
			}
			h.wantConforming(t)
		})
	}
}

func TestEventNotFoundConforms(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if _, err := h.client(t).Events.Get(t.Context(), "evt/1 ?"); !errors.Is(err, wrapper.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	h.wantConforming(t)
}
