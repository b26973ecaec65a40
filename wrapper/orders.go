package wrapper

import (
	"context"
	"iter"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// OrderService reads and cancels the orders of a merchant. It is safe for concurrent
// use. All but [OrderService.Cancel] also take a bearer token.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/orders.
type OrderService struct{ client *Client }

// OrderParams says which orders to list. The zero value lists all.
type OrderParams struct {
	// Wallet lists the orders of one wallet on WalletNetwork, which it needs.
	Wallet, WalletNetwork string
	// CustomerID lists the orders of the customer with this id of the merchant's own.
	CustomerID string
	// Status lists orders in one status. Pepay documents all of them here but
	// [pepay.OrderStatusFulfilled].
	Status pepay.OrderStatus
	// Retailer lists the orders at one retailer, such as "amazon".
	Retailer string
	// CreatedFrom and CreatedTo bound when orders were made, in whole seconds.
	CreatedFrom, CreatedTo time.Time
	// Limit is the size of a page. Zero leaves it to Pepay, whose default is 20. No
	// maximum is documented.
	Limit int
	// Offset is how many orders to leave out.
	Offset int
}

func (p OrderParams) query() query {
	return query{}.
		require(p.Wallet == "" || p.WalletNetwork != "", "OrderParams.WalletNetwork", "is missing; Wallet needs it").
		text("wallet", p.Wallet).
		text("walletNetwork", p.WalletNetwork).
		text("customer_id", p.CustomerID).
		text("status", string(p.Status)).
		text("retailer", p.Retailer).
		time("createdFrom", p.CreatedFrom).
		time("createdTo", p.CreatedTo).
		number("limit", "OrderParams.Limit", p.Limit).
		number("offset", "OrderParams.Offset", p.Offset)
}

// List returns a page of orders, in an order that Pepay does not document. They have
// Total, ItemCount and ShipmentsSummary, and lack what only [OrderService.Get]
// returns. Pagination.Count is not the number of all orders.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for a negative limit or offset and for a wallet
// without its network, [ErrInvalidRequest] for a filter that Pepay does not accept.
//
// See https://docs-alpha.pepay.io/api-reference/orders/list-merchant-scoped-orders.
func (s *OrderService) List(ctx context.Context, p OrderParams, opts ...CallOption) (*pepay.OrderList, error) {
	return send(ctx, s.client, "listOrders", input{query: p.query()}, opts, orderListLacks)
}

func orderListLacks(l *pepay.OrderList) string { return missing(l.Orders == nil, "orders") }

// All goes through orders from p.Offset on and asks for a page when it is needed. An
// error is the last thing it yields. Orders that are made or change their status
// meanwhile can move others to another page: one may come twice or not at all.
func (s *OrderService) All(ctx context.Context, p OrderParams, opts ...CallOption) iter.Seq2[*pepay.Order, error] {
	return offsets("listOrders", p.Offset, func(offset int) (*pepay.OrderList, error) {
		page := p
		page.Offset = offset
		return s.List(ctx, page, opts...)
	}, openOrders)
}

func openOrders(l *pepay.OrderList) (items []pepay.Order, limit int) {
	return l.Orders, int(l.Pagination.Limit)
}

// Get returns one order, as events carry it as well.
//
// The documentation shows an example of this answer and no list of its fields.
//
// Errors: [ErrInvalidArgument] for an empty id, [ErrNotFound] for an order of another
// merchant or environment.
//
// See https://docs-alpha.pepay.io/api-reference/orders/get-merchant-order-details-scoped.
func (s *OrderService) Get(ctx context.Context, id string, opts ...CallOption) (*pepay.Order, error) {
	return send(ctx, s.client, "getOrder", input{path: []string{id}}, opts, orderLacks)
}

func orderLacks(o *pepay.Order) string { return missing(o.ID == "", "orderId") }

// Cancel requests the cancellation of an order whose Actions.CanCancel is true. The
// refund goes to the wallet on BSC that r names, where there is one.
//
// One idempotency key, which Pepay needs here, is sent with all attempts of a call,
// and with those of several calls if [WithIdempotencyKey] gives them the same.
//
// The documentation of this operation is complete, except what is in RefundQuote.
//
// Errors: [ErrInvalidArgument] for an empty id, [ErrInvalidRequest] for an order that
// cannot be cancelled, [ErrNotFound].
//
// See https://docs-alpha.pepay.io/api-reference/orders/request-cancellation-for-a-commerce-order-merchant-scoped.
func (s *OrderService) Cancel(ctx context.Context, id string, r pepay.CancelOrderRequest, opts ...CallOption) (*pepay.OrderCancellation, error) {
	return send(ctx, s.client, "cancelOrder", input{path: []string{id}, body: r}, opts, orderCancellationLacks)
}

func orderCancellationLacks(c *pepay.OrderCancellation) string {
	return missing(c.OrderID == "", "orderId")
}

// ByInvoice returns the order that an invoice pays for, in a short form: its Order
// has ID, Status, Substatus, CustomerID and Actions only.
//
// The documentation of this operation is complete, except what is in Payment and
// Order.Actions.
//
// Errors: [ErrInvalidArgument] for an empty id, [ErrNotFound].
//
// See https://docs-alpha.pepay.io/api-reference/orders/resolve-a-commerce-order-by-invoice-id-merchant-scoped.
func (s *OrderService) ByInvoice(ctx context.Context, invoiceID string, opts ...CallOption) (*pepay.OrderReconciliation, error) {
	return send(ctx, s.client, "getOrderByInvoice", input{path: []string{invoiceID}}, opts, orderReconciliationLacks)
}

func orderReconciliationLacks(r *pepay.OrderReconciliation) string {
	return missing(r.OrderID == "", "orderId")
}

// finalOrderStatuses are those that an order does not leave.
var finalOrderStatuses = []pepay.OrderStatus{pepay.OrderStatusDelivered, pepay.OrderStatusCancelled, pepay.OrderStatusFailed}

// WaitForStatus asks for an order until its status is one of statuses, or without
// statuses until it is final: delivered, cancelled or failed. It returns the last
// state it saw, also with an error. [Wait] says how often it asks and how it ends:
// with the context, with [ErrWontHappen] when the order is final in another status,
// and with the errors of [OrderService.Get].
//
// For many orders, follow [github.com/pepaylabs/pepay-go/stream.Commerce] instead.
func (s *OrderService) WaitForStatus(ctx context.Context, id string, w Wait, statuses []pepay.OrderStatus, opts ...CallOption) (*pepay.Order, error) {
	return waitFor(ctx, w, func(ctx context.Context) (*pepay.Order, error) { return s.Get(ctx, id, opts...) }, orderStatus, statuses, finalOrderStatuses)
}

func orderStatus(o *pepay.Order) pepay.OrderStatus { return o.Status }
