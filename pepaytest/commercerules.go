package pepaytest

import (
	"fmt"
	"slices"

	"github.com/pepaylabs/pepay-go"
)

// CommerceRules are the rules of commerce that Pepay does not document. The zero value
// is the default. The documentation's numbers are always enforced: 15 minutes for an
// estimate, 30 for its invoice, at most 2,500 US dollars for an order.
type CommerceRules struct {
	// AddUp makes adding a product that is in the cart add to its quantity. By default
	// the quantity becomes the one that was sent, since Pepay says that it is updated.
	AddUp bool
	// StatedPrices makes estimates take the price that the request or the cart names. By
	// default they take the price of the best eligible offer, and a stated price only
	// shows in the validation of a cart.
	StatedPrices bool
	// Cancellable are the statuses in which actions.canCancel is true, until there is a
	// shipment or the cancellation was requested. Empty means placed alone, the status
	// from which the devnet simulator cancels.
	Cancellable []pepay.OrderStatus
	// CancelAtOnce makes a requested cancellation happen at once. By default the order
	// waits for the transition cancelled, as it would wait for the retailer.
	CancelAtOnce bool
	// CancelExpired makes an order whose invoice expires cancelled. By default it stays
	// pending_payment: Pepay documents an event of the invoice alone.
	CancelExpired bool
}

// WithCommerceRules replaces the rules of carts and orders that are not documented. A
// status in Cancellable that the contract does not have is an error.
func WithCommerceRules(r CommerceRules) Option {
	return func(c *config) error {
		for _, status := range r.Cancellable {
			if !status.Valid() {
				return fmt.Errorf("pepaytest: WithCommerceRules: unknown status %q in Cancellable", status)
			}
		}
		r.Cancellable = slices.Clone(r.Cancellable)
		c.commerce = r
		return nil
	}
}

// cancellable says whether an order in this status may be cancelled.
func (r *CommerceRules) cancellable(status string) bool {
	if len(r.Cancellable) == 0 {
		return status == string(pepay.OrderStatusPlaced)
	}
	return slices.Contains(r.Cancellable, pepay.OrderStatus(status))
}
