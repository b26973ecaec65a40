package pepaytest

import (
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// ListInvoices simulates GET /api/v1/invoices.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-list
func (h handlers) ListInvoices(w http.ResponseWriter, r *http.Request, p server.ListInvoicesParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		return t.listInvoices(invoiceFilter{
			statuses: list(p.Status), types: list(p.InvoiceType), customerID: p.CustomerID, environment: p.Environment,
			walletAddress: p.PayerWalletAddress, walletNetwork: p.PayerWalletNetwork, createdFrom: p.CreatedGTE, createdTo: p.CreatedLTE,
		}, pageOf(p.Limit, p.StartingAfter, p.EndingBefore), p.Expand, p.PaymentsLimit)
	})
}

// ListCustomerInvoices simulates GET /api/v1/invoices/customer/{customerId}. A customer
// without invoices is an empty list: Pepay learns of customers by their invoices.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/list-invoices-by-customer-id
func (h handlers) ListCustomerInvoices(w http.ResponseWriter, r *http.Request, customerID string, p server.ListCustomerInvoicesParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		return t.listInvoices(invoiceFilter{
			statuses: list(p.Status), types: list(p.InvoiceType), customerID: &customerID, environment: p.Environment,
			createdFrom: p.CreatedGTE, createdTo: p.CreatedLTE,
		}, pageOf(p.Limit, p.StartingAfter, p.EndingBefore), p.Expand, p.PaymentsLimit)
	})
}

func (t *tx) listInvoices(f invoiceFilter, c cursors, expand *string, paymentsLimit *int64) (any, *problem) {
	expansion, bad := parseExpand(expand, paymentsLimit)
	if bad == nil {
		bad = f.check()
	}
	if bad == nil {
		bad = c.check()
	}
	if bad != nil {
		return nil, bad
	}
	invoices, more, known := t.Invoices.page(c, t.seesInvoice, f.matches)
	if !known {
		return nil, invalidRequest("No such invoice: the cursor is unknown")
	}
	page := server.InvoiceList{Object: ptr("list"), Data: make([]server.Invoice, len(invoices)), HasMore: &more}
	for i, inv := range invoices {
		page.Data[i] = inv.expanded(expansion)
	}
	return page, nil
}

// GetInvoiceTotals simulates GET /api/v1/invoices/totals.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/get-invoice-totals
func (h handlers) GetInvoiceTotals(w http.ResponseWriter, r *http.Request, p server.GetInvoiceTotalsParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		f := invoiceFilter{
			statuses: list(p.Status), types: list(p.InvoiceType), customerID: p.CustomerID, environment: p.Environment,
			createdFrom: p.CreatedGTE, createdTo: p.CreatedLTE,
		}
		if bad := f.check(); bad != nil {
			return nil, bad
		}
		var all sum
		byStatus := map[server.InvoiceStatus]*sum{}
		for _, status := range invoiceStatuses() {
			byStatus[status] = &sum{}
		}
		t.Invoices.all(func(inv *invoice) bool {
			if t.seesInvoice(inv) && f.matches(inv) {
				all.add(inv)
				byStatus[inv.Status].add(inv)
			}
			return true
		})
		return server.InvoiceTotals{
			Object: ptr("invoice_totals"), Currency: ptr("usd"), AmountUnit: ptr("usd_millis"),
			Totals: server.InvoiceTotalsByStatus{
				All: all.total(), Paid: byStatus[server.InvoiceStatusPaid].total(), Unpaid: byStatus[server.InvoiceStatusUnpaid].total(),
				Underpaid: byStatus[server.InvoiceStatusUnderpaid].total(), Expired: byStatus[server.InvoiceStatusExpired].total(),
				Canceled: byStatus[server.InvoiceStatusCanceled].total(),
			},
		}, nil
	})
}

// sum adds up the amounts of invoices.
type sum struct{ millis, count int64 }

func (s *sum) add(inv *invoice) {
	s.millis += inv.Amount
	s.count++
}

func (s *sum) total() *server.InvoiceTotal {
	return &server.InvoiceTotal{Amount: ptr(s.millis), AmountDecimal: ptr(decimalText(s.millis)), Count: ptr(s.count)}
}
