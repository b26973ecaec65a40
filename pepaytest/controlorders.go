package pepaytest

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// orderAnswer is all that the console shows of an order.
type orderAnswer struct {
	Order    server.Order     `json:"order"` // as the REST API shows it
	Invoice  *server.Invoice  `json:"invoice,omitempty"`
	Timeline []timelineAnswer `json:"timeline"`
	Events   []eventItem      `json:"events"`
	Requests []int64          `json:"requests"`
	Actions  []actionAnswer   `json:"actions"`
}

// controlListOrders lists them, the newest first.
func controlListOrders(c *controlRequest) (any, *problem) {
	page, bad := c.page()
	if bad != nil {
		return nil, bad
	}
	list := controlList[server.Order]{Items: []server.Order{}}
	c.server.change(nil, func(t *tx) {
		each := func(*order) bool { return true }
		orders, more, known := t.Orders.page(cursors{older: page.before, limit: page.limit}, each, func(o *order) bool { return o.found(page) })
		if !known {
			bad = invalidRequest("before: no such order")
			return
		}
		for _, o := range orders {
			list.Items = append(list.Items, o.snapshot(t.rules()))
		}
		list.More = more
	})
	return list, bad
}

func (o *order) found(page controlPage) bool {
	wallet, _ := o.wallet()
	texts := []string{o.ID, o.InvoiceID, o.Customer.ID, wallet, string(o.Status), o.Substatus, o.retailer()}
	for _, item := range o.Items {
		texts = append(texts, item.Title, item.ProductID)
	}
	return page.finds(texts...)
}

func controlGetOrder(c *controlRequest) (any, *problem) {
	var a orderAnswer
	bad := c.withOrder(func(t *tx, o *order) *problem {
		a = orderAnswer{
			Order: o.snapshot(t.rules()), Events: []eventItem{}, Actions: t.orderActions(o),
			Timeline: []timelineAnswer{{At: o.CreatedAt, Status: string(server.OrderStatusPendingPayment), Message: "Ordered"}},
		}
		if inv := t.Invoices.get(o.InvoiceID); inv != nil {
			a.Invoice = ptr(inv.snapshot())
		}
		for _, step := range o.Timeline {
			a.Timeline = append(a.Timeline, timelineAnswer{step.At, string(step.Status), step.Message})
		}
		for _, r := range t.server.eventsOf(func(about *subject) bool { return about.ofOrder(o.ID) || about.ofInvoice(o.InvoiceID) }) {
			a.Events = append(a.Events, newEventItem(r))
		}
		return nil
	})
	if bad == nil {
		a.Requests = c.server.requestsAbout(c.param("id"))
	}
	return a, bad
}

// withOrder runs do with the order of the path.
func (c *controlRequest) withOrder(do func(*tx, *order) *problem) (bad *problem) {
	c.server.change(nil, func(t *tx) {
		o := t.Orders.get(c.param("id"))
		if o == nil {
			bad = noSuch("order")
			return
		}
		bad = do(t, o)
	})
	return bad
}

// orderActions are the transitions of the devnet simulator.
func (t *tx) orderActions(o *order) []actionAnswer {
	var actions []actionAnswer
	for _, to := range transitions() {
		events := []string{pepay.EventCommerceOrderUpdated}
		var needs []string
		switch to {
		case server.OrderTransitionPaymentConfirmed:
			events = append([]string{pepay.EventInvoicePaymentCreated, pepay.EventInvoicePaymentUpdated, pepay.EventInvoiceUpdated}, events...)
		case server.OrderTransitionPaymentSettled:
			events = append([]string{pepay.EventInvoicePaymentUpdated}, events...)
		case server.OrderTransitionShipped, server.OrderTransitionDeliveryConfirmed:
			needs = []string{"tracking"}
		}
		actions = append(actions, newAction(string(to), labelOf(string(to)), strings.Join(events, ", "), t.mayStep(o, to), needs...))
	}
	return actions
}

// controlActOnOrder makes a transition, and tells which events it made happen.
func controlActOnOrder(c *controlRequest) (any, *problem) {
	var in struct {
		Tracking json.RawMessage `json:"tracking"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	to := server.OrderTransition(c.param("action"))
	if !slices.Contains(transitions(), to) {
		bad := noSuch("action; there are")
		for _, name := range transitions() {
			bad.message += " " + string(name)
		}
		return nil, bad
	}
	if string(in.Tracking) == "null" {
		in.Tracking = nil
	}
	var done emittedAnswer
	bad := c.withOrder(func(t *tx, o *order) *problem {
		from := len(t.emitted)
		if bad := t.step(o, step{to: to, tracking: in.Tracking}); bad != nil {
			return bad
		}
		done = newEmitted(t.emitted[from:])
		return nil
	})
	return done, bad
}
