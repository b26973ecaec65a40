package wrapper

import (
	"context"

	"github.com/pepaylabs/pepay-go"
)

// DevnetService moves orders on devnet, so that a program can be tested against all
// that happens to an order, without a retailer's order and without a refund on chain.
// It needs a key for devnet. It is safe for concurrent use.
//
// See https://docs-alpha.pepay.io/sdk/commerce/orders.
type DevnetService struct{ client *Client }

// Simulate makes an order take a step, and returns it as it is afterwards. Pepay
// emits the events that the real step does: commerce.order.updated, and those of the
// invoice if that changes.
//
// The way of an order without trouble is payment_confirmed, payment_settled, placed,
// shipped, delivery_confirmed. failed is possible while the order is processing,
// cancelled while it is placed, and refunded needs a wallet on BSC that the refund
// can go to: from the checkout, or from a payment_confirmed with the WalletNetwork
// "bsc" and an EVM address as WalletAddress. Tracking is for shipped and
// delivery_confirmed.
//
// The documentation lists the fields of the request, but not what is in Tracking,
// and shows a part of the answer.
//
// Errors: [ErrInvalidArgument] for an empty id or transition, [ErrNotFound]. Which
// error Pepay sends for a step that is not possible is not documented.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--devnet-simulator/simulate-a-commerce-order-transition-devnet-only.
func (s *DevnetService) Simulate(ctx context.Context, orderID string, r pepay.SimulateOrderRequest, opts ...CallOption) (*pepay.Order, error) {
	in := input{path: []string{orderID}, body: r, err: query{}.needs("SimulateOrderRequest.TransitionTo", string(r.TransitionTo)).err}
	simulated, err := send(ctx, s.client, "simulateOrder", in, opts, simulatedOrderLacks)
	if err != nil {
		return nil, err
	}
	return &simulated.Order, nil
}

func simulatedOrderLacks(s *pepay.SimulatedOrder) string {
	return missing(s.Order.ID == "", "order.orderId")
}
