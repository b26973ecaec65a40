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

const invoicesListDescription = `Prints invoices, the newest first.

  pepay invoices list --status unpaid,underpaid --from 2026-11-01T00:00:00Z
  pepay invoices list --customer-id cust_123 --all --json

A TIME is RFC 3339 or seconds since 1970, and included.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file. The
dashboard's token in PEPAY_JWT will do, too.`

const maxInvoicesPage = 100 // the most that Pepay lists at a time

func invoiceListing(now time.Time) listing[pepay.Invoice] {
	return listing[pepay.Invoice]{
		noun: "invoices", example: "{{.ID}} {{.Status}} {{.AmountDecimal}}",
		columns: []table.Column{
			{Title: "INVOICE", Least: shortWidth - 3},
			{Title: "STATUS"},
			{Title: "AMOUNT", Right: true},
			{Title: "CUSTOMER", Least: shortWidth, Optional: true},
			{Title: "CREATED"},
			{Title: "EXPIRES", Optional: true},
			{Title: "ENVIRONMENT", Optional: true},
		},
		row: func(i *pepay.Invoice) []table.Cell {
			return []table.Cell{
				{Text: i.ID}, statusCell(string(i.Status)), {Text: money(i.AmountDecimal, i.Amount, i.AmountUnit, i.Currency)},
				{Text: i.CustomerID}, {Text: ago(i.CreatedAt.Time, now)}, {Text: ago(i.ExpiresAt.Time, now)}, {Text: string(i.Environment)},
			}
		},
	}
}

// invoiceFilters are those of lists and totals.
func invoiceFilters() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "status", Usage: "only invoices in these `STATUSES`, with commas between"},
		&cli.StringSliceFlag{Name: "invoice-type", Usage: "only invoices of these `TYPES`, such as standard or commerce"},
		&cli.StringFlag{Name: "customer-id", Usage: "only invoices of the customer `ID`"},
		&cli.StringFlag{Name: "environment", Usage: "only invoices on devnet or mainnet"},
		&cli.StringFlag{Name: "from", Usage: "only invoices created since `TIME`"},
		&cli.StringFlag{Name: "to", Usage: "only invoices created up to `TIME`"},
	}
}

func invoicesListCommand() *cli.Command {
	return &cli.Command{
		Name:        "list",
		Usage:       "print invoices, the newest first",
		UsageText:   "pepay invoices list [flags]",
		Description: invoicesListDescription,
		Flags: slices.Concat(invoiceFilters(), []cli.Flag{
			&cli.StringFlag{Name: "wallet-address", Usage: "only invoices that the wallet `ADDRESS` paid"},
			&cli.StringFlag{Name: "wallet-network", Usage: "the `NETWORK` of --wallet-address"},
		}, listing[pepay.Invoice]{noun: "invoices", example: invoiceListing(time.Time{}).example}.flags(), clientFlags()),
		Action: invoicesListAction,
	}
}

func invoicesListAction(ctx context.Context, cmd *cli.Command) error {
	params, err := invoiceParams(cmd)
	if err != nil {
		return err
	}
	return invoiceListing(time.Now()).print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) iter.Seq2[*pepay.Invoice, error] {
		return c.Invoices.All(ctx, params)
	})
}

func invoiceParams(cmd *cli.Command) (p wrapper.InvoiceParams, err error) {
	totals, err := totalsParams(cmd)
	if err != nil {
		return p, err
	}
	limit, err := limitOf(cmd)
	if err != nil {
		return p, err
	}
	if err := notEmpty(cmd, "wallet-address", "wallet-network"); err != nil {
		return p, err
	}
	if cmd.IsSet("wallet-network") && !cmd.IsSet("wallet-address") {
		return p, usagef("--wallet-network: goes with --wallet-address")
	}
	network, err := oneOf(cmd, "wallet-network", networks())
	return wrapper.InvoiceParams{
		Limit: pageSize(limit, maxInvoicesPage), Statuses: totals.Statuses, Types: totals.Types, CustomerID: totals.CustomerID,
		PayerWalletAddress: cmd.String("wallet-address"), PayerWalletNetwork: network,
		Environment: totals.Environment, CreatedFrom: totals.CreatedFrom, CreatedTo: totals.CreatedTo,
	}, err
}

// totalsParams are the filters that lists and totals have in common.
func totalsParams(cmd *cli.Command) (p wrapper.InvoiceTotalsParams, err error) {
	if err := noArguments(cmd); err != nil {
		return p, err
	}
	if err := notEmpty(cmd, "customer-id", "from", "to"); err != nil {
		return p, err
	}
	if p.Statuses, err = someOf[pepay.InvoiceStatus](cmd, "status", invoiceStatuses()); err != nil {
		return p, err
	}
	if p.Types = cmd.StringSlice("invoice-type"); cmd.IsSet("invoice-type") && (len(p.Types) == 0 || slices.Contains(p.Types, "")) {
		return p, usagef("--invoice-type: is empty")
	}
	p.CustomerID = cmd.String("customer-id")
	if p.Environment, err = environmentFlagOf(cmd); err != nil {
		return p, err
	}
	if p.CreatedFrom, err = timeFlag(cmd, "from"); err != nil {
		return p, err
	}
	p.CreatedTo, err = timeFlag(cmd, "to")
	return p, err
}
