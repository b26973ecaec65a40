package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func scopeFlag() cli.Flag {
	return &cli.StringFlag{Name: "scope", Usage: "use the key of scope merchant or commerce (default: by --types, else merchant, unless there is only PEPAY_COMMERCE_API_KEY)"}
}

// checkScope refuses a scope that there is not.
func checkScope(cmd *cli.Command) error {
	if cmd.IsSet("scope") && !pepay.WSTokenScope(cmd.String("scope")).Valid() {
		return usagef("--scope: write %s or %s", pepay.WSTokenScopeMerchant, pepay.WSTokenScopeCommerce)
	}
	return nil
}

// scopeFor is what --scope says. Otherwise it is the scope of the only key there is, or
// that of the types asked for.
func scopeFor(cmd *cli.Command, types []string) pepay.WSTokenScope {
	merchant, commerce := os.Getenv("PEPAY_API_KEY") != "", os.Getenv("PEPAY_COMMERCE_API_KEY") != ""
	switch {
	case cmd.IsSet("scope"):
		return pepay.WSTokenScope(cmd.String("scope"))
	case cmd.IsSet("api-key-file") || !commerce:
		return pepay.WSTokenScopeMerchant
	case !merchant || ofCommerceOnly(types):
		return pepay.WSTokenScopeCommerce
	}
	return pepay.WSTokenScopeMerchant
}

// ofCommerceOnly reports whether only a commerce key sees events of these types.
func ofCommerceOnly(types []string) bool {
	for _, t := range types {
		if !strings.HasPrefix(strings.TrimSpace(t), "commerce.") {
			return false
		}
	}
	return len(types) > 0
}

// scopedClient has the key of the scope alone: with both, the client would ask for events
// with the merchant's key.
func scopedClient(ctx context.Context, cmd *cli.Command, scope pepay.WSTokenScope, logger *slog.Logger) (*wrapper.Client, error) {
	client, err := newClient(ctx, cmd)
	if err != nil {
		return nil, err
	}
	var opts []wrapper.Option
	if logger != nil {
		opts = append(opts, wrapper.WithLogger(logger))
	}
	key := os.Getenv("PEPAY_COMMERCE_API_KEY")
	if scope == pepay.WSTokenScopeCommerce && key != "" && !cmd.IsSet("api-key-file") {
		opts = append(opts, wrapper.WithCommerceAPIKey(key))
	}
	return client.With(opts...)
}

// getEvent asks for an event. Where there are keys of both scopes and --scope does not
// say which, an event that the merchant's key does not see is asked for with the other.
func getEvent(ctx context.Context, cmd *cli.Command, id string) (*pepay.Event, error) {
	scope := scopeFor(cmd, nil)
	client, err := scopedClient(ctx, cmd, scope, nil)
	if err != nil {
		return nil, err
	}
	ev, err := client.Events.Get(ctx, id)
	another := !cmd.IsSet("scope") && !cmd.IsSet("api-key-file") && scope == pepay.WSTokenScopeMerchant && os.Getenv("PEPAY_COMMERCE_API_KEY") != ""
	if !another || !errors.Is(err, wrapper.ErrNotFound) {
		return ev, err
	}
	client, clientErr := scopedClient(ctx, cmd, pepay.WSTokenScopeCommerce, nil)
	if clientErr != nil {
		return nil, clientErr
	}
	return client.Events.Get(ctx, id)
}
