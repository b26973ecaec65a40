package main

import (
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const invoicesTotalsDescription = `Prints how many invoices there are in each status, and their amounts.

  pepay invoices totals --from 2026-11-01T00:00:00Z --environment mainnet

A TIME is RFC 3339 or seconds since 1970, and included.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file. The
dashboard's token in PEPAY_JWT will do, too.`

func invoiceTotals() object[pepay.InvoiceTotals] {
	return object[pepay.InvoiceTotals]{people: printTotals, example: "{{.Totals.Paid.AmountDecimal}}"}
}

func printTotals(w io.Writer, t *pepay.InvoiceTotals, _ time.Time) error {
	rows := table.New(w, table.Column{Title: "STATUS"}, table.Column{Title: "INVOICES", Right: true}, table.Column{Title: "AMOUNT", Right: true})
	for _, row := range []struct {
		status string
		total  pepay.InvoiceTotal
	}{
		{"paid", t.Totals.Paid}, {"unpaid", t.Totals.Unpaid}, {"underpaid", t.Totals.Underpaid},
		{"expired", t.Totals.Expired}, {"canceled", t.Totals.Canceled}, {"all", t.Totals.All},
	} {
		cell := statusCell(row.status)
		if row.status == "all" {
			cell.Color = terminal.Bold
		}
		amount := money(row.total.AmountDecimal, row.total.Amount, t.AmountUnit, t.Currency)
		if err := rows.Row(cell, table.Cell{Text: strconv.FormatInt(row.total.Count, 10)}, table.Cell{Text: amount}); err != nil {
			return err
		}
	}
	return rows.Flush()
}

func invoicesTotalsCommand() *cli.Command {
	return &cli.Command{
		Name:        "totals",
		Usage:       "print amounts and numbers of invoices by status",
		UsageText:   "pepay invoices totals [flags]",
		Description: invoicesTotalsDescription,
		Flags:       slices.Concat(invoiceFilters(), invoiceTotals().flags(), clientFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			params, err := totalsParams(cmd)
			if err != nil {
				return err
			}
			return invoiceTotals().print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) (*pepay.InvoiceTotals, error) {
				return c.Invoices.Totals(ctx, params)
			})
		},
	}
}
