package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const ordersKey = `The key comes from PEPAY_COMMERCE_API_KEY, or from --api-key-file; a key of scope commerce in
PEPAY_API_KEY will do, too.`

const ordersDescription = `Shows the orders of commerce, cancels one, and on devnet simulates what happens to it.

  pepay orders list --status placed,shipped
  pepay orders simulate 550e8400-e29b-41d4-a716-446655440000 placed

'pepay checkout' creates an order.

` + ordersKey

func ordersCommand() *cli.Command {
	return &cli.Command{
		Name:        "orders",
		Usage:       "list, get, cancel, wait for and simulate orders",
		UsageText:   "pepay orders list|get|cancel|wait|simulate [flags] [ID]",
		Description: ordersDescription,
		Commands: []*cli.Command{
			ordersListCommand(), ordersGetCommand(), ordersCancelCommand(), ordersWaitCommand(), ordersSimulateCommand(),
		},
		Action: groupAction,
	}
}

// orderStatuses are those of the orders API, in the order in which they come.
func orderStatuses() []string {
	return texts([]pepay.OrderStatus{
		pepay.OrderStatusPendingPayment, pepay.OrderStatusProcessing, pepay.OrderStatusPlaced, pepay.OrderStatusShipped,
		pepay.OrderStatusDelivered, pepay.OrderStatusCancelled, pepay.OrderStatusFailed,
	})
}

func orderObject() object[pepay.Order] {
	return inFields(orderFields, "{{.Status}} {{.TotalAmountUSD}}")
}

// orderTotal is in one member in lists and in another one elsewhere.
func orderTotal(o *pepay.Order) string {
	if o.TotalAmountUSD.IsZero() {
		return usd(o.Total)
	}
	return usd(o.TotalAmountUSD)
}

func orderFields(o *pepay.Order, now time.Time) []table.Field {
	fields := []table.Field{
		{Name: "order", Value: o.ID},
		statusField("status", string(o.Status)),
		{Name: "substatus", Value: o.Substatus},
		{Name: "total", Value: orderTotal(o)},
		{Name: "fee", Value: usd(o.CommerceFeeUSD)},
		{Name: "invoice", Value: o.InvoiceID},
		statusField("payment", o.Payment.Status),
		statusField("settlement", o.Payment.Settlement.Status),
		{Name: "retailer", Value: string(o.Retailer)},
		{Name: "customer", Value: o.CustomerID},
		{Name: "wallet", Value: strings.TrimSpace(o.WalletAddress + " " + o.WalletNetwork)},
		{Name: "environment", Value: string(o.NetworkEnvironment)},
		{Name: "created", Value: moment(o.CreatedAt.Time, now)},
		{Name: "updated", Value: moment(o.UpdatedAt.Time, now)},
		{Name: "refund", Value: noneIsEmpty(o.RefundStatus)},
		{Name: "cancellation", Value: noneIsEmpty(o.CancellationStatus)},
	}
	for _, item := range o.LineItems {
		fields = append(fields, table.Field{Name: "item", Value: itemText(item.Quantity, item.Title, item.ProductID, item.Price)})
	}
	for _, s := range o.Fulfillment.Shipments {
		text := strings.TrimSpace(s.Carrier + " " + s.TrackingNumber)
		if s.DeliveryStatus != "" {
			text += ", " + s.DeliveryStatus
		}
		fields = append(fields, table.Field{Name: "shipment", Value: text})
	}
	if o.Actions.CanCancel {
		fields = append(fields, table.Field{Name: "can cancel", Value: "yes"})
	}
	return fields
}

func noneIsEmpty(status string) string {
	if strings.EqualFold(status, "none") {
		return ""
	}
	return status
}

func ordersGetCommand() *cli.Command {
	return &cli.Command{
		Name:        "get",
		Usage:       "print an order",
		UsageText:   "pepay orders get ID [flags]",
		Description: "Prints an order. --json has all of it.\n\n" + ordersKey,
		Flags:       slices.Concat(orderObject().flags(), clientFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			id, err := oneID(cmd, "order")
			if err != nil {
				return err
			}
			return orderObject().print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) (*pepay.Order, error) {
				return c.Commerce.Orders.Get(ctx, id)
			})
		},
	}
}
