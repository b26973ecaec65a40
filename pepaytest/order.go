package pepaytest

import (
	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// Values of an order's members that the documentation shows, and where it shows one
// alone, those that the rest needs in the same spelling.
const (
	substatusSubmitted = "PROVIDER_PLACEMENT_SUBMITTED"
	substatusTracking  = "AWAITING_TRACKING"

	cancellationNone      = "none"
	cancellationRequested = "requested"
	cancellationDone      = "cancelled"

	refundNone = "NONE"
	refundDone = "REFUNDED"

	deliveryInTransit = "In Transit"
	deliveryDone      = "Delivered"
)

// order is an order of commerce. What it says about its payment is a copy of the
// invoice's, so that it changes in one place. Amounts are usd_millis, times are epoch
// seconds, and 0 is none.
type order struct {
	ID          string             `json:"id"`
	InvoiceID   string             `json:"invoice_id"`
	MerchantID  int64              `json:"merchant_id"`
	Environment string             `json:"environment"`
	Customer    customer           `json:"customer"`
	Status      server.OrderStatus `json:"status"`
	Substatus   string             `json:"substatus,omitempty"`
	CreatedAt   int64              `json:"created_at"`
	UpdatedAt   int64              `json:"updated_at"`
	Timeline    []timelineEntry    `json:"timeline,omitempty"`
	Items       []orderItem        `json:"items"`
	Costs       costs              `json:"costs"`

	Payment      orderPayment `json:"payment"`
	Shipments    []shipment   `json:"shipments,omitempty"`
	Cancellation string       `json:"cancellation"`
	Refund       refund       `json:"refund"`
}

type timelineEntry struct {
	Status  server.OrderStatus `json:"status"`
	At      int64              `json:"at"`
	Message string             `json:"message"`
}

// orderPayment is what an order shows of its invoice.
type orderPayment struct {
	Status            string `json:"status"` // pending, or that of the invoice
	TxHash            string `json:"tx_hash,omitempty"`
	WalletAddress     string `json:"wallet_address,omitempty"`
	WalletNetwork     string `json:"wallet_network,omitempty"`
	SettlementStatus  string `json:"settlement_status"`
	SettlementTxHash  string `json:"settlement_tx_hash,omitempty"`
	SettlementNetwork string `json:"settlement_network,omitempty"`
}

type refund struct {
	Status      string `json:"status"`
	Destination string `json:"destination,omitempty"` // a wallet on bsc
	Amount      int64  `json:"amount,omitempty"`
	TxHash      string `json:"tx_hash,omitempty"`
}

func (o *order) key() string { return o.ID }

func (o *order) paid() bool { return o.Payment.Status == string(server.InvoiceStatusPaid) }

func (o *order) settled() bool {
	return o.Payment.SettlementStatus == string(server.SettlementStatusSettled)
}

// retailer is that of the first item: an order names one.
func (o *order) retailer() string { return o.Items[0].Retailer }

// wallet is the customer's, or else the one that paid.
func (o *order) wallet() (address, network string) {
	if o.Customer.WalletAddress != "" {
		return o.Customer.WalletAddress, o.Customer.WalletNetwork
	}
	return o.Payment.WalletAddress, o.Payment.WalletNetwork
}

func (o *order) pieces() (n int64) {
	for _, item := range o.Items {
		n += item.Quantity
	}
	return n
}

// newOrder orders what can be had of an estimate, with its invoice.
func (t *tx) newOrder(e *estimate, customerID, refundTo string) (*order, *invoice) {
	o := &order{
		ID: t.newID("order"), MerchantID: e.MerchantID, Environment: e.Environment, Customer: e.Customer, Status: server.OrderStatusPendingPayment,
		CreatedAt: t.now.Unix(), UpdatedAt: t.now.Unix(), Items: e.Items, Costs: e.Costs, Cancellation: cancellationNone,
		Refund: refund{Status: refundNone, Destination: refundTo},
	}
	o.Customer.ID = customerID
	inv := t.newInvoice(&invoice{
		MerchantID: o.MerchantID, Environment: o.Environment, Type: invoiceOfCommerce, Amount: o.Costs.total(), CustomerID: customerID, OrderID: o.ID,
	}, commerceInvoiceLife)
	o.InvoiceID = inv.ID
	o.Payment = paymentOf(inv)
	t.Orders.add(o)
	t.emit(pepay.EventCommerceOrderCreated, o.event(t.rules()), nil)
	return o, inv
}

// changeOrder makes a change of an order and emits it. A change that shows nowhere
// emits nothing.
func (t *tx) changeOrder(o *order, change func()) {
	before := o.event(t.rules())
	change()
	if len(changed(before, o.event(t.rules()))) == 0 {
		return
	}
	o.UpdatedAt = t.now.Unix()
	after := o.event(t.rules())
	t.emit(pepay.EventCommerceOrderUpdated, after, changed(before, after))
}

// move puts an order into a status and writes it into the timeline.
func (t *tx) move(o *order, status server.OrderStatus, substatus, message string) {
	o.Status, o.Substatus = status, substatus
	o.Timeline = append(o.Timeline, timelineEntry{status, t.now.Unix(), message})
}

// orderFollows lets the order of an invoice follow it: payment and order status move
// together. It is called after every change of an invoice or its payments.
//
// See https://docs-alpha.pepay.io/guides/integrate-commerce
func (t *tx) orderFollows(inv *invoice) {
	o := t.Orders.get(inv.OrderID)
	if o == nil {
		return
	}
	t.changeOrder(o, func() {
		o.Payment = paymentOf(inv)
		if o.Refund.Destination == "" && o.paid() && o.Payment.WalletNetwork == "bsc" && isWallet(o.Payment.WalletAddress, "bsc") {
			o.Refund.Destination = o.Payment.WalletAddress
		}
		switch {
		case o.Status == server.OrderStatusPendingPayment && o.paid():
			t.move(o, server.OrderStatusProcessing, "", "Payment received, processing order")
		case o.Status == server.OrderStatusPendingPayment && inv.Status == server.InvoiceStatusExpired && t.rules().CancelExpired:
			t.cancelled(o, "The invoice has expired")
		}
		if o.Status == server.OrderStatusProcessing && o.settled() && o.Substatus == "" {
			o.Substatus = substatusSubmitted // settlement unlocks placement
		}
	})
}

// cancelled ends an order.
func (t *tx) cancelled(o *order, message string) {
	t.move(o, server.OrderStatusCancelled, "", message)
	o.Cancellation = cancellationDone
}

// paymentOf sums up how an invoice was paid.
func paymentOf(inv *invoice) orderPayment {
	p := orderPayment{Status: string(inv.Status), SettlementStatus: string(server.SettlementStatusPending)}
	if inv.Status == server.InvoiceStatusUnpaid {
		p.Status = "pending"
	}
	if last := inv.latestPayment(); last != nil {
		p.TxHash, p.WalletAddress, p.WalletNetwork = last.TxHash, last.WalletAddress, last.Network
		p.SettlementStatus, p.SettlementTxHash, p.SettlementNetwork = string(last.Settlement.Status), last.Settlement.TxHash, last.Settlement.Network
	}
	return p
}

// Orders returns the orders the server keeps, the last 50,000, oldest first, each as the
// REST API shows it. The caller owns the result. It is safe for concurrent use.
//
// See https://docs-alpha.pepay.io/api-reference/orders/get-merchant-order-details-scoped
func (s *Server) Orders() []pepay.Order {
	orders := []pepay.Order{}
	s.change(nil, func(t *tx) {
		t.Orders.all(func(o *order) bool {
			orders = append(orders, o.public(t.rules()))
			return true
		})
	})
	return orders
}
