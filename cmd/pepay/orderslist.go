package main

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const ordersListDescription = `Prints orders as Pepay lists them.

  pepay orders list --status placed --customer-id cust_123
  pepay orders list --all --json

A TIME is RFC 3339 or seconds since 1970, and included.

` + ordersKey

const maxOrdersPage = 100 // by the general rule of Pepay's lists

func orderListing(now time.Time) listing[pepay.Order] {
	return listing[pepay.Order]{
		noun: "orders", example: "{{.ID}} {{.Status}} {{.Total}}",
		columns: []table.Column{
			{Title: "ORDER", Least: shortWidth - 3},
			{Title: "STATUS"},
			{Title: "TOTAL", Right: true},
			{Title: "RETAILER", Optional: true},
			{Title: "CUSTOMER", Least: shortWidth, Optional: true},
			{Title: "CREATED"},
			{Title: "UPDATED", Optional: true},
			{Title: "ENVIRONMENT", Optional: true},
		},
		row: func(o *pepay.Order) []table.Cell {
			customer := o.CustomerID
			if customer == "" {
				customer = o.WalletAddress
			}
			return []table.Cell{
				{Text: o.ID}, statusCell(string(o.Status)), {Text: orderTotal(o)}, {Text: string(o.Retailer)}, {Text: customer},
				{Text: ago(o.CreatedAt.Time, now)}, {Text: ago(o.UpdatedAt.Time, now)}, {Text: string(o.NetworkEnvironment)},
			}
		},
	}
}

func ordersListCommand() *cli.Command {
	return &cli.Command{
		Name:        "list",
		Usage:       "print orders",
		UsageText:   "pepay orders list [flags]",
		Description: ordersListDescription,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "status", Usage: "only orders in this `STATUS`"},
			&cli.StringFlag{Name: "customer-id", Usage: "only orders of the customer `ID`"},
			&cli.StringFlag{Name: "wallet-address", Usage: "only orders of the wallet `ADDRESS`; needs --wallet-network"},
			&cli.StringFlag{Name: "wallet-network", Usage: "the `NETWORK` of --wallet-address"},
			&cli.StringFlag{Name: "retailer", Usage: "only orders from the retailer `NAME`, such as amazon"},
			&cli.StringFlag{Name: "from", Usage: "only orders created since `TIME`"},
			&cli.StringFlag{Name: "to", Usage: "only orders created up to `TIME`"},
		}, orderListing(time.Time{}).flags(), clientFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			params, err := orderParams(cmd)
			if err != nil {
				return err
			}
			return orderListing(time.Now()).print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) iter.Seq2[*pepay.Order, error] {
				return c.Commerce.Orders.All(ctx, params)
			})
		},
	}
}

func orderParams(cmd *cli.Command) (p wrapper.OrderParams, err error) {
	if err := noArguments(cmd); err != nil {
		return p, err
	}
	if err := notEmpty(cmd, "customer-id", "wallet-address", "wallet-network", "retailer", "from", "to"); err != nil {
		return p, err
	}
	if cmd.IsSet("wallet-network") != cmd.IsSet("wallet-address") {
		return p, usagef("--wallet-address and --wallet-network go together")
	}
	limit, err := limitOf(cmd)
	if err != nil {
		return p, err
	}
	status, err := oneOf(cmd, "status", orderStatuses())
	if err != nil {
		return p, err
	}
	p = wrapper.OrderParams{
		Limit: pageSize(limit, maxOrdersPage), Status: pepay.OrderStatus(status), CustomerID: cmd.String("customer-id"),
		Wallet: cmd.String("wallet-address"), WalletNetwork: cmd.String("wallet-network"), Retailer: cmd.String("retailer"),
	}
	if p.CreatedFrom, err = timeFlag(cmd, "from"); err != nil {
		return p, err
	}
	p.CreatedTo, err = timeFlag(cmd, "to")
	return p, err
}
