package pepaytest

import (
	"encoding/json"
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// CancelOrder simulates POST /api/commerce/merchant/orders/{orderId}/cancel. The order is
// cancelled later, by the transition cancelled, unless the rules say at once.
//
// See https://docs-alpha.pepay.io/api-reference/orders/request-cancellation-for-a-commerce-order-merchant-scoped
func (h handlers) CancelOrder(w http.ResponseWriter, r *http.Request, orderID string, _ server.CancelOrderParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		o, bad := t.orderOf(orderID)
		if bad != nil {
			return nil, bad
		}
		refundTo := deref(bodyOf[server.CancelOrderRequest](t).RefundDestinationWalletAddressBsc)
		if refundTo != "" && !isWallet(refundTo, "bsc") {
			return nil, invalidRequest("refundDestinationWalletAddressBsc must be an address on bsc, 0x and 40 hexadecimal digits")
		}
		if why := o.cannotCancel(t.rules()); why != "" {
			return nil, &problem{http.StatusBadRequest, "CANCELLATION_NOT_ALLOWED", why}
		}
		t.requestCancellation(o, refundTo)
		return data(server.OrderCancellation{
			OrderID: o.ID, Status: &o.Status, Substatus: nonEmpty(o.Substatus), CustomerID: nonEmpty(o.Customer.ID), RefundQuote: ptr(json.RawMessage("{}")),
		}), nil
	})
}

// cannotCancel says why the merchant cannot cancel the order now, or nothing.
func (o *order) cannotCancel(r *CommerceRules) string {
	switch {
	case o.Cancellation == cancellationRequested:
		return "The cancellation of the order was requested already"
	case !r.cancellable(string(o.Status)):
		return "The order is " + string(o.Status) + " and cannot be cancelled; see actions.canCancel"
	case len(o.Shipments) > 0:
		return "The order has a shipment and cannot be cancelled; see actions.canCancel"
	}
	return ""
}

// requestCancellation asks the retailer to cancel an order. One that no retailer has is
// cancelled at once, and can no longer be paid.
func (t *tx) requestCancellation(o *order, refundTo string) {
	t.changeOrder(o, func() {
		o.Cancellation = cancellationRequested
		o.Refund.Destination = orElse(refundTo, o.Refund.Destination)
		if t.rules().CancelAtOnce || o.Status != server.OrderStatusPlaced {
			t.cancelled(o, "Order cancelled")
		}
	})
	if inv := t.Invoices.get(o.InvoiceID); inv != nil && inv.open() && o.Status == server.OrderStatusCancelled {
		t.changeInvoice(inv, func() { inv.Status = server.InvoiceStatusCanceled })
	}
}
