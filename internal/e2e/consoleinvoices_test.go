package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
)

var consoleInvoices = map[string]consoleTest{
	// An invoice is there the moment it is created. Each of the payor's buttons says which events it emits, and
	// they are seen to arrive.
	"an invoice is paid": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		s.show(p, "")
		p.until(`location.hash === '#/invoices'`)
		p.sees(".empty", "There is no invoice yet.")
		id := s.invoice(`{"amount_usd": 49.99, "description": "two <b>mugs</b>", "customer_id": "cust_7"}`)
		p.sees(".rows a", "$49.99")
		p.sees(".rows a", "unpaid")
		eval[bool](p, `document.querySelector('.rows a').click() ?? true`)
		p.until(fmt.Sprintf(`location.hash === '#/invoices/%s' && document.activeElement.tagName === 'H2'`, id))
		p.sees(".facts", "two <b>mugs</b>")
		p.sees(".actions button", "emits invoice")
		p.press("Pay too little, $24.99")
		p.sees(".emitted [data-arrived]", "invoice.updated")
		p.status("underpaid")
		p.sees(".rows a", "$24.99 of $49.99")
		p.until(`document.querySelector('#announcer').textContent.includes('has arrived')`)
		p.press("Pay exactly $25.00")
		p.status("paid")
		p.sees(".actions button:disabled", "Pay exactly")
		p.press("Settle")
		p.until(`[...document.querySelectorAll('.emitted [data-arrived]')].length >= 3`)
		p.sees("section", "settled")
		if got := s.ask(http.MethodGet, "/api/v1/invoices/"+id, ""); got["status"] != "paid" {
			t.Errorf("REST says %v", got["status"])
		}
		p.wantNoErrors()
		p.wantConsoleSecrets(s)
	},
	"an invoice expires, and one is paid too much": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		expires, much := s.invoice(`{"amount_usd": 10}`), s.invoice(`{"amount_usd": 20}`)
		s.show(p, "#/invoices/"+expires)
		p.press("Expire")
		p.status("expired")
		p.sees(".actions button:disabled", "Pay exactly")
		eval[bool](p, fmt.Sprintf(`(location.hash = '#/invoices/%s') && true`, much))
		p.press("Pay too much")
		p.status("paid")
		p.press("Fail settlement")
		p.sees("section", "settlement failed")
		p.wantNoErrors()
	},
}
