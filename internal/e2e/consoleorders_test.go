package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
)

// order is the id of a new one, which goes through the three steps of a checkout, and that of its invoice.
func (s *consoleSite) order() (order, invoice string) {
	s.t.Helper()
	text := func(answer map[string]any, name string) string {
		value, _ := answer[name].(string)
		if value == "" {
			s.t.Fatalf("no %s: %v", name, answer)
		}
		return value
	}
	estimate := text(s.ask(http.MethodPost, "/api/commerce/merchant/checkout/estimate", `{"customer_id":"cust_7","items":[{"productId":"B08N5WRWNW","retailer":"amazon","quantity":1,"price":9.99,"title":"Item"}]}`), "estimateId")
	address := text(s.ask(http.MethodPost, "/api/commerce/merchant/checkout/address", fmt.Sprintf(`{"customer_id":"cust_7","estimateId":%q,"address":{"first_name":"Jane","last_name":"Doe","street_address":"123 Main St","city":"Miami","state":"FL","zip_code":"33101","country":"US","phone":"+13055550123","email":"jane@example.com"}}`, estimate)), "addressId")
	answer := s.ask(http.MethodPost, "/api/commerce/merchant/checkout/invoice", fmt.Sprintf(`{"customer_id":"cust_7","estimateId":%q,"addressId":%q,"refundDestinationWalletAddressBsc":"0x0000000000000000000000000000000000000001"}`, estimate, address))
	return text(answer, "orderId"), text(answer, "invoiceId")
}

var consoleOrders = map[string]consoleTest{
	// An order goes from its payment to its delivery, with a tracking number.
	"an order is shipped": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		s.show(p, "#/orders")
		p.sees(".empty", "There is no order yet.")
		order, invoice := s.order()
		p.sees(".rows a", "pending payment")
		eval[bool](p, `document.querySelector('.rows a').click() ?? true`)
		p.until(fmt.Sprintf(`location.hash === '#/orders/%s'`, order))
		p.sees(".actions button:disabled", "Ship")
		p.press("Confirm the payment")
		p.status("processing")
		p.sees(".emitted [data-arrived]", "invoice.updated")
		p.press("Settle the payment")
		p.sees(".facts", "PROVIDER_PLACEMENT_SUBMITTED")
		p.press("Place")
		p.status("placed")
		eval[bool](p, `(document.querySelectorAll('fieldset input')[0].value = 'UPS', document.querySelectorAll('fieldset input')[1].value = '1Z999AA10123456784') && true`)
		p.press("Ship")
		p.status("shipped")
		p.sees("section", "1Z999AA10123456784")
		p.press("Deliver")
		p.status("delivered")
		p.sees(".rows a", "delivered")
		p.press("Refund")
		p.sees(".facts", "REFUNDED")
		if got := s.ask(http.MethodGet, "/api/commerce/merchant/orders/"+order, ""); got["status"] != "delivered" {
			t.Errorf("REST says %v", got["status"])
		}
		eval[bool](p, `document.querySelector('.facts a').click() ?? true`)
		p.until(fmt.Sprintf(`location.hash === '#/invoices/%s'`, invoice))
		p.status("paid")
		p.wantNoErrors()
		p.wantConsoleSecrets(s)
	},
	"orders fail and are cancelled": func(t *testing.T, open func(*testing.T) *page) {
		s := newConsole(t)
		p := open(t)
		failed, _ := s.order()
		cancelled, _ := s.order()
		s.show(p, "#/orders/"+failed)
		p.press("Confirm the payment")
		p.press("Fail")
		p.status("failed")
		eval[bool](p, fmt.Sprintf(`(location.hash = '#/orders/%s') && true`, cancelled))
		for _, button := range []string{"Confirm the payment", "Settle the payment", "Place", "Cancel"} {
			p.press(button)
		}
		p.status("cancelled")
		p.wantNoErrors()
	},
}
