package main

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const anyKey = `The key comes from PEPAY_API_KEY, or from --api-key-file. The dashboard's token in PEPAY_JWT will
do, too.`

const paymentTokensDescription = `The tokens that payors can pay with, and which of them are blocked. ('pepay token' is about
ws_tokens.)

  pepay payment-tokens search usdc --network base
  pepay payment-tokens block 123

` + anyKey

func paymentTokensCommand() *cli.Command {
	return &cli.Command{
		Name:        "payment-tokens",
		Usage:       "list, search, block and unblock tokens to pay with",
		UsageText:   "pepay payment-tokens list|search|block|unblock [flags] [ID]",
		Description: paymentTokensDescription,
		Commands: []*cli.Command{
			paymentTokensListCommand(), paymentTokensSearchCommand(), paymentTokensBlockCommand("block", true), paymentTokensBlockCommand("unblock", false),
		},
		Action: groupAction,
	}
}

func paymentTokenListing() listing[pepay.MerchantToken] {
	return listing[pepay.MerchantToken]{
		noun: "tokens", example: "{{.ID}} {{.TokenSymbol}} {{.Network}}",
		columns: []table.Column{
			{Title: "ID", Right: true},
			{Title: "TOKEN"},
			{Title: "NETWORK"},
			{Title: "STATUS"},
			{Title: "PRICE", Right: true},
			{Title: "NAME", Least: shortWidth, Optional: true},
			{Title: "ENVIRONMENT", Optional: true},
		},
		row: func(t *pepay.MerchantToken) []table.Cell {
			status := table.Cell{Text: "accepted", Color: terminal.Green}
			if t.IsBlocked {
				status = table.Cell{Text: "blocked", Color: terminal.Red}
			}
			return []table.Cell{
				{Text: strconv.FormatInt(t.ID, 10)}, {Text: t.TokenSymbol}, {Text: t.Network}, status, {Text: usd(t.Price.USD)}, {Text: t.TokenName},
				{Text: string(t.NetworkEnvironment)},
			}
		},
	}
}

func paymentTokensListCommand() *cli.Command {
	return &cli.Command{
		Name:        "list",
		Usage:       "print the supported tokens",
		UsageText:   "pepay payment-tokens list [flags]",
		Description: "Prints the tokens that the account supports, and on a terminal the acceptance policy.\n\n" + anyKey,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "environment", Usage: "devnet or mainnet (default: the account's)"},
		}, paymentTokenListing().flags(), clientFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			environment, err := environmentFlagOf(cmd)
			if err != nil {
				return err
			}
			return paymentTokenListing().print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) iter.Seq2[*pepay.MerchantToken, error] {
				tokens, err := c.Tokens.List(ctx, environment)
				if err != nil {
					return whole[pepay.MerchantToken](nil, err)
				}
				if stderr := cmd.Root().ErrWriter; terminal.Is(stderr) {
					fmt.Fprintln(stderr, terminal.Paint(stderr, terminal.Dim, "acceptance policy: "+terminal.Printable(string(tokens.AcceptancePolicy))))
				}
				return whole(tokens.Tokens, nil)
			})
		},
	}
}

func paymentTokensBlockCommand(name string, blocked bool) *cli.Command {
	return &cli.Command{
		Name:        name,
		Usage:       name + " tokens",
		UsageText:   "pepay payment-tokens " + name + " ID… [flags]",
		Description: "Payors cannot pay with a blocked token, where the acceptance policy is selective. The ID is the\nnumber that 'pepay payment-tokens list' shows.\n\n" + anyKey,
		Flags:       clientFlags(),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			ids, err := tokenIDs(cmd)
			if err != nil {
				return err
			}
			ctx, cancel, err := withinTimeout(ctx, cmd)
			if err != nil {
				return err
			}
			defer cancel()
			client, err := newClient(ctx, cmd)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if err := client.Tokens.SetBlocked(ctx, id, blocked); err != nil {
					return fmt.Errorf("token %d: %w", id, err)
				}
				if stderr := cmd.Root().ErrWriter; terminal.Is(stderr) {
					fmt.Fprintf(stderr, "%sed token %d\n", name, id)
				}
			}
			return nil
		},
	}
}

// tokenIDs are the arguments, all of them, before anything is changed.
func tokenIDs(cmd *cli.Command) ([]int64, error) {
	var ids []int64
	for _, text := range cmd.Args().Slice() {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id <= 0 {
			return nil, usagef("ID: write the number of a token, as 'pepay payment-tokens list' shows it")
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, usagef("say which token, by its number, as 'pepay payment-tokens list' shows it")
	}
	return ids, nil
}
