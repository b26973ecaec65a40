package pepaytest

import (
	"encoding/json"
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// The sizes of a page of orders. The default is documented. Pepay documents no maximum;
// more are not an error, and the answer says how many the page can have.
const (
	defaultOrderLimit = 20
	maxOrderLimit     = 100
)

// ListOrders simulates GET /api/commerce/merchant/orders, the newest first: Pepay
// documents no order.
//
// See https://docs-alpha.pepay.io/api-reference/orders/list-merchant-scoped-orders
func (h handlers) ListOrders(w http.ResponseWriter, r *http.Request, p server.ListOrdersParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		limit, offset := min(orDefault(p.Limit, defaultOrderLimit), maxOrderLimit), deref(p.Offset)
		switch {
		case limit < 1:
			return nil, invalidRequest("limit must be at least 1")
		case offset < 0:
			return nil, invalidRequest("offset must be at least 0")
		case deref(p.Wallet) != "" && deref(p.WalletNetwork) == "":
			return nil, invalidRequest("walletNetwork is required with wallet")
		}
		page, _ := t.Orders.slice(int(offset), int(limit), func(o *order) bool {
			return t.call.who.sees(o.MerchantID, o.Environment) && o.isWanted(&p)
		})
		list := orderList{Orders: []listedOrder{}}
		for _, o := range page {
			list.Orders = append(list.Orders, listedOrder{Order: o.summary(t.rules())})
		}
		list.Pagination = &server.OrderPagination{Limit: &limit, Offset: &offset, Count: ptr(int64(len(page)))}
		return data(list), nil
	})
}

// The contract has one model of orders. Those of a list have no address in the
// documentation, where an order by itself says null.
type (
	orderList struct {
		server.OrderList
		Orders []listedOrder `json:"orders"`
	}
	listedOrder struct {
		server.Order
		ShippingAddress *json.RawMessage `json:"shippingAddress,omitempty"`
	}
)

// isWanted compares an order with the filters of a list.
func (o *order) isWanted(p *server.ListOrdersParams) bool {
	address, network := o.wallet()
	wallet := customer{WalletAddress: address, WalletNetwork: network}.key()
	return (p.Wallet == nil || wallet == customer{WalletAddress: *p.Wallet, WalletNetwork: deref(p.WalletNetwork)}.key()) &&
		(p.WalletNetwork == nil || network == *p.WalletNetwork) &&
		(p.CustomerID == nil || o.Customer.ID == *p.CustomerID) &&
		(p.Status == nil || o.Status == *p.Status) &&
		(p.Retailer == nil || o.retailer() == *p.Retailer) &&
		(p.CreatedFrom == nil || o.CreatedAt >= *p.CreatedFrom) &&
		(p.CreatedTo == nil || o.CreatedAt <= *p.CreatedTo)
}

// GetOrder simulates GET /api/commerce/merchant/orders/{orderId}.
//
// See https://docs-alpha.pepay.io/api-reference/orders/get-merchant-order-details-scoped
func (h handlers) GetOrder(w http.ResponseWriter, r *http.Request, orderID string) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		o, bad := t.orderOf(orderID)
		if bad != nil {
			return nil, bad
		}
		return data(o.snapshot(t.rules())), nil
	})
}

// GetOrderByInvoice simulates GET /api/commerce/merchant/invoices/{invoiceId}/status.
//
// See https://docs-alpha.pepay.io/api-reference/orders/resolve-a-commerce-order-by-invoice-id-merchant-scoped
func (h handlers) GetOrderByInvoice(w http.ResponseWriter, r *http.Request, invoiceID string) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		inv, bad := t.invoiceOf(invoiceID)
		if bad != nil {
			return nil, bad
		}
		o, bad := t.orderOf(inv.OrderID)
		if bad != nil {
			return nil, bad
		}
		return data(reconciliation{
			InvoiceID: inv.ID, OrderID: o.ID, Payment: json.RawMessage("{}"),
			Order: shortOrder{o.ID, o.Status, nonEmpty(o.Substatus), nonEmpty(o.Customer.ID), o.actions(t.rules())},
		}), nil
	})
}

// reconciliation is the answer about an invoice. The contract's model of it has the whole
// order, and the documentation this short form. What is in payment is not documented.
type reconciliation struct {
	InvoiceID string          `json:"invoiceId"`
	OrderID   string          `json:"orderId"`
	Payment   json.RawMessage `json:"payment"`
	Order     shortOrder      `json:"order"`
}

type shortOrder struct {
	ID         string               `json:"orderId"`
	Status     server.OrderStatus   `json:"status"`
	Substatus  *string              `json:"substatus"`
	CustomerID *string              `json:"customerId"`
	Actions    *server.OrderActions `json:"actions"`
}

// orderOf is an order that the requester may see.
func (t *tx) orderOf(id string) (*order, *problem) {
	o := t.Orders.get(id)
	if o == nil || !t.call.who.sees(o.MerchantID, o.Environment) {
		return nil, noSuch("order")
	}
	return o, nil
}
