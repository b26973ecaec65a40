package main

import (
	"context"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	simulatedSecret = "the secret of the simulated endpoint"
	pace            = time.Second
)

// simulation is a Pepay in this process, so that there is something to watch.
type simulation struct {
	pepay    *pepaytest.Server
	endpoint *pepaytest.Endpoint
	stranger *pepaytest.Endpoint
}

// startSimulation delivers every third event twice, and some deliveries with a wrong
// signature. Every fifth call that lists invoices fails at first.
func startSimulation(receiver string) (*simulation, error) {
	server, err := pepaytest.Start("", pepaytest.WithDuplicateDeliveries(3), pepaytest.WithWebhookRetry(3, pace))
	if err != nil {
		return nil, err
	}
	server.Faults().On("listInvoices", pepaytest.Status(503), pepaytest.Every(5))
	return &simulation{
		pepay:    server,
		endpoint: server.AddWebhook(receiver, simulatedSecret),
		stranger: server.AddWebhook(receiver, "not the secret", pepay.EventTestPing),
	}, nil
}

func (s *simulation) stop() { _ = s.pepay.Close() }

func (s *simulation) settings() settings {
	verifier, err := webhook.NewVerifier(simulatedSecret)
	if err != nil {
		panic(err) // the secret is the constant above
	}
	return settings{
		about:     "they are of a simulator in this process: set PEPAY_API_KEY to watch your account",
		options:   []wrapper.Option{wrapper.WithAPIKey(s.pepay.APIKey()), wrapper.WithBaseURL(s.pepay.URL())},
		transport: s.pepay.Client().Transport,
		verifier:  verifier,
		busy:      s.live,
	}
}

// live makes something happen, at a pace that is pleasant to watch, until ctx ends.
func (s *simulation) live(ctx context.Context, client *wrapper.Client) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.step(ctx, client, n)
	}
}

// step is one second of it. What fails shows in the metrics.
func (s *simulation) step(ctx context.Context, client *wrapper.Client, n int) {
	types := pepay.EventTypes()
	if ev, err := pepaytest.NewEvent(types[n%len(types)]); err == nil {
		s.pepay.Emit(ev) //nolint:contextcheck // its deliveries end with the server
	}
	_, _ = client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(49_990)})
	_, _ = client.Invoices.List(ctx, wrapper.InvoiceParams{})
	_, _ = client.Events.Get(ctx, "evt_unknown")
	if n%2 == 0 {
		_, _ = client.WSTokens.Mint(ctx, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
	}
}
