package main

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const invoicesWaitDescription = `Asks for the status of an invoice until it is the one waited for, and prints what
'pepay invoices status' prints: also what was seen last where the wait ends otherwise.

  pepay invoices wait 550e8400-e29b-41d4-a716-446655440000 --status paid --timeout 15m

Exit codes: 0 the status was reached, 1 it will not be reached any more, such as paid for an
expired invoice, 4 --timeout has passed, 130 ended by Ctrl-C.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file. The
dashboard's token in PEPAY_JWT will do, too.`

func invoicesWaitCommand() *cli.Command {
	return &cli.Command{
		Name:        "wait",
		Usage:       "wait until an invoice is paid, or has another status",
		UsageText:   "pepay invoices wait ID [flags]",
		Description: invoicesWaitDescription,
		Flags:       slices.Concat(invoiceReport().flags(), waitFlags("unpaid, underpaid, paid, expired, canceled", "paid, expired, canceled")),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			id, err := oneID(cmd, "invoice")
			if err != nil {
				return err
			}
			statuses, err := someOf[pepay.InvoiceStatus](cmd, "status", invoiceStatuses())
			if err != nil {
				return err
			}
			return invoiceReport().wait(ctx, cmd, reportedStatus, func(ctx context.Context, c *wrapper.Client) (*pepay.InvoiceStatusReport, error) {
				return c.Invoices.WaitForStatus(ctx, id, wrapper.Wait{}, statuses)
			})
		},
	}
}

func reportedStatus(answer json.RawMessage) string {
	var report struct{ Invoice struct{ Status string } }
	_ = json.Unmarshal(answer, &report)
	return report.Invoice.Status
}
