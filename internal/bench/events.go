package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// events compares asking for a list of a hundred events, from the parameters to typed
// events. All but openai-go keep the resource as it was sent.
func events(ctx context.Context, o options) ([]table, error) {
	results, err := compare(ctx, processorTime, eventListers(asIs), o)
	if err != nil {
		return nil, err
	}
	const ours = 1
	return []table{timing(fmt.Sprintf("list of %d events, in-memory transport, processor time (ratio to %s)", pageSize, results[0].name), results,
		timeAtMost(results[ours], 1.8), allocsAtMost(results[ours], 550))}, nil
}

// asIs is what the measured contestants get. Tests spoil the answers.
func asIs(answer string) string { return answer }

// plainEvents is the answer, written by hand.
type plainEvents struct {
	Success bool                  `json:"success"`
	Data    plainList[plainEvent] `json:"data"`
}

// eventListers get events of their own service, each with the same resource. Stripe's
// events have the form of Pepay's.
func eventListers(spoil func(string) string) []contestant {
	r := request{method: http.MethodGet, path: "/api/v1/events", query: "limit=100"}
	list := listJSON(eventJSON)
	client := func() *http.Client {
		return inMemory(spoil(`{"success":true,"data":`+list+`}`), asks(r.method, r.path, r.query))
	}
	checkPlain := func(answer *plainEvents) error {
		return checkEvents(answer.Data.Data,
			func(ev *plainEvent) string { return ev.ID }, func(ev *plainEvent) json.RawMessage { return ev.Data.Object })
	}
	check := func(list *pepay.EventList) error {
		return checkEvents(list.Data,
			func(ev *pepay.Event) string { return ev.ID }, func(ev *pepay.Event) json.RawMessage { return ev.Data.Object })
	}
	return []contestant{
		byHand(r, client(), checkPlain),
		byWrapper(client(), func(ctx context.Context, c *wrapper.Client) (*pepay.EventList, error) {
			return c.Events.List(ctx, wrapper.EventParams{Limit: pageSize})
		}, check),
		byGenerated(client(), func(ctx context.Context, c *pepay.ClientWithResponses) (*pepay.EventList, error) {
			limit := int64(pageSize)
			answer, err := c.ListEventsWithResponse(ctx, &pepay.ListEventsParams{Limit: &limit})
			if err != nil || answer.JSON200 == nil {
				return nil, err
			}
			return &answer.JSON200.Data, nil
		}, check),
		byRetryable(r, client(), checkPlain),
		byStripe(inMemory(spoil(list), asks(r.method, "/v1/events", r.query)), stripeEvents),
		byGithub(inMemory(spoil("["+joined(githubEvent)+"]"), asks(r.method, "/events", "per_page=100")), githubEvents),
		byOpenAIEvents(inMemory(spoil(listJSON(openaiEvent)), asks(r.method, "/fine_tuning/jobs/job_1/events", r.query))),
	}
}

// checkEvents checks a page and the resource of its last event.
func checkEvents[T any](items []T, id func(*T) string, object func(*T) json.RawMessage) error {
	if err := checkPage(items, id, eventIDs); err != nil {
		return err
	}
	if last := object(&items[pageSize-1]); string(last) != lastInvoice {
		return fmt.Errorf("the resource %s", last)
	}
	return nil
}
