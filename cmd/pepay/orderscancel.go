package main

import (
	"context"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const ordersCancelDescription = `Requests the cancellation of an order. 'pepay orders get' says whether that is possible. On a
terminal it asks first, unless --yes is given.

  pepay orders cancel 550e8400-e29b-41d4-a716-446655440000 --refund-address 0x1111111111111111111111111111111111111111

` + ordersKey

func cancellation() object[pepay.OrderCancellation] {
	return inFields(func(c *pepay.OrderCancellation, _ time.Time) []table.Field {
		return []table.Field{
			{Name: "order", Value: c.OrderID},
			statusField("status", string(c.Status)),
			{Name: "substatus", Value: c.Substatus},
			{Name: "customer", Value: c.CustomerID},
			{Name: "refund", Value: jsonText(c.RefundQuote)},
		}
	}, "{{.Status}}")
}

func ordersCancelCommand() *cli.Command {
	return &cli.Command{
		Name:        "cancel",
		Usage:       "request the cancellation of an order",
		UsageText:   "pepay orders cancel ID [flags]",
		Description: ordersCancelDescription,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "refund-address", Usage: "refund to this `ADDRESS` on bsc"},
			&cli.StringFlag{Name: "idempotency-key", Usage: "send `UUID`, version 4, so that the command can be repeated"},
			yesFlag(),
		}, cancellation().flags(), clientFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			id, err := oneID(cmd, "order")
			if err != nil {
				return err
			}
			if err := notEmpty(cmd, "refund-address", "idempotency-key"); err != nil {
				return err
			}
			if terminal.Is(cmd.Root().Reader) && terminal.Is(cmd.Root().ErrWriter) {
				if err := confirm(ctx, cmd, "cancel order "+id+"?"); err != nil {
					return err
				}
			}
			request := pepay.CancelOrderRequest{RefundDestinationWalletAddressBsc: cmd.String("refund-address")}
			return cancellation().print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) (*pepay.OrderCancellation, error) {
				return c.Commerce.Orders.Cancel(ctx, id, request, idempotencyKey(cmd)...)
			})
		},
	}
}
