package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/go-github/v68/github"
	openai "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	openaiwebhooks "github.com/openai/openai-go/v3/webhooks"
	"github.com/stripe/stripe-go/v85"
	stripewebhook "github.com/stripe/stripe-go/v85/webhook"
)

// githubIssue is the issue of githubDelivery and of pages of issues.
func githubIssue(number int) string {
	return fmt.Sprintf(`{"id":%[1]d,"node_id":"MDU6SXNzdWUx","url":"https://api.github.com/repos/octocat/hello/issues/%[1]d","number":%[1]d,`+
		`"state":"closed","state_reason":"completed","title":"Found a bug","body":"I'm having a problem with this.","user":{"login":"octocat","id":1,"type":"User"},`+
		`"labels":[{"id":208045946,"name":"bug","color":"f29513","default":true}],"assignee":null,"locked":false,"comments":0,`+
		`"created_at":"2025-01-01T12:00:00Z","updated_at":"2025-01-01T12:05:00Z","closed_at":"2025-01-01T12:05:00Z","author_association":"COLLABORATOR"}`, number)
}

// githubDelivery is an event of GitHub's, about as large as Pepay's.
func githubDelivery() []byte {
	return []byte(`{"action":"closed","issue":` + githubIssue(1) + `,"repository":{"id":1296269,"node_id":"MDEwOlJlcG9zaXRvcnkxMjk2MjY5",` +
		`"name":"hello","full_name":"octocat/hello","private":false,"owner":{"login":"octocat","id":1,"type":"User"},"default_branch":"main"},` +
		`"sender":{"login":"octocat","id":1,"type":"User"}}`)
}

func checkGithubEvent(event any) error {
	issues, ok := event.(*github.IssuesEvent)
	if !ok {
		return fmt.Errorf("a %T", event)
	}
	if issues.GetAction() != "closed" || issues.GetIssue().GetNumber() != 1 || issues.GetRepo().GetFullName() != "octocat/hello" {
		return fmt.Errorf("the event %v", issues)
	}
	return nil
}

// openaiDelivery is an event of OpenAI's with the resource of Pepay's event.
func openaiDelivery() []byte {
	return []byte(`{"id":"` + eventID(1) + `","object":"event","created_at":1735732800,"type":"response.completed","data":` + invoiceJSON(1) + `}`)
}

func checkOpenAIEvent(ev *openaiwebhooks.UnwrapWebhookEventUnion) error {
	return checkText(ev.ID, firstEvent, ev.Type, "response.completed", ev.AsResponseCompleted().Data.ID, invoiceIDs[1])
}

func peerEventVerifiers(body []byte, now time.Time) []contestant {
	svixHeader, svixVerify := svixPeer(body, now)
	standardHeader, standardVerify := standardPeer(body, now)
	stripeHeader := stripeSignature(body, now)
	issue, completed := githubDelivery(), openaiDelivery()
	githubSignature := githubHeader(issue).Get(github.SHA256SignatureHeader)
	openaiHeader, _ := standardPeer(completed, now)
	client := openai.Client{Webhooks: openaiwebhooks.NewWebhookService(option.WithWebhookSecret(webhookSecret))}
	return []contestant{
		{"svix + encoding/json", func(context.Context) error {
			if err := svixVerify(body, svixHeader); err != nil {
				return err
			}
			return decodePlainEvent(body)
		}},
		{"standard-webhooks + encoding/json", func(context.Context) error {
			if err := standardVerify(body, standardHeader); err != nil {
				return err
			}
			return decodePlainEvent(body)
		}},
		{"go-github ValidateSignature + ParseWebHook", func(context.Context) error {
			if err := github.ValidateSignature(githubSignature, issue, []byte(webhookSecret)); err != nil {
				return err
			}
			event, err := github.ParseWebHook("issues", issue)
			if err != nil {
				return err
			}
			return checkGithubEvent(event)
		}},
		{"stripe-go ConstructEvent", func(context.Context) error {
			ev, err := stripewebhook.ConstructEventWithOptions(body, stripeHeader, webhookSecret,
				stripewebhook.ConstructEventOptions{IgnoreAPIVersionMismatch: true})
			if err != nil {
				return err
			}
			return checkStripeEvent(&ev)
		}},
		{"openai-go Unwrap", func(context.Context) error {
			ev, err := client.Webhooks.Unwrap(completed, openaiHeader)
			if err != nil {
				return err
			}
			return checkOpenAIEvent(ev)
		}},
	}
}

func checkStripeEvent(ev *stripe.Event) error {
	return checkEvent(ev.ID, string(ev.Type), ev.Created, ev.Data.Raw)
}

func peerEventDecoders(body []byte) []contestant {
	issue, completed := githubDelivery(), openaiDelivery()
	return []contestant{
		{"go-github ParseWebHook", func(context.Context) error {
			event, err := github.ParseWebHook("issues", issue)
			if err != nil {
				return err
			}
			return checkGithubEvent(event)
		}},
		{"stripe-go Event", func(context.Context) error {
			ev := new(stripe.Event)
			if err := json.Unmarshal(body, ev); err != nil {
				return err
			}
			return checkStripeEvent(ev)
		}},
		{"openai-go UnwrapWebhookEventUnion", func(context.Context) error {
			ev := new(openaiwebhooks.UnwrapWebhookEventUnion)
			if err := json.Unmarshal(completed, ev); err != nil {
				return err
			}
			return checkOpenAIEvent(ev)
		}},
	}
}
