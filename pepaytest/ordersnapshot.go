package pepaytest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// snapshot is an order as GET /api/commerce/merchant/orders/{orderId} shows it.
func (o *order) snapshot(r *CommerceRules) server.Order {
	address, network := o.wallet()
	timeline, lines, shipments := []server.OrderTimelineEntry{}, []server.OrderLineItem{}, []server.OrderShipment{}
	for _, e := range o.Timeline {
		timeline = append(timeline, server.OrderTimelineEntry{Status: ptr(e.Status), Timestamp: ptr(e.At), Message: ptr(e.Message)})
	}
	for _, item := range o.Items {
		lines = append(lines, server.OrderLineItem{
			ProductID: ptr(item.ProductID), Title: ptr(item.Title), ImageURL: ptr(item.ImageURL), Quantity: ptr(item.Quantity),
			Price: ptr(cents(item.Price)), Status: ptr(o.lineStatus()),
		})
	}
	for _, s := range o.Shipments {
		shipments = append(shipments, s.snapshot())
	}
	p := o.Payment
	s := server.Order{
		ID: ptr(o.ID), InvoiceID: ptr(o.InvoiceID), MerchantID: ptr(o.MerchantID), NetworkEnvironment: ptr(server.NetworkEnvironment(o.Environment)),
		Retailer: ptr(server.Retailer(o.retailer())), CreatedAt: ptr(o.CreatedAt), UpdatedAt: ptr(o.UpdatedAt),
		CustomerID: nonEmpty(o.Customer.ID), WalletAddress: nonEmpty(address), WalletNetwork: nonEmpty(network),
		Status: ptr(o.Status), Substatus: nonEmpty(o.Substatus), Actions: o.actions(r), Timeline: &timeline,
		Payment: &server.OrderPaymentSummary{
			Status: ptr(p.Status), TxHash: nonEmpty(p.TxHash),
			Settlement: &server.OrderSettlement{Status: ptr(p.SettlementStatus), TxHash: nonEmpty(p.SettlementTxHash), Network: nonEmpty(p.SettlementNetwork)},
		},
		Fulfillment: &server.OrderFulfillment{Shipments: &shipments}, LineItems: &lines,
		CancellationStatus: ptr(o.Cancellation), RefundStatus: ptr(o.Refund.Status),
		TotalAmountUSD: ptr(cents(o.Costs.total())), CommerceFeeUSD: ptr(cents(o.Costs.Fee)),
		Refund: &server.OrderRefund{Status: ptr(o.Refund.Status), DestinationWalletAddressBsc: nonEmpty(o.Refund.Destination), TxHash: nonEmpty(o.Refund.TxHash)},
	}
	if o.Refund.Amount > 0 {
		s.Refund.AmountUSD, s.Refund.FeeUSD = ptr(cents(o.Refund.Amount)), ptr(cents(0))
	}
	return s
}

// summary is an order as lists show it.
func (o *order) summary(r *CommerceRules) server.Order {
	address, network := o.wallet()
	var last *int64
	for i := range o.Shipments {
		last = &o.Shipments[i].At
	}
	return server.Order{
		ID: ptr(o.ID), InvoiceID: ptr(o.InvoiceID), NetworkEnvironment: ptr(server.NetworkEnvironment(o.Environment)),
		Status: ptr(o.Status), Substatus: nonEmpty(o.Substatus), Actions: o.actions(r),
		ShipmentsSummary: &server.OrderShipmentsSummary{
			ShipmentCount: ptr(int64(len(o.Shipments))), HasTracking: ptr(len(o.Shipments) > 0), LastTrackingAt: last,
			IsDelivered: ptr(o.Status == server.OrderStatusDelivered),
		},
		Retailer: ptr(server.Retailer(o.retailer())), WalletAddress: nonEmpty(address), WalletNetwork: nonEmpty(network), CustomerID: nonEmpty(o.Customer.ID),
		Total: ptr(dollars(o.Costs.total())), ItemCount: ptr(o.pieces()), CreatedAt: ptr(o.CreatedAt), UpdatedAt: ptr(o.UpdatedAt),
	}
}

// event is an order as data.object of an event. Pepay says that events carry the same
// shape as the REST API, and its example of one has the members object, id and
// invoice_id. Both hold here: an event's object is
//
//	{"object":"commerce_order","id":ID,"invoice_id":ID,
//
// followed by the members of REST's object, byte for byte.
//
// See https://docs-alpha.pepay.io/api-spec/webhooks
func (o *order) event(r *CommerceRules) json.RawMessage {
	rest := encode(o.snapshot(r))
	head := fmt.Sprintf(`{"object":"commerce_order","id":%q,"invoice_id":%q,`, o.ID, o.InvoiceID)
	return append([]byte(head), rest[1:]...)
}

// public is the order as the Go interface has it.
func (o *order) public(r *CommerceRules) pepay.Order {
	var out pepay.Order
	if err := json.Unmarshal(encode(o.snapshot(r)), &out); err != nil {
		panic("pepaytest: an order does not decode: " + err.Error())
	}
	return out
}

func (o *order) actions(r *CommerceRules) *server.OrderActions {
	return &server.OrderActions{CanCancel: ptr(o.cannotCancel(r) == "")}
}

// lineStatus is the status of every item. The documentation shows processing in an order
// that is placed, and no other.
func (o *order) lineStatus() string {
	switch o.Status {
	case server.OrderStatusShipped, server.OrderStatusDelivered, server.OrderStatusCancelled, server.OrderStatusFailed:
		return string(o.Status)
	}
	return string(server.OrderStatusProcessing)
}

// cents is an amount with two places, or with three where it has thousandths.
func cents(millis int64) string { return strings.TrimSuffix(decimalText(millis), "0") }
