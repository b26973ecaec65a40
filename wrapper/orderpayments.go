package wrapper

import (
	"context"
	"fmt"
	"slices"

	"github.com/pepaylabs/pepay-go"
)

// OrderPaymentService tells how orders are paid. It is safe for concurrent use.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/payments.
type OrderPaymentService struct{ client *Client }

// Status returns the payment of an order. PaidAt is the zero time until it is paid.
//
// The documentation of this operation is complete, except the statuses: its examples
// show pending and paid.
//
// Errors: [ErrInvalidArgument] for an empty id, [ErrNotFound] for an order or invoice
// that Pepay does not know.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-payments/check-payment-status-for-an-order.
func (s *OrderPaymentService) Status(ctx context.Context, orderID string, opts ...CallOption) (*pepay.OrderPayment, error) {
	return send(ctx, s.client, "getOrderPayment", input{path: []string{orderID}}, opts, orderPaymentLacks)
}

func orderPaymentLacks(p *pepay.OrderPayment) string { return missing(p.Status == "", "status") }

// maxBulkOrders is how many orders Pepay looks up in one request.
const maxBulkOrders = 50

// BulkStatus returns the payment status of each of several orders, in the order of
// orderIDs whatever that of Pepay's answers is. Error says why an order has none. An
// order that Pepay's answer leaves out has an Error that says so.
//
// It asks for 50 orders at a time, one request after the other. When a request
// fails, the results of those before it come with the error: they are for
// orderIDs[:len(results)], and the rest can be asked for again. No ids are no
// request.
//
// The documentation of this operation is complete, except the statuses.
//
// Errors: [ErrInvalidArgument] for an empty id, before any request.
//
// See https://docs-alpha.pepay.io/api-reference/merchant-payments/check-payment-status-for-multiple-orders.
func (s *OrderPaymentService) BulkStatus(ctx context.Context, orderIDs []string, opts ...CallOption) ([]pepay.OrderPaymentResult, error) {
	if i := slices.Index(orderIDs, ""); i >= 0 {
		return nil, invalid(fmt.Sprintf("orderIDs[%d]", i), "is empty")
	}
	results := make([]pepay.OrderPaymentResult, 0, len(orderIDs))
	for ids := range slices.Chunk(orderIDs, maxBulkOrders) {
		answer, err := send[[]pepay.OrderPaymentResult](ctx, s.client, "getOrderPayments", input{body: pepay.OrderPaymentsRequest{OrderIDs: ids}}, opts, nil)
		if err != nil {
			return results, err
		}
		results = append(results, inOrder(ids, *answer)...)
	}
	return results, nil
}

// inOrder sorts the results of a request as its ids are, one for each.
func inOrder(ids []string, answer []pepay.OrderPaymentResult) []pepay.OrderPaymentResult {
	byID := make(map[string]pepay.OrderPaymentResult, len(answer))
	for _, result := range answer {
		byID[result.OrderID] = result
	}
	results := make([]pepay.OrderPaymentResult, len(ids))
	for i, id := range ids {
		result, ok := byID[id]
		if !ok {
			result = pepay.OrderPaymentResult{OrderID: id, Error: "Pepay's answer has no result for this order"}
		}
		results[i] = result
	}
	return results
}
