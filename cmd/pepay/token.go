package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const mintDescription = `A ws_token opens Pepay's event streams for a short while, so that a browser or an
app never sees an API key. The token alone is printed:

  TOKEN=$(pepay token)

What it is good for and until when goes to standard error, if that is a terminal.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file.`

func tokenCommand() *cli.Command {
	return &cli.Command{
		Name:        "token",
		Usage:       "mint a ws_token and print it",
		UsageText:   "pepay token [flags]",
		Description: mintDescription,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "scope", Usage: "merchant or commerce (default: Pepay decides by the key)"},
			&cli.DurationFlag{Name: "ttl", Value: wrapper.DefaultTokenTTL, DefaultText: "60s", Usage: "life of the token, in whole seconds"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object: token, scope, merchant_id, network_environment, expires_at, ws_url"},
			envFileFlag(),
			apiKeyFileFlag(),
			&cli.StringFlag{Name: "base-url", Usage: "reach the API at `URL` instead of PEPAY_API_URL"},
			&cli.DurationFlag{Name: "timeout", Value: 30 * time.Second, DefaultText: "30s", Usage: "give up after this long, retries included"},
			&cli.BoolFlag{Name: "verbose", Usage: "print scope, merchant, environment, expiry and stream address to standard error"},
		},
		Action: tokenAction,
	}
}

func tokenAction(ctx context.Context, cmd *cli.Command) error {
	params, err := mintParams(cmd)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, cmd.Duration("timeout"))
	defer cancel()
	client, err := newClient(ctx, cmd)
	if err != nil {
		return err
	}
	token, err := client.WSTokens.Mint(ctx, params)
	if err != nil {
		return err
	}
	return printToken(cmd, token)
}

func mintParams(cmd *cli.Command) (wrapper.MintParams, error) {
	if err := noArguments(cmd); err != nil {
		return wrapper.MintParams{}, err
	}
	params := wrapper.MintParams{Scope: pepay.WSTokenScope(cmd.String("scope")), TTL: cmd.Duration("ttl")}
	switch {
	case cmd.IsSet("scope") && !params.Scope.Valid():
		return params, usagef("--scope: write %s or %s", pepay.WSTokenScopeMerchant, pepay.WSTokenScopeCommerce)
	case params.TTL < time.Second || params.TTL%time.Second != 0:
		return params, usagef("--ttl: write whole seconds from 1s up, such as 60s or 2m")
	case cmd.Duration("timeout") <= 0:
		return params, usagef("--timeout: write a duration above 0, such as 30s")
	}
	return params, nil
}

// newClient makes a client of the environment and the flags; flags win.
func newClient(ctx context.Context, cmd *cli.Command, opts ...wrapper.Option) (*wrapper.Client, error) {
	opts = append(opts,
		wrapper.WithApplication("pepay-cli", wrapper.Version),
		wrapper.WithHTTPClient(&http.Client{Transport: newTransport()}),
	)
	if stderr := cmd.Root().ErrWriter; terminal.Is(stderr) {
		opts = append(opts, wrapper.WithRetryObserver(func(r wrapper.Retry) { sayRetry(stderr, r) }))
	}
	if cmd.IsSet("base-url") {
		opts = append(opts, wrapper.WithBaseURL(cmd.String("base-url")))
	}
	if cmd.IsSet("api-key-file") {
		key, err := readKey(ctx, cmd, "api-key-file", "key")
		if err != nil {
			return nil, err
		}
		opts = append(opts, wrapper.WithAPIKey(key))
	}
	return wrapper.New(opts...)
}

func printToken(cmd *cli.Command, token *pepay.WSToken) error {
	stdout, stderr := cmd.Root().Writer, cmd.Root().ErrWriter
	if cmd.Bool("verbose") || (terminal.Is(stderr) && !cmd.Bool("json")) {
		_ = printFields(stderr, "", tokenFields(token)) // the token matters more
	}
	if cmd.Bool("json") {
		return terminal.WriteJSON(stdout, tokenInJSON(token, token.Token.Reveal()))
	}
	_, err := fmt.Fprintln(stdout, token.Token.Reveal())
	return err
}
