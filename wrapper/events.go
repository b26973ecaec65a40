package wrapper

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// EventService reads the history of events. It is safe for concurrent use.
//
// A merchant key sees the account's events, a commerce key those of commerce in
// its environment.
//
// See https://docs-alpha.pepay.io/api-spec/merchant/events.
type EventService struct{ client *Client }

// EventParams says which events to list. The zero value lists all.
type EventParams struct {
	// Types lists event types; one may end in a wildcard: "invoice.*".
	Types []string
	// CreatedFrom and CreatedTo bound the time of events, in whole seconds, both
	// included.
	CreatedFrom, CreatedTo time.Time
	// Limit is the size of a page. Zero leaves it to Pepay, whose pagination page
	// says 10, and at most 100.
	Limit int
	// StartingAfter lists events older than the one with this id.
	StartingAfter string
	// EndingBefore lists events newer than the one with this id.
	EndingBefore string
	// InvoiceID lists events of one invoice.
	InvoiceID string
	// Environment lists events of one network environment. That Pepay calls the
	// parameter so is inferred.
	Environment pepay.NetworkEnvironment
}

func (p EventParams) query() (*pepay.ListEventsParams, error) {
	if p.Limit < 0 {
		return nil, invalid("EventParams.Limit", "must not be negative")
	}
	if p.StartingAfter != "" && p.EndingBefore != "" {
		return nil, invalid("EventParams", "StartingAfter and EndingBefore exclude each other")
	}
	if slices.ContainsFunc(p.Types, func(t string) bool { return t == "" || strings.ContainsAny(t, ", ") }) {
		return nil, invalid("EventParams.Types", "each is one event type such as \"invoice.updated\" or \"invoice.*\"")
	}
	return &pepay.ListEventsParams{
		Type:          optional(strings.Join(p.Types, ",")),
		CreatedGTE:    seconds(p.CreatedFrom),
		CreatedLTE:    seconds(p.CreatedTo),
		Limit:         optional(int64(p.Limit)),
		StartingAfter: optional(p.StartingAfter),
		EndingBefore:  optional(p.EndingBefore),
		InvoiceID:     optional(p.InvoiceID),
		Environment:   optional(p.Environment),
	}, nil
}

// optional is a parameter that is not sent when it is zero.
func optional[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

func seconds(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	return optional(t.Unix())
}

// List returns a page of events, newest first. HasMore says whether there are
// older ones. An unknown cursor or filter is [ErrInvalidRequest].
func (s *EventService) List(ctx context.Context, p EventParams, opts ...CallOption) (*pepay.EventList, error) {
	query, err := p.query()
	if err != nil {
		return nil, err
	}
	c, err := newCall(opts)
	if err != nil {
		return nil, err
	}
	c.decodes = true
	answer, err := s.client.api.ListEventsWithResponse(withCall(ctx, c), query)
	switch {
	case err != nil:
		err = c.undecoded(err)
	case answer.JSON200 == nil || answer.JSON200.Data.Data == nil:
		err = c.malformed("data.data is missing")
	}
	c.settle(ctx, err)
	if err != nil {
		return nil, err
	}
	s.logUndecoded(ctx, answer.JSON200.Data.Data...)
	return &answer.JSON200.Data, nil
}

// Get returns one event, or an [*Error] that matches [ErrNotFound].
func (s *EventService) Get(ctx context.Context, id string, opts ...CallOption) (*pepay.Event, error) {
	if id == "" {
		return nil, invalid("id", "is empty")
	}
	c, err := newCall(opts)
	if err != nil {
		return nil, err
	}
	c.decodes = true
	answer, err := s.client.api.GetEventWithResponse(withCall(ctx, c), id)
	switch {
	case err != nil:
		err = c.undecoded(err)
	case answer.JSON200 == nil || answer.JSON200.Data.ID == "":
		err = c.malformed("data.id is missing")
	}
	c.settle(ctx, err)
	if err != nil {
		return nil, err
	}
	s.logUndecoded(ctx, answer.JSON200.Data)
	return &answer.JSON200.Data, nil
}

// All goes through events from the newest to the oldest, asking for a page when
// it is needed. An error is the last thing it yields. Changing p afterwards has
// no effect.
func (s *EventService) All(ctx context.Context, p EventParams, opts ...CallOption) iter.Seq2[*pepay.Event, error] {
	p.Types = slices.Clone(p.Types)
	return func(yield func(*pepay.Event, error) bool) {
		page := p
		for {
			list, err := s.List(ctx, page, opts...)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range list.Data {
				if !yield(&list.Data[i], nil) {
					return
				}
			}
			if !list.HasMore || len(list.Data) == 0 || page.EndingBefore != "" {
				return
			}
			last := lastID(list.Data)
			if last == "" || last == page.StartingAfter {
				yield(nil, invalidPage())
				return
			}
			page.StartingAfter = last
		}
	}
}

// lastID is the id from which the next page goes on: the last one that could be
// read.
func lastID(events []pepay.Event) string {
	for _, ev := range slices.Backward(events) {
		if ev.ID != "" {
			return ev.ID
		}
	}
	return ""
}

func invalidPage() error {
	c := &call{op: contract().find("GET", "/api/v1/events"), method: "GET", path: "/api/v1/events"}
	return c.malformed("a page of events does not get further")
}

// Since goes through the events after the one with this id, oldest first: what a
// program missed that kept the id of the last event it handled. It asks for the
// event itself and then lists from the newest back to it, so it holds what it
// yields in memory. When Pepay does not know the event any more, it yields
// nothing but an error that matches [ErrNotFound]: there may be a gap.
func (s *EventService) Since(ctx context.Context, id string, opts ...CallOption) iter.Seq2[*pepay.Event, error] {
	return func(yield func(*pepay.Event, error) bool) {
		cursor, err := s.Get(ctx, id, opts...)
		if err != nil {
			yield(nil, err)
			return
		}
		var missed []*pepay.Event
		for ev, err := range s.All(ctx, EventParams{CreatedFrom: cursor.Created.Time, Limit: 100}, opts...) {
			if err != nil {
				yield(nil, err)
				return
			}
			if ev.ID == id {
				break
			}
			missed = append(missed, ev)
		}
		for _, ev := range slices.Backward(missed) {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// undecoded is the error of a generated method: the chain's own, or that of the
// decoder, which speaks of an answer the chain let through.
func (c *call) undecoded(err error) error {
	if !c.delivered {
		return err
	}
	return c.malformed(err.Error())
}
