package pepaytest

import (
	"encoding/json"
	"net/http"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// GetInvoice simulates GET /api/v1/invoices/{invoiceId}.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/retrieve-invoice-details
func (h handlers) GetInvoice(w http.ResponseWriter, r *http.Request, invoiceID string, p server.GetInvoiceParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		expand, bad := parseExpand(p.Expand, p.PaymentsLimit)
		if bad != nil {
			return nil, bad
		}
		inv, bad := t.invoiceOf(invoiceID)
		if bad != nil {
			return nil, bad
		}
		return inv.expanded(expand), nil
	})
}

// GetInvoiceStatus simulates GET /api/v1/invoices/{invoiceId}/status.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-status
func (h handlers) GetInvoiceStatus(w http.ResponseWriter, r *http.Request, invoiceID string) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		inv, bad := t.invoiceOf(invoiceID)
		if bad != nil {
			return nil, bad
		}
		report := server.InvoiceStatusReport{Object: ptr("invoice_status"), Invoice: inv.snapshot()}
		if last := inv.latestPayment(); last != nil {
			report.LatestPayment = ptr(last.snapshot())
		}
		return report, nil
	})
}

// invoiceOf is an invoice that the requester may see.
func (t *tx) invoiceOf(id string) (*invoice, *problem) {
	inv := t.Invoices.get(id)
	if inv == nil || !t.seesInvoice(inv) {
		return nil, noSuch("invoice")
	}
	return inv, nil
}

// seesInvoice lets a commerce key see the invoices of its product and environment.
func (t *tx) seesInvoice(inv *invoice) bool {
	who := &t.call.who
	return who.sees(inv.MerchantID, inv.Environment) && (who.scope != pepay.WSTokenScopeCommerce || inv.Type == invoiceOfCommerce)
}

// environment is the network of what the requester creates: that of the commerce key, or
// else of the account.
func (t *tx) environment() string {
	if e := t.call.who.environment; e != "" {
		return string(e)
	}
	return string(t.account(t.call.who.merchantID).Environment)
}

func noSuch(what string) *problem {
	return &problem{http.StatusNotFound, "NOT_FOUND", "No such " + what}
}

func writeEncoded(w http.ResponseWriter, status int, body json.RawMessage) {
	w.Header().Set("Content-Type", contentTypeJSON)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
