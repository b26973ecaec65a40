package pepaytest

import (
	"net/http"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// SimulateOrder simulates POST /api/commerce/devnet/orders/{orderId}/simulate.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--devnet-simulator/simulate-a-commerce-order-transition-devnet-only
func (h handlers) SimulateOrder(w http.ResponseWriter, r *http.Request, orderID string) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		if t.call.who.environment != pepay.NetworkEnvironmentDevnet {
			return nil, forbidden("Orders are simulated on devnet only; send a commerce key of devnet")
		}
		o, bad := t.orderOf(orderID)
		if bad != nil {
			return nil, bad
		}
		in := bodyOf[server.SimulateOrderRequest](t)
		if in.TransitionTo == nil {
			return nil, invalidRequest("transitionTo is required")
		}
		if bad := t.step(o, step{
			to: *in.TransitionTo, tracking: deref(in.Tracking), walletAddress: deref(in.WalletAddress), walletNetwork: deref(in.WalletNetwork),
		}); bad != nil {
			return nil, bad
		}
		return data(server.SimulatedOrder{Order: o.snapshot(t.rules())}), nil
	})
}
