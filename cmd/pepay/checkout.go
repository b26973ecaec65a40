package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/answers"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const checkoutDescription = `Orders products for a customer, in Pepay's three steps: it asks for an estimate and shows its
prices, and after a yes it sets the address and creates the order with its invoice. Nothing
but the estimate exists before the yes. Where nobody is at a terminal it needs --yes.

  pepay checkout --customer-id cust_123 --item B08N5WRWNW=2 --first-name Jane --last-name Doe \
    --street '123 Main St' --city Miami --state FL --zip 33101 --country US \
    --phone +13055550123 --email jane@example.com
  pepay checkout --file order.json --yes --json

--file reads the same from a JSON file, - is standard input; flags win over the file:

  {"customer_id": "cust_123",
   "items": [{"productId": "B08N5WRWNW", "retailer": "amazon", "quantity": 2}],
   "address": {"first_name": "Jane", "last_name": "Doe", "street_address": "123 Main St",
               "address_line2": "Apt 4B", "city": "Miami", "state": "FL", "zip_code": "33101",
               "country": "US", "phone": "+13055550123", "email": "jane@example.com"},
   "refundDestinationWalletAddressBsc": "0x0000000000000000000000000000000000000001"}

Items that cannot be ordered are shown with the reason. With --yes they end the command,
unless --skip-invalid leaves them out.

The payment URL carries the payor's session: give it to the payor alone. It is printed on a
terminal, with --show-payment-url, and by --json.

` + ordersKey

func checkoutCommand() *cli.Command {
	return &cli.Command{
		Name:        "checkout",
		Usage:       "order products: estimate, address, invoice",
		UsageText:   "pepay checkout [flags]",
		Description: checkoutDescription,
		// A value has commas of its own. The library does not pass this on from the root.
		DisableSliceFlagSeparator: true,
		Flags: slices.Concat(checkoutFlags(), []cli.Flag{
			&cli.BoolFlag{Name: "estimate-only", Usage: "print the estimate and create nothing"},
			yesFlag(),
			&cli.BoolFlag{Name: "skip-invalid", Usage: "with --yes, order the rest where some items cannot be ordered"},
			&cli.StringFlag{Name: "idempotency-key", Usage: "send `UUID`, version 4, with the last step, so that it can be repeated"},
			&cli.BoolFlag{Name: "show-payment-url", Usage: "print the payment URL where the output is not a terminal, too"},
			jsonFlag("print the order, or the estimate, as one JSON object; it has the payment URL and the payor's session"),
		}, clientFlags()),
		Action: checkoutAction,
	}
}

func checkoutAction(ctx context.Context, cmd *cli.Command) error {
	request, err := checkoutRequest(ctx, cmd)
	if err != nil {
		return err
	}
	if !cmd.Bool("estimate-only") {
		if err := canAsk(cmd); err != nil {
			return err
		}
	}
	var recorder answers.Recorder
	client, err := newClient(ctx, cmd, wrapper.WithMiddleware(recorder.Middleware))
	if err != nil {
		return err
	}
	c := &checkout{cmd: cmd, service: client.Commerce.Checkout, recorder: &recorder}
	estimate, err := c.estimate(ctx, request)
	if err != nil || cmd.Bool("estimate-only") {
		return err
	}
	// A person may think about it for longer than a call may take.
	if err := c.agree(ctx, estimate); err != nil {
		return err
	}
	return c.create(ctx, request, estimate.EstimateID)
}

// checkout is the three steps.
type checkout struct {
	cmd      *cli.Command
	service  *wrapper.CheckoutService
	recorder *answers.Recorder
}

func (c *checkout) estimate(ctx context.Context, r checkoutInput) (*pepay.Estimate, error) {
	ctx, cancel, err := withinTimeout(ctx, c.cmd)
	if err != nil {
		return nil, err
	}
	defer cancel()
	estimate, err := c.service.Estimate(ctx, r.estimateRequest())
	if err != nil {
		return nil, err
	}
	stdout, stderr := c.cmd.Root().Writer, c.cmd.Root().ErrWriter
	switch only := c.cmd.Bool("estimate-only"); {
	case only && c.cmd.Bool("json"):
		return estimate, terminal.WriteRawJSON(stdout, c.recorder.Last().Data)
	case only:
		return estimate, printEstimate(stdout, estimate, time.Now())
	}
	return estimate, printEstimate(stderr, estimate, time.Now())
}

// agree asks whether the estimate is to be ordered.
func (c *checkout) agree(ctx context.Context, e *pepay.Estimate) error {
	question := "create the order and its invoice over " + usd(e.Pricing.Total) + "?"
	switch {
	case len(e.ValidItems) == 0:
		return fmt.Errorf("none of the items can be ordered; nothing was created")
	case len(e.InvalidItems) > 0 && c.cmd.Bool("yes") && !c.cmd.Bool("skip-invalid"):
		return fmt.Errorf("%d of %d items cannot be ordered; nothing was created; --skip-invalid orders the rest",
			len(e.InvalidItems), len(e.InvalidItems)+len(e.ValidItems))
	case len(e.InvalidItems) > 0:
		question = "leave out what cannot be ordered, and " + question
	}
	return confirm(ctx, c.cmd, question)
}

func (c *checkout) create(ctx context.Context, r checkoutInput, estimateID string) error {
	ctx, cancel, err := withinTimeout(ctx, c.cmd)
	if err != nil {
		return err
	}
	defer cancel()
	address, err := c.service.SetAddress(ctx, pepay.CheckoutAddressRequest{CustomerID: r.CustomerID, EstimateID: estimateID, Address: r.Address})
	if err != nil {
		return err
	}
	invoice, err := c.service.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{
		CustomerID: r.CustomerID, EstimateID: estimateID, AddressID: address.AddressID, RefundDestinationWalletAddressBsc: r.RefundAddress,
	}, idempotencyKey(c.cmd)...)
	if err != nil {
		return err
	}
	if c.cmd.Bool("json") {
		return terminal.WriteRawJSON(c.cmd.Root().Writer, c.recorder.Last().Data)
	}
	return printWithPaymentURL(c.cmd, invoice.InvoiceURL, []table.Field{
		{Name: "order", Value: invoice.OrderID},
		{Name: "invoice", Value: invoice.InvoiceID},
		statusField("status", string(invoice.Status)),
		{Name: "amount", Value: usd(invoice.Amount)},
		{Name: "expires", Value: moment(invoice.ExpiresAt.Time, time.Now())},
	})
}
