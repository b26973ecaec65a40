package main

import (
	"context"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const invoicesGetDescription = `Prints an invoice. --json has all of it, with the payments that --expand asks for.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file. The
dashboard's token in PEPAY_JWT will do, too.`

func invoiceObject() object[pepay.Invoice] {
	return inFields(invoiceFields, "{{.Status}} {{.AmountDecimal}}")
}

func invoicesGetCommand() *cli.Command {
	return &cli.Command{
		Name:        "get",
		Usage:       "print an invoice",
		UsageText:   "pepay invoices get ID [flags]",
		Description: invoicesGetDescription,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "expand", Usage: "`WHAT` to add: latest_payment, payments"},
		}, invoiceObject().flags(), clientFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			id, err := oneID(cmd, "invoice")
			if err != nil {
				return err
			}
			expand, err := someOf[string](cmd, "expand", expansions())
			if err != nil {
				return err
			}
			return invoiceObject().print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) (*pepay.Invoice, error) {
				return c.Invoices.Get(ctx, id, wrapper.InvoiceExpand{Expand: expand})
			})
		},
	}
}

const invoicesStatusDescription = `Prints the status of an invoice, and of its latest payment and that one's settlement.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file. The
dashboard's token in PEPAY_JWT will do, too.`

func invoiceReport() object[pepay.InvoiceStatusReport] {
	return inFields(func(r *pepay.InvoiceStatusReport, now time.Time) []table.Field {
		return append(invoiceFields(&r.Invoice, now), paymentFields(&r.LatestPayment)...)
	}, "{{.Invoice.Status}} {{.LatestPayment.SettlementStatus}}")
}

func invoicesStatusCommand() *cli.Command {
	return &cli.Command{
		Name:        "status",
		Usage:       "print the status of an invoice and its latest payment",
		UsageText:   "pepay invoices status ID [flags]",
		Description: invoicesStatusDescription,
		Flags:       slices.Concat(invoiceReport().flags(), clientFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			id, err := oneID(cmd, "invoice")
			if err != nil {
				return err
			}
			return invoiceReport().print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) (*pepay.InvoiceStatusReport, error) {
				return c.Invoices.Status(ctx, id)
			})
		},
	}
}
