package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
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
		p.notPayable("the invoice is paid")
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
		p.notPayable("the invoice is expired")
		eval[bool](p, fmt.Sprintf(`(location.hash = '#/invoices/%s') && true`, much))
		p.press("Pay too much")
		p.status("paid")
		p.press("Fail settlement")
		p.sees("section", "settlement failed")
		p.wantNoErrors()
	},
	// An event opens to its JSON, with the digits that it has, and stays open when another one comes.
	"an event is opened": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		id := s.invoice(`{"amount_usd": 5, "description": "two <b>mugs</b>", "metadata": {"number": 9007199254740993, "session_token": "a-canary"}}`)
		s.show(p, "#/invoices/"+id)
		p.sees(".trail li", "invoice.created")
		eval[bool](p, `document.querySelector('.trail summary').click() ?? true`)
		p.sees(".trail pre", `"number": 9007199254740993`)
		p.sees(".trail pre", `"session_token": "[redacted]"`)
		p.press("Expire")
		p.sees(".trail li", "invoice.updated")
		p.until(`document.querySelectorAll('.trail details').length === 2 && document.querySelector('.trail details').open && !document.querySelectorAll('.trail details')[1].open`)
		eval[bool](p, `(() => { navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }; document.querySelector('.trail button').click(); return true })()`)
		p.until(`window.copied?.startsWith('{\n  "') && window.copied.includes(' 9007199254740993')`)
		p.wantNoErrors()
		p.wantConsoleSecrets(s)
	},
	// Of a long event the beginning is shown; all of it is copied.
	"a long event is opened": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		id := s.invoice(`{"amount_usd": 5}`)
		s.sim.Emit(pepay.Event{Type: pepay.EventInvoiceUpdated, Data: pepay.EventData{Object: json.RawMessage(fmt.Sprintf(`{"object":"invoice","id":%q,"note":%q}`, id, strings.Repeat("x", 300_000)))}})
		s.show(p, "#/invoices/"+id)
		p.until(`document.querySelectorAll('.trail details').length === 2`)
		eval[bool](p, `document.querySelectorAll('.trail summary')[1].click() ?? true`)
		p.sees(".trail .none", "first 100,000 of 300,")
		if n := eval[int](p, `document.querySelector('.trail pre').textContent.length`); n != 100_000 {
			t.Errorf("%d characters are shown", n)
		}
		eval[bool](p, `(() => { navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }; document.querySelector('.trail button').click(); return true })()`)
		p.until(`window.copied?.length > 300_000 && window.copied.endsWith('}')`)
		p.wantNoErrors()
	},
}

// notPayable waits until the invoice that is open says why it cannot be paid, and has no button to pay it.
func (p *page) notPayable(why string) {
	p.t.Helper()
	p.sees(".none", "Nothing can be paid: "+why+".")
	p.until(`![...document.querySelectorAll('.actions button')].some(b => b.textContent.startsWith('Pay '))`)
}
