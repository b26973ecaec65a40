package pepaytest

import (
	"fmt"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// expansion is what is added to an invoice: its latest payment, and up to so many of its
// payments.
type expansion struct {
	latest   bool
	payments int64
}

// defaultPaymentsLimit is how many payments an invoice is shown with.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-list
const defaultPaymentsLimit = 10

// parseExpand reads "latest_payment,payments".
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-retrieve
func parseExpand(expand *string, limit *int64) (expansion, *problem) {
	var e expansion
	for _, name := range list(expand) {
		switch name {
		case "latest_payment":
			e.latest = true
		case "payments":
			e.payments = defaultPaymentsLimit
			if limit != nil {
				e.payments = *limit
			}
		default:
			return e, invalidRequest(fmt.Sprintf("expand has %q; there are latest_payment and payments", name))
		}
	}
	return e, nil
}

// expanded is the invoice with what was asked for. The latest payments come first: no page
// says in which order they are.
func (i *invoice) expanded(e expansion) server.Invoice {
	s := i.snapshot()
	if last := i.latestPayment(); e.latest && last != nil {
		s.LatestPayment = ptr(last.snapshot())
	}
	if e.payments > 0 {
		shown := []server.InvoicePayment{}
		for n := len(i.Payments) - 1; n >= 0 && int64(len(shown)) < e.payments; n-- {
			shown = append(shown, i.Payments[n].snapshot())
		}
		s.Payments = &shown
	}
	return s
}

// list reads what is separated by commas. What was not given is empty.
func list(text *string) []string {
	if text == nil || *text == "" {
		return nil
	}
	return strings.Split(*text, ",")
}
