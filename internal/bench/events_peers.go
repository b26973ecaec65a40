package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/go-github/v68/github"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/stripe/stripe-go/v85"
)

func stripeEvents(ctx context.Context, c *stripe.Client) error {
	params := &stripe.EventListParams{}
	params.Limit = stripe.Int64(pageSize)
	list := c.V1Events.List(ctx, params)
	if err := list.Err(); err != nil {
		return err
	}
	return checkEvents(list.Data(),
		func(ev **stripe.Event) string { return (*ev).ID }, func(ev **stripe.Event) json.RawMessage { return (*ev).Data.Raw })
}

func githubEvent(number int) string {
	return fmt.Sprintf(`{"id":%q,"type":"IssuesEvent","actor":{"id":1,"login":"octocat","url":"https://api.github.com/users/octocat"},`+
		`"repo":{"id":1296269,"name":"octocat/hello","url":"https://api.github.com/repos/octocat/hello"},"payload":%s,`+
		`"public":true,"created_at":"2025-01-01T12:05:00Z"}`, eventID(number), invoiceJSON(number))
}

func githubEvents(ctx context.Context, c *github.Client) error {
	list, _, err := c.Activity.ListEvents(ctx, &github.ListOptions{PerPage: pageSize})
	if err != nil {
		return err
	}
	return checkEvents(list,
		func(ev **github.Event) string { return (*ev).GetID() }, func(ev **github.Event) json.RawMessage { return (*ev).GetRawPayload() })
}

func openaiEvent(number int) string {
	return fmt.Sprintf(`{"id":%q,"object":"fine_tuning.job.event","created_at":1735732800,"level":"info","type":"message",`+
		`"message":"The invoice was paid","data":%s}`, eventID(number), invoiceJSON(number))
}

// byOpenAIEvents decodes the resource into a map: openai-go does not keep it as it was
// sent.
func byOpenAIEvents(client *http.Client) contestant {
	api := newOpenAI(client)
	return contestant{"openai-go", func(ctx context.Context) error {
		list, err := api.FineTuning.Jobs.ListEvents(ctx, "job_1", openai.FineTuningJobListEventsParams{Limit: param.NewOpt[int64](pageSize)})
		if err != nil {
			return err
		}
		if err := checkPage(list.Data, func(ev *openai.FineTuningJobEvent) string { return ev.ID }, eventIDs); err != nil {
			return err
		}
		if data, _ := list.Data[pageSize-1].Data.(map[string]any); data["id"] != invoiceIDs[pageSize-1] {
			return fmt.Errorf("the resource %v", data)
		}
		return nil
	}}
}
