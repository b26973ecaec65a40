package pepaytest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// step is a transition of an order with what it needs.
type step struct {
	to            server.OrderTransition
	tracking      json.RawMessage
	walletAddress string
	walletNetwork string
}

// transitions are those of the devnet simulator, in the order of a life without trouble,
// and then the ends.
func transitions() []server.OrderTransition {
	return []server.OrderTransition{
		server.OrderTransitionPaymentConfirmed, server.OrderTransitionPaymentSettled, server.OrderTransitionPlaced, server.OrderTransitionShipped,
		server.OrderTransitionDeliveryConfirmed, server.OrderTransitionFailed, server.OrderTransitionCancelled, server.OrderTransitionRefunded,
	}
}

// mayStep says why an order cannot make a transition now, or nil. Where the documentation
// names no precondition, the step has to follow the one before it on the documented way;
// a refund follows any payment.
//
// See https://docs-alpha.pepay.io/sdk/commerce/orders
func (t *tx) mayStep(o *order, to server.OrderTransition) error {
	from := func(status server.OrderStatus) error {
		if o.Status != status {
			return errors.New("it needs an order that is " + string(status))
		}
		return nil
	}
	switch to {
	case server.OrderTransitionPaymentConfirmed:
		return t.mayConfirm(o, Payment{})
	case server.OrderTransitionPaymentSettled:
		if err := from(server.OrderStatusProcessing); err != nil {
			return err
		}
		if inv := t.Invoices.get(o.InvoiceID); inv != nil {
			return t.maySettle(inv)
		}
		return errors.New("its invoice is forgotten")
	case server.OrderTransitionPlaced:
		if err := from(server.OrderStatusProcessing); err != nil {
			return err
		}
		if !o.settled() {
			return errors.New("the payment is not settled; payment_settled comes first")
		}
		return nil
	case server.OrderTransitionShipped, server.OrderTransitionCancelled:
		return from(server.OrderStatusPlaced)
	case server.OrderTransitionDeliveryConfirmed:
		return from(server.OrderStatusShipped)
	case server.OrderTransitionFailed:
		return from(server.OrderStatusProcessing)
	case server.OrderTransitionRefunded:
		return o.mayRefund()
	}
	return errors.New("there is no such transition")
}

// mayConfirm says why an order cannot be paid like this now, or nil.
func (t *tx) mayConfirm(o *order, p Payment) error {
	inv := t.Invoices.get(o.InvoiceID)
	switch {
	case o.Status != server.OrderStatusPendingPayment:
		return errors.New("it needs an order that is " + string(server.OrderStatusPendingPayment))
	case inv == nil:
		return errors.New("its invoice is forgotten")
	}
	_, err := t.mayPay(inv, p)
	return err
}

func (o *order) mayRefund() error {
	switch {
	case !o.paid():
		return errors.New("the order is not paid")
	case o.Refund.Status == refundDone:
		return errors.New("the order is refunded already")
	case o.Refund.Destination == "":
		return errors.New("it needs a wallet on bsc for the refund: refundDestinationWalletAddressBsc of the checkout, or a payment with walletNetwork bsc")
	}
	return nil
}

// possibleSteps are the transitions that an order can make now.
func (t *tx) possibleSteps(o *order) []server.OrderTransition {
	return slices.DeleteFunc(transitions(), func(to server.OrderTransition) bool { return t.mayStep(o, to) != nil })
}

// refuseStep says that a transition is not possible, in which status the order is, and
// what is possible. Pepay documents neither status nor code of this answer.
func (t *tx) refuseStep(o *order, to server.OrderTransition, why error) *problem {
	var possible []string
	for _, p := range t.possibleSteps(o) {
		possible = append(possible, string(p))
	}
	return &problem{http.StatusBadRequest, "INVALID_TRANSITION", "transitionTo: " + string(to) + " is not possible, " + why.Error() +
		"; the order is " + string(o.Status) + " and can go to " + orElse(strings.Join(possible, ", "), "nothing")}
}

// step makes an order go on, as it would without the simulator. Payments and settlements
// are the invoice's, and the order follows it.
func (t *tx) step(o *order, s step) *problem {
	if s.to == server.OrderTransitionPaymentConfirmed {
		return t.confirm(o, s)
	}
	if err := t.mayStep(o, s.to); err != nil {
		return t.refuseStep(o, s.to, err)
	}
	switch s.to {
	case server.OrderTransitionPaymentSettled:
		if err := t.settle(t.Invoices.get(o.InvoiceID)); err != nil {
			return t.refuseStep(o, s.to, err)
		}
	case server.OrderTransitionPlaced:
		t.changeOrder(o, func() { t.move(o, server.OrderStatusPlaced, substatusTracking, "Order placed with retailer") })
	case server.OrderTransitionShipped:
		parcel := t.newShipment()
		if bad := parcel.track(s.tracking); bad != nil {
			return bad
		}
		parcel.URL = orElse(parcel.URL, "https://t.17track.net/en#nums="+parcel.Number)
		t.changeOrder(o, func() {
			o.Shipments = append(o.Shipments, parcel)
			t.move(o, server.OrderStatusShipped, "", "Order shipped")
		})
	case server.OrderTransitionDeliveryConfirmed:
		parcel := o.Shipments[len(o.Shipments)-1]
		parcel.Status = deliveryDone
		if bad := parcel.track(s.tracking); bad != nil {
			return bad
		}
		t.changeOrder(o, func() {
			o.Shipments[len(o.Shipments)-1] = parcel
			t.move(o, server.OrderStatusDelivered, "", "Order delivered")
		})
	case server.OrderTransitionFailed:
		t.changeOrder(o, func() { t.move(o, server.OrderStatusFailed, "", "Order failed") })
	case server.OrderTransitionCancelled:
		t.changeOrder(o, func() { t.cancelled(o, "Order cancelled") })
	case server.OrderTransitionRefunded:
		t.changeOrder(o, func() {
			o.Refund.Status, o.Refund.Amount, o.Refund.TxHash = refundDone, o.Costs.total(), madeUpHash("bsc", t.digest("refund"))
		})
	}
	return nil
}

// confirm pays the order's invoice.
func (t *tx) confirm(o *order, s step) *problem {
	p, bad := s.payment(o)
	if bad != nil {
		return bad
	}
	err := t.mayConfirm(o, p)
	if err == nil {
		err = t.pay(t.Invoices.get(o.InvoiceID), p)
	}
	if err != nil {
		return t.refuseStep(o, s.to, err)
	}
	return nil
}

// payment is what pays the order in a simulated step. The payor of an order of a wallet
// is that wallet, unless the step names another one.
func (s *step) payment(o *order) (Payment, *problem) {
	address, network := s.walletAddress, s.walletNetwork
	if address == "" && network == "" && tokenOn(o.Customer.WalletNetwork, o.Environment) != nil {
		address, network = o.Customer.WalletAddress, o.Customer.WalletNetwork
	}
	switch {
	case address != "" && network == "":
		return Payment{}, invalidRequest("walletNetwork is required with walletAddress")
	case network == "":
		return Payment{}, nil
	case address != "" && !isWallet(address, network):
		return Payment{}, invalidRequest("walletAddress must be an address on " + network)
	}
	tok := tokenOn(network, o.Environment)
	if tok == nil {
		return Payment{}, invalidRequest("walletNetwork: " + network + " has no token here that is dollars; there are " + strings.Join(dollarNetworks(o.Environment), ", "))
	}
	return Payment{TokenID: tok.id, WalletAddress: address}, nil
}

// tokenOn is a token that is dollars on a network, or nil.
func tokenOn(network, environment string) *token {
	for _, tok := range tokens() {
		if tok.network == network && tok.settles(server.NetworkEnvironment(environment)) {
			return &tok
		}
	}
	return nil
}

func dollarNetworks(environment string) []string {
	var networks []string
	for _, tok := range tokens() {
		if tok.settles(server.NetworkEnvironment(environment)) && !slices.Contains(networks, tok.network) {
			networks = append(networks, tok.network)
		}
	}
	return networks
}
