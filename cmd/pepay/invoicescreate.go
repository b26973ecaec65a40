package main

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/answers"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const invoicesCreateDescription = `Creates an invoice and prints its id, its expiry and, on a terminal, the payment URL.

The payment URL carries the payor's session: whoever has it can act as the payor. Give it
to the payor alone. It is shown here once. Where the output is not a terminal it is printed
with --show-payment-url, or by --json, which prints the whole answer with session_token and
signature in it.

  pepay invoices create --amount 49.99 --metadata order_id=ORD-123
  pepay invoices create --amount 10 --expires-in 30m --json > invoice.json

Repeating the command makes a second invoice. A script that may have to repeat it sets
--idempotency-key.`

func invoicesCreateCommand() *cli.Command {
	return &cli.Command{
		Name:        "create",
		Usage:       "create an invoice",
		UsageText:   "pepay invoices create --amount USD [flags]",
		Description: invoicesCreateDescription,
		// A value has commas of its own. The library does not pass this on from the root.
		DisableSliceFlagSeparator: true,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "amount", Usage: "the amount in `USD`, such as 49.99"},
			&cli.StringFlag{Name: "description", Usage: "what it is for, as `TEXT`"},
			&cli.StringFlag{Name: "customer-id", Usage: "your own `ID` of the customer"},
			&cli.StringSliceFlag{Name: "metadata", Usage: "add `NAME=VALUE`, or a JSON object; may be repeated"},
			&cli.DurationFlag{Name: "expires-in", DefaultText: "Pepay's, 12h", Usage: "how long it can be paid, at most 720h"},
			&cli.StringFlag{Name: "customer-email", Usage: "where Pepay sends the receipt, as `ADDRESS`"},
			&cli.StringFlag{Name: "title", Usage: "`TEXT` above the invoice (default: your company's name)"},
			&cli.StringFlag{Name: "footer", Usage: "`TEXT` below the invoice (default: your company's name)"},
			&cli.StringFlag{Name: "return-url", Usage: "where the payor goes after the payment, an https `URL`"},
			&cli.StringFlag{Name: "receiver", Usage: "settle to `ADDRESS` instead of your own wallet"},
			&cli.StringFlag{Name: "idempotency-key", Usage: "send `UUID`, version 4, so that the command can be repeated"},
			&cli.BoolFlag{Name: "show-payment-url", Usage: "print the payment URL where the output is not a terminal, too"},
			jsonFlag("print the whole answer as one JSON object, with the payment URL and the payor's session"),
		}, clientFlags()),
		Action: invoicesCreateAction,
	}
}

func invoicesCreateAction(ctx context.Context, cmd *cli.Command) error {
	request, err := createInvoiceRequest(cmd)
	if err != nil {
		return err
	}
	ctx, cancel, err := withinTimeout(ctx, cmd)
	if err != nil {
		return err
	}
	defer cancel()
	var recorder answers.Recorder
	client, err := newClient(ctx, cmd, wrapper.WithMiddleware(recorder.Middleware))
	if err != nil {
		return err
	}
	invoice, err := client.Invoices.Create(ctx, request, idempotencyKey(cmd)...)
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return terminal.WriteRawJSON(cmd.Root().Writer, recorder.Last().Data)
	}
	return printWithPaymentURL(cmd, invoice.PaymentURL, []table.Field{
		{Name: "invoice", Value: invoice.InvoiceID},
		{Name: "expires", Value: moment(invoice.ExpiresAt.Time, time.Now())},
	})
}

// createInvoiceRequest is what the flags say.
func createInvoiceRequest(cmd *cli.Command) (r pepay.CreateInvoiceRequest, err error) {
	if err := noArguments(cmd); err != nil {
		return r, err
	}
	if err := notEmpty(cmd, "description", "customer-id", "customer-email", "title", "footer", "return-url", "receiver", "idempotency-key"); err != nil {
		return r, err
	}
	if r.AmountUSD, err = amountFlag(cmd, "amount"); err != nil {
		return r, err
	}
	if r.Metadata, err = metadataFlag(cmd); err != nil {
		return r, err
	}
	if cmd.IsSet("expires-in") {
		const longest = 720 * time.Hour
		d := cmd.Duration("expires-in")
		if d < time.Millisecond || d > longest {
			return r, usagef("--expires-in: write a duration from 1ms to 720h, such as 30m")
		}
		millis := d.Milliseconds()
		r.ExpiresIn = &millis
	}
	if err := checkInvoiceKey(cmd); err != nil {
		return r, err
	}
	if err := checkReturnURL(cmd.String("return-url")); err != nil {
		return r, err
	}
	r.Description, r.CustomerID, r.CustomerEmail = cmd.String("description"), cmd.String("customer-id"), cmd.String("customer-email")
	r.InvoiceTitle, r.InvoiceFooter = cmd.String("title"), cmd.String("footer")
	if r.PaymentReturnURL = cmd.String("return-url"); r.PaymentReturnURL != "" {
		r.PaymentReturnURLEnabled = new(bool)
		*r.PaymentReturnURLEnabled = true
	}
	if r.ReceiverOverrideAddress = cmd.String("receiver"); r.ReceiverOverrideAddress != "" {
		r.ReceiverOverrideEnable = new(bool)
		*r.ReceiverOverrideEnable = true
	}
	return r, nil
}

var uuidV4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// checkInvoiceKey refuses an idempotency key that Pepay would refuse. Only for this
// operation does it document the form.
func checkInvoiceKey(cmd *cli.Command) error {
	if cmd.IsSet("idempotency-key") && !uuidV4.MatchString(cmd.String("idempotency-key")) {
		return usagef("--idempotency-key: write a version 4 UUID in small letters, such as 123e4567-e89b-42d3-a456-556642440000")
	}
	return nil
}

func checkReturnURL(text string) error {
	if text == "" {
		return nil
	}
	const longest = 2048
	u, err := url.Parse(text)
	switch {
	case utf8.RuneCountInString(text) > longest:
		return usagef("--return-url: is longer than %d characters", longest)
	case err != nil || u.Scheme != "https" || u.Hostname() == "":
		return usagef("--return-url: write an https address such as https://shop.example/done")
	}
	return nil
}
