package pepaytest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// invoiceAnswer is all that the console shows of an invoice.
type invoiceAnswer struct {
	Invoice  server.Invoice   `json:"invoice"` // as the REST API shows it
	Details  invoiceDetails   `json:"details"`
	Payments []paymentAnswer  `json:"payments"`
	Timeline []timelineAnswer `json:"timeline"`
	Events   []eventItem      `json:"events"`
	Requests []int64          `json:"requests"`
	Actions  []actionAnswer   `json:"actions"`
}

// invoiceDetails are what the REST API does not repeat.
type invoiceDetails struct {
	Description   string `json:"description,omitempty"`
	Title         string `json:"title,omitempty"`
	Footer        string `json:"footer,omitempty"`
	ReturnURL     string `json:"return_url,omitempty"`
	CustomerEmail string `json:"customer_email,omitempty"`
}

// paymentAnswer is a payment as the REST API shows it, and what the payor did.
type paymentAnswer struct {
	server.InvoicePayment
	Millis        int64  `json:"millis"`
	TokenID       int64  `json:"token_id"`
	Network       string `json:"network"`
	WalletAddress string `json:"wallet_address"`
	TxHash        string `json:"tx_hash"`
	CreatedAt     int64  `json:"created_at"`
}

func newPaymentAnswer(p *payment) paymentAnswer {
	return paymentAnswer{
		InvoicePayment: p.snapshot(), Millis: p.Millis, TokenID: p.TokenID, Network: p.Network,
		WalletAddress: p.WalletAddress, TxHash: p.TxHash, CreatedAt: p.CreatedAt,
	}
}

// controlListInvoices lists them, the newest first.
func controlListInvoices(c *controlRequest) (any, *problem) {
	page, bad := c.page()
	if bad != nil {
		return nil, bad
	}
	list := controlList[server.Invoice]{Items: []server.Invoice{}}
	c.server.change(nil, func(t *tx) {
		each := func(*invoice) bool { return true }
		invoices, more, known := t.Invoices.page(cursors{older: page.before, limit: page.limit}, each, func(inv *invoice) bool {
			return page.finds(inv.ID, inv.CustomerID, inv.Description, inv.Title, inv.CustomerEmail, string(inv.Status), inv.OrderID)
		})
		if !known {
			bad = invalidRequest("before: no such invoice")
			return
		}
		for _, inv := range invoices {
			list.Items = append(list.Items, inv.snapshot())
		}
		list.More = more
	})
	return list, bad
}

func controlGetInvoice(c *controlRequest) (any, *problem) {
	var a invoiceAnswer
	bad := c.withInvoice(func(t *tx, inv *invoice) *problem {
		a = invoiceAnswer{
			Invoice:  inv.snapshot(),
			Details:  invoiceDetails{inv.Description, inv.Title, inv.Footer, inv.ReturnURL, inv.CustomerEmail},
			Payments: []paymentAnswer{}, Actions: t.invoiceActions(inv),
		}
		for _, p := range inv.Payments {
			a.Payments = append(a.Payments, newPaymentAnswer(p))
		}
		a.Events, a.Timeline = t.server.invoiceEvents(inv)
		return nil
	})
	if bad == nil {
		a.Requests = c.server.requestsAbout(c.param("id"))
	}
	return a, bad
}

// withInvoice runs do with the invoice of the path.
func (c *controlRequest) withInvoice(do func(*tx, *invoice) *problem) (bad *problem) {
	c.server.change(nil, func(t *tx) {
		inv := t.Invoices.get(c.param("id"))
		if inv == nil {
			bad = noSuch("invoice")
			return
		}
		bad = do(t, inv)
	})
	return bad
}

// invoiceActions are what a payor, or time, can do to an invoice.
func (t *tx) invoiceActions(inv *invoice) []actionAnswer {
	_, mayPay := t.mayPay(inv, Payment{})
	order := ""
	if t.Orders.get(inv.OrderID) != nil {
		order = ", " + pepay.EventCommerceOrderUpdated
	}
	return []actionAnswer{
		newAction("pay", "Pay", strings.Join([]string{pepay.EventInvoicePaymentCreated, pepay.EventInvoicePaymentUpdated, pepay.EventInvoiceUpdated}, ", ")+order, mayPay, "millis"),
		newAction("settle", "Settle", pepay.EventInvoicePaymentUpdated+order, t.maySettle(inv)),
		newAction("fail_settlement", "Fail settlement", pepay.EventInvoicePaymentUpdated+order, t.mayFailSettlement(inv)),
		newAction("expire", "Expire", pepay.EventInvoiceUpdated+order, t.mayExpire(inv)),
	}
}

// controlActOnInvoice does one of the actions, and tells which events it made happen.
func controlActOnInvoice(c *controlRequest) (any, *problem) {
	var in struct {
		Millis  *int64 `json:"millis"`
		TokenID *int64 `json:"token_id"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	if in.Millis != nil && (*in.Millis < 1 || *in.Millis > maxPaymentMillis) {
		return nil, invalidRequest(fmt.Sprintf("millis must be from 1 to %d; without it, what remains is paid", int64(maxPaymentMillis)))
	}
	action := c.param("action")
	if action != "pay" && (in.Millis != nil || in.TokenID != nil) {
		return nil, invalidRequest("millis and token_id belong to pay")
	}
	var done emittedAnswer
	bad := c.withInvoice(func(t *tx, inv *invoice) *problem {
		from := len(t.emitted)
		var err error
		switch action {
		case "pay":
			err = t.pay(inv, Payment{Millis: deref(in.Millis), TokenID: deref(in.TokenID)})
		case "settle":
			err = t.settle(inv)
		case "fail_settlement":
			err = t.failSettlement(inv)
		case "expire":
			err = t.expireEarly(inv)
		default:
			return &problem{http.StatusNotFound, "NOT_FOUND", "No such action; there are pay, settle, fail_settlement, expire"}
		}
		if err != nil {
			return &problem{http.StatusConflict, "NOT_POSSIBLE", action + " is not possible: " + err.Error()}
		}
		done = newEmitted(t.emitted[from:])
		return nil
	})
	return done, bad
}
