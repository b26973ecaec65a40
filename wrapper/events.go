package wrapper

import (
	"context"
	"iter"
	"slices"
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

func (p EventParams) query() query {
	return query{}.
		require(p.StartingAfter == "" || p.EndingBefore == "", "EventParams", "StartingAfter and EndingBefore exclude each other").
		list("type", "EventParams.Types", p.Types).
		time("created[gte]", p.CreatedFrom).
		time("created[lte]", p.CreatedTo).
		number("limit", "EventParams.Limit", p.Limit).
		text("starting_after", p.StartingAfter).
		text("ending_before", p.EndingBefore).
		text("invoice_id", p.InvoiceID).
		text("environment", string(p.Environment))
}

// List returns a page of events, newest first. HasMore says whether there are
// older ones. An unknown cursor or filter is [ErrInvalidRequest].
func (s *EventService) List(ctx context.Context, p EventParams, opts ...CallOption) (*pepay.EventList, error) {
	return send(ctx, s.client, "listEvents", input{query: p.query()}, opts, eventListLacks)
}

func eventListLacks(list *pepay.EventList) string {
	if list.Data == nil {
		return "data is missing"
	}
	return ""
}

// Get returns one event, or an [*Error] that matches [ErrNotFound].
func (s *EventService) Get(ctx context.Context, id string, opts ...CallOption) (*pepay.Event, error) {
	return send(ctx, s.client, "getEvent", input{path: []string{id}}, opts, eventLacks)
}

func eventLacks(ev *pepay.Event) string {
	if ev.ID == "" {
		return "id is missing"
	}
	return ""
}

// All goes through events from the newest to the oldest, asking for a page when
// it is needed. An error is the last thing it yields. EndingBefore is
// [ErrInvalidArgument], because pages lead to older events only: [EventService.Since]
// goes through the events after one. Changing p afterwards has no effect.
func (s *EventService) All(ctx context.Context, p EventParams, opts ...CallOption) iter.Seq2[*pepay.Event, error] {
	if p.EndingBefore != "" {
		return failed[pepay.Event](invalid("EventParams.EndingBefore", "All goes to older events; use Since for those after an event"))
	}
	p.Types = slices.Clone(p.Types)
	return all("listEvents", p.StartingAfter, func(after string) (*pepay.EventList, error) {
		page := p
		page.StartingAfter = after
		return s.List(ctx, page, opts...)
	}, openEvents)
}

// openEvents goes on from the last event whose id could be read.
func openEvents(list *pepay.EventList) (items []pepay.Event, last string, more bool) {
	for _, ev := range slices.Backward(list.Data) {
		if ev.ID != "" {
			return list.Data, ev.ID, list.HasMore
		}
	}
	return list.Data, "", list.HasMore
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
