package main

import (
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
)

const invoicesDescription = `Creates invoices, and shows what became of them.

  pepay invoices create --amount 49.99 --description 'Starter plan' --customer-id cust_123
  pepay invoices wait 550e8400-e29b-41d4-a716-446655440000 --timeout 15m

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file. The
dashboard's token in PEPAY_JWT will do, too.`

func invoicesCommand() *cli.Command {
	return &cli.Command{
		Name:        "invoices",
		Usage:       "create, list, get and wait for invoices, and their totals",
		UsageText:   "pepay invoices create|list|get|status|wait|totals [flags] [ID]",
		Description: invoicesDescription,
		Commands: []*cli.Command{
			invoicesCreateCommand(), invoicesListCommand(), invoicesGetCommand(), invoicesStatusCommand(), invoicesWaitCommand(), invoicesTotalsCommand(),
		},
		Action: groupAction,
	}
}

func invoiceFields(i *pepay.Invoice, now time.Time) []table.Field {
	return []table.Field{
		{Name: "invoice", Value: i.ID},
		statusField("status", string(i.Status)),
		{Name: "type", Value: i.InvoiceType},
		{Name: "amount", Value: money(i.AmountDecimal, i.Amount, i.AmountUnit, i.Currency)},
		{Name: "paid", Value: money(i.AmountPaidDecimal, i.AmountPaid, i.AmountUnit, i.Currency)},
		{Name: "remaining", Value: money(i.AmountRemainingDecimal, i.AmountRemaining, i.AmountUnit, i.Currency)},
		{Name: "customer", Value: i.CustomerID},
		{Name: "payer", Value: strings.TrimSpace(i.PayerWalletAddress + " " + i.PayerWalletNetwork)},
		{Name: "order", Value: i.CommerceOrderID},
		{Name: "environment", Value: string(i.Environment)},
		{Name: "created", Value: moment(i.CreatedAt.Time, now)},
		{Name: "expires", Value: moment(i.ExpiresAt.Time, now)},
		{Name: "paid at", Value: moment(i.PaidAt.Time, now)},
		{Name: "metadata", Value: jsonText(i.Metadata)},
	}
}

func paymentFields(p *pepay.InvoicePayment) []table.Field {
	return []table.Field{
		{Name: "payment", Value: p.ID},
		statusField("payment status", string(p.Status)),
		statusField("settlement", string(p.SettlementStatus)),
	}
}
