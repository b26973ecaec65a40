package main

import (
	"context"
	"iter"
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const paymentTokensSearchDescription = `Prints the tokens of which the symbol, the name or the address has TEXT in it, whatever the
case, or all of them.

  pepay payment-tokens search usdc --network base --environment mainnet
  pepay payment-tokens search --blocked --all

` + anyKey

const maxTokensPage = 200 // the most that Pepay lists at a time

func paymentTokensSearchCommand() *cli.Command {
	return &cli.Command{
		Name:        "search",
		Usage:       "print the tokens that match",
		UsageText:   "pepay payment-tokens search [TEXT] [flags]",
		Description: paymentTokensSearchDescription,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "network", Usage: "only tokens on this `NETWORK`"},
			&cli.StringFlag{Name: "token-type", Usage: "only tokens of this `TYPE`: native, erc20, spl, sui or ton"},
			&cli.StringFlag{Name: "environment", Usage: "devnet or mainnet (default: the account's)"},
			&cli.BoolFlag{Name: "active", Usage: "only active tokens; =false, only the others"},
			&cli.BoolFlag{Name: "stable-settlement", Usage: "only tokens that can be settled in; =false, only the others"},
			&cli.BoolFlag{Name: "blocked", Usage: "only blocked tokens; =false, only the others"},
		}, paymentTokenListing().flags(), clientFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			params, err := tokenSearchParams(cmd)
			if err != nil {
				return err
			}
			return paymentTokenListing().print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) iter.Seq2[*pepay.MerchantToken, error] {
				return c.Tokens.SearchAll(ctx, params)
			})
		},
	}
}

func tokenSearchParams(cmd *cli.Command) (p wrapper.TokenSearchParams, err error) {
	if cmd.Args().Len() > 1 {
		return p, usagef("'%[1]s' takes one text; see '%[1]s --help'", cmd.FullName())
	}
	limit, err := limitOf(cmd)
	if err != nil {
		return p, err
	}
	p = wrapper.TokenSearchParams{
		Search: cmd.Args().First(), Limit: pageSize(limit, maxTokensPage),
		IsActive: givenBool(cmd, "active"), SupportsStableSettlement: givenBool(cmd, "stable-settlement"), Blocked: givenBool(cmd, "blocked"),
	}
	if p.Network, err = oneOf(cmd, "network", networks()); err != nil {
		return p, err
	}
	if p.TokenType, err = oneOf(cmd, "token-type", tokenTypes()); err != nil {
		return p, err
	}
	p.Environment, err = environmentFlagOf(cmd)
	return p, err
}

// givenBool is nil for a flag that is not given.
func givenBool(cmd *cli.Command, flag string) *bool {
	if !cmd.IsSet(flag) {
		return nil
	}
	value := cmd.Bool(flag)
	return &value
}
