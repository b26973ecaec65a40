package contract_test

import (
	"context"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

var accountMethods = calls{
	"WSTokens.Mint": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.WSTokens.Mint(ctx, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant, TTL: time.Minute}))
	},

	"Events.List": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Events.List(ctx, eventParams()))
	},
	"Events.Get": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Events.Get(ctx, "evt_1700000000000-123"))
	},
	"Events.All": func(ctx context.Context, c *wrapper.Client) error {
		return first(c.Events.All(ctx, eventParams()))
	},
	"Events.Since": func(ctx context.Context, c *wrapper.Client) error {
		return first(c.Events.Since(ctx, "evt_1700000000000-122"))
	},
}

func eventParams() wrapper.EventParams {
	at := time.Unix(1_766_320_496, 0)
	return wrapper.EventParams{
		Types: []string{"invoice.*", "commerce.order.updated"}, CreatedFrom: at, CreatedTo: at.Add(time.Hour), Limit: 100,
		StartingAfter: "evt_1700000000000-123", InvoiceID: "inv/1 2", Environment: pepay.NetworkEnvironmentDevnet,
	}
}
