package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/google/go-github/v68/github"
	"github.com/stripe/stripe-go/v85"
)

// byStripe is a method of stripe-go.
func byStripe(client *http.Client, method func(context.Context, *stripe.Client) error) contestant {
	api := stripe.NewClient(mintKey, stripe.WithBackends(&stripe.Backends{
		API: stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
			URL:             stripe.String(noHost),
			HTTPClient:      client,
			EnableTelemetry: stripe.Bool(false),
		}),
	}))
	return contestant{"stripe-go", func(ctx context.Context) error { return method(ctx, api) }}
}

// byGithub is a method of go-github.
func byGithub(client *http.Client, method func(context.Context, *github.Client) error) contestant {
	api := github.NewClient(client).WithAuthToken(mintKey)
	base, err := url.Parse(noHost + "/")
	api.BaseURL = base
	return contestant{"go-github", func(ctx context.Context) error {
		if err != nil {
			return err
		}
		return method(ctx, api)
	}}
}
