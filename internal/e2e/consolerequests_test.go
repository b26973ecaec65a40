package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
)

var consoleRequests = map[string]consoleTest{
	// A request shows both sides without secrets, leads to what it was about, and can be had as curl, Go and a test.
	"a request is looked at": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		s.show(p, "#/requests")
		p.sees(".empty", "Nobody has asked")
		id := s.invoice(`{"amount_usd": 49.99, "metadata": {"big": 12345678901234567890}}`)
		s.ask(http.MethodPost, "/api/v1/ws/token", `{"scope":"merchant"}`)
		p.sees(".rows a", "createInvoice")
		p.sees(".rows a", "mintWsToken")
		p.sees(".rows a", "…"+s.sim.APIKey()[len(s.sim.APIKey())-4:])
		for i := range 2 {
			eval[bool](p, fmt.Sprintf(`document.querySelectorAll('.rows a')[%d].click() ?? true`, i))
			p.until(fmt.Sprintf(`document.querySelector('.detail pre')?.innerText.startsWith('POST /api/v1/%s')`, []string{"ws/token", "invoices"}[i]))
			p.wantConsoleSecrets(s)
		}
		p.sees(".detail pre", `"big": 12345678901234567890`)
		p.sees(".detail pre", "HTTP 200")
		p.sees("[role=tabpanel]", "$PEPAY_API_KEY")
		eval[bool](p, `[...document.querySelectorAll('[role=tab]')].find(t => t.innerText === 'Go test').click() ?? true`)
		p.sees("[role=tabpanel]", "pepaytest.NewServer(t)")
		p.until(`[...document.querySelectorAll('[role=tabpanel]')].filter(e => e.checkVisibility()).length === 1`)
		p.until(fmt.Sprintf(`document.querySelector('.facts a').hash === '#/invoices/%s'`, id))
		p.wantNoErrors()
		p.wantConsoleSecrets(s)
	},
}
