package contract_test

import (
	"context"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

var accountMethods = calls{
	"Tokens.List": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Tokens.List(ctx, pepay.NetworkEnvironmentDevnet))
	},
	"Tokens.Search": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Tokens.Search(ctx, tokenParams()))
	},
	"Tokens.SearchAll": func(ctx context.Context, c *wrapper.Client) error {
		return first(c.Tokens.SearchAll(ctx, tokenParams()))
	},
	"Tokens.SetBlocked": func(ctx context.Context, c *wrapper.Client) error {
		return c.Tokens.SetBlocked(ctx, 123, true)
	},
	"Settlement.Preference": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Settlement.Preference(ctx))
	},
	"Settlement.SetToken": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Settlement.SetToken(ctx, 123))
	},
	"APIKeys.List": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.APIKeys.List(ctx, pepay.WSTokenScopeMerchant))
	},
	"APIKeys.Create": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.APIKeys.Create(ctx, pepay.CreateAPIKeyRequest{
			Name: "Production", Scope: pepay.WSTokenScopeCommerce, ExpiresAt: time.Now().Add(365 * 24 * time.Hour),
		}))
	},
	"APIKeys.Revoke": func(ctx context.Context, c *wrapper.Client) error {
		return c.APIKeys.Revoke(ctx, "key_123")
	},
	"Account.MainnetStatus": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Account.MainnetStatus(ctx))
	},
	"Account.ActivateMainnet": func(ctx context.Context, c *wrapper.Client) error {
		return c.Account.ActivateMainnet(ctx)
	},
	"Account.SetEnvironment": func(ctx context.Context, c *wrapper.Client) error {
		return c.Account.SetEnvironment(ctx, pepay.NetworkEnvironmentMainnet)
	},

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

func tokenParams() wrapper.TokenSearchParams {
	yes, no := true, false
	return wrapper.TokenSearchParams{
		Environment: pepay.NetworkEnvironmentDevnet, Limit: 50, Search: "usdc", Network: "base", TokenType: "erc20",
		IsActive: &yes, SupportsStableSettlement: &yes, Blocked: &no,
	}
}
