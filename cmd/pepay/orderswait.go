package main

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const ordersWaitDescription = `Asks for an order until it has the status waited for, and prints it: also as it was seen last
where the wait ends otherwise.

  pepay orders wait 550e8400-e29b-41d4-a716-446655440000 --status shipped,delivered

Exit codes: 0 the status was reached, 1 it will not be reached any more, 4 --timeout has
passed, 130 ended by Ctrl-C.

` + ordersKey

func ordersWaitCommand() *cli.Command {
	return &cli.Command{
		Name:        "wait",
		Usage:       "wait until an order is delivered, or has another status",
		UsageText:   "pepay orders wait ID [flags]",
		Description: ordersWaitDescription,
		Flags: slices.Concat(orderObject().flags(),
			waitFlags("pending_payment, processing, placed, shipped, delivered, cancelled, failed", "delivered, cancelled, failed")),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			id, err := oneID(cmd, "order")
			if err != nil {
				return err
			}
			statuses, err := someOf[pepay.OrderStatus](cmd, "status", orderStatuses())
			if err != nil {
				return err
			}
			return orderObject().wait(ctx, cmd, orderStatusOf, func(ctx context.Context, c *wrapper.Client) (*pepay.Order, error) {
				return c.Commerce.Orders.WaitForStatus(ctx, id, wrapper.Wait{}, statuses)
			})
		},
	}
}

func orderStatusOf(answer json.RawMessage) string {
	var order struct{ Status string }
	_ = json.Unmarshal(answer, &order)
	return order.Status
}
