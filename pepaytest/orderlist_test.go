package pepaytest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

type orderPage struct {
	Orders     []struct{ OrderID string }
	Pagination struct{ Limit, Offset, Count int }
}

func TestListOrders(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock), pepaytest.WithKey("ck_mainnet", pepaytest.Key{Scope: "commerce", Environment: "mainnet"}))
	names := map[string]string{}
	add := func(name, customer, product string, steps ...string) {
		e := estimate(t, s, `{`+customer+`,"items":[{"productId":"`+product+`","retailer":"`+retailerOf(product)+`"}]}`)
		id := "cust_1"
		if !strings.Contains(customer, "wallet") {
			id = strings.Split(customer, `"`)[3]
		}
		a := commerceData[addressAnswer](t, s, http.MethodPost, checkoutPath+"/address", addressBody(e.EstimateID, id, jane))
		made := commerceData[placedOrder](t, s, http.MethodPost, checkoutPath+"/invoice", strings.Replace(invoiceBody(e.EstimateID, a.AddressID, ""), "cust_1", id, 1))
		names[made.OrderID] = name
		simulate(t, s, made.OrderID, steps...)
		s.Advance(time.Minute)
	}
	add("unpaid", `"customer_id":"cust_1"`, "B08N5WRWNW")
	add("wallet", `"wallet_address":"`+aWallet+`","wallet_network":"bsc"`, "B08N5WRWNW")
	add("delivered", `"customer_id":"cust_2"`, "6590135", toDelivered...)
	add("placed", `"customer_id":"cust_1"`, "B000NPYY04", toPlaced...)
	minute := func(n int) string { return fmt.Sprint(fixedClock().Unix() + int64(60*n)) }
	for name, c := range map[string]struct{ query, want string }{
		"all":                  {"", "placed delivered wallet unpaid"},
		"a page":               {"limit=2&offset=1", "delivered wallet"},
		"beyond the end":       {"offset=4", ""},
		"a customer":           {"customer_id=cust_2", "delivered"},
		"no customer":          {"customer_id=cust_3", ""},
		"a wallet":             {"wallet=" + strings.ToLower(aWallet) + "&walletNetwork=bsc", "wallet"},
		"on another network":   {"wallet=" + aWallet + "&walletNetwork=base", ""},
		"a network":            {"walletNetwork=bsc", "wallet"},
		"a status":             {"status=delivered", "delivered"},
		"unpaid ones":          {"status=pending_payment", "wallet unpaid"},
		"a retailer":           {"retailer=bestbuy", "delivered"},
		"from a time":          {"createdFrom=" + minute(2), "placed delivered"},
		"until a time":         {"createdTo=" + minute(1), "wallet unpaid"},
		"at one time":          {"createdFrom=" + minute(1) + "&createdTo=" + minute(1), "wallet"},
		"several":              {"customer_id=cust_1&status=placed&retailer=amazon", "placed"},
		"several that exclude": {"customer_id=cust_2&status=placed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := commerceData[orderPage](t, s, http.MethodGet, ordersPath+"?"+c.query, "")
			var got []string
			for _, o := range page.Orders {
				got = append(got, names[o.OrderID])
			}
			if sprint := strings.Join(got, " "); sprint != c.want || page.Pagination.Count != len(got) || page.Orders == nil {
				t.Errorf("got %q, want %q; %+v", sprint, c.want, page.Pagination)
			}
		})
	}
	t.Run("as documented", func(t *testing.T) {
		t.Parallel()
		body := commerce(t, s, http.MethodGet, ordersPath+"?status=delivered", "").body
		for _, want := range []string{
			`"pagination":{"count":1,"limit":20,"offset":0}`, `"total":63.99`, `"itemCount":1`, `"actions":{"canCancel":false}`,
			`"shipmentsSummary":{"hasTracking":true,"isDelivered":true,"lastTrackingAt":` + minute(2) + `,"shipmentCount":1}`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", body, want)
			}
		}
		for _, not := range []string{"timeline", "lineItems", "totalAmountUsd", "shippingAddress"} {
			if strings.Contains(body, not) {
				t.Errorf("%s has %s", body, not)
			}
		}
	})
	t.Run("a limit has a most", func(t *testing.T) {
		t.Parallel()
		if page := commerceData[orderPage](t, s, http.MethodGet, ordersPath+"?limit=1000", ""); page.Pagination.Limit != 100 {
			t.Errorf("%+v", page.Pagination)
		}
	})
	for query, message := range map[string]string{"wallet=" + aWallet: "walletNetwork is required", "limit=0": "limit", "offset=-1": "offset"} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			wantBad(t, commerce(t, s, http.MethodGet, ordersPath+"?"+query, ""), "VALIDATION_ERROR", message)
		})
	}
	t.Run("with a bearer token", func(t *testing.T) {
		t.Parallel()
		r, err := request(t, s, http.MethodGet, ordersPath, "", "Authorization", "Bearer "+s.BearerToken())
		if err != nil || r.status != http.StatusOK || !strings.Contains(r.body, `"count":4`) {
			t.Errorf("%v %d %s", err, r.status, r.body)
		}
	})
	t.Run("with a key of mainnet", func(t *testing.T) {
		t.Parallel()
		r, err := request(t, s, http.MethodGet, ordersPath, "", "x-api-key", "ck_mainnet")
		if err != nil || !strings.Contains(r.body, `"orders":[]`) {
			t.Errorf("%v %s", err, r.body)
		}
	})
}

func retailerOf(product string) string {
	if strings.HasPrefix(product, "B0") {
		return "amazon"
	}
	return "bestbuy"
}

func TestOrderByInvoice(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	made := checkout(t, s, "")
	standard := createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	const path = "/api/commerce/merchant/invoices/"
	r := commerce(t, s, http.MethodGet, path+made.InvoiceID+"/status", "")
	want := `{"success":true,"data":{"invoiceId":"` + made.InvoiceID + `","orderId":"` + made.OrderID + `","payment":{},"order":{"orderId":"` + made.OrderID +
		`","status":"pending_payment","substatus":null,"customerId":"cust_1","actions":{"canCancel":false}}}}`
	if r.body != want {
		t.Errorf("got  %s\nwant %s", r.body, want)
	}
	for name, id := range map[string]string{"no invoice": aUUID, "one without an order": standard.ID} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, commerce(t, s, http.MethodGet, path+id+"/status", ""), http.StatusNotFound, "NOT_FOUND")
		})
	}
	wantError(t, commerce(t, s, http.MethodGet, ordersPath+"/"+aUUID, ""), http.StatusNotFound, "NOT_FOUND")
}

func TestOrderPayments(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	paid, unpaid := checkout(t, s, ""), checkout(t, s, "")
	simulate(t, s, paid.OrderID, paidFromBSC)
	status := func(id string) string {
		return commerce(t, s, http.MethodGet, orderPaymentsPath+"/"+id+"/status", "").body
	}
	body := status(paid.OrderID)
	for _, want := range []string{
		`"status":"paid"`, `"orderStatus":"processing"`, `"customerId":"cust_1"`, `"amount":103.99`, `"paidAt":1766320436`, `"network":"bsc"`, `"walletAddress":"` + bscWallet + `"`,
		`"invoiceId":"` + paid.InvoiceID + `"`, `"token":"DUSDT"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %s", body, want)
		}
	}
	if body := status(unpaid.OrderID); !strings.Contains(body, `"paidAt":null`) || !strings.Contains(body, `"status":"pending"`) || strings.Contains(body, "paymentDetails") {
		t.Errorf("unpaid: %s", body)
	}
	wantError(t, commerce(t, s, http.MethodGet, orderPaymentsPath+"/"+aUUID+"/status", ""), http.StatusNotFound, "NOT_FOUND")

	r := commerce(t, s, http.MethodPost, orderPaymentsPath+"/bulk-status", `{"orderIds":["`+paid.OrderID+`","`+aUUID+`","`+unpaid.OrderID+`"]}`)
	want := `{"success":true,"data":[{"orderId":"` + paid.OrderID + `","status":"paid"},{"error":"Order not found","orderId":"` + aUUID + `"},{"orderId":"` + unpaid.OrderID + `","status":"pending"}]}`
	if r.body != want {
		t.Errorf("got  %s\nwant %s", r.body, want)
	}
}

// The amount of a token that is not worth a dollar is what its price makes of the
// dollars.
func TestOrderPaidInAnotherToken(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	made := checkout(t, s, "")
	if err := s.Pay(made.InvoiceID, pepaytest.Payment{TokenID: 15}); err != nil { // devnet SOL, 125 dollars
		t.Fatal(err)
	}
	body := commerce(t, s, http.MethodGet, orderPaymentsPath+"/"+made.OrderID+"/status", "").body
	if !strings.Contains(body, `"amount":0.83192`) || !strings.Contains(body, `"amount":103.99`) {
		t.Errorf("got %s", body)
	}
}

// Orders reach the commerce stream of their merchant and environment, and its filters
// know the names that orders have.
func TestOrdersOnTheStream(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		all := openCommerce(t, s, "types=commerce.order.*")
		customer := openCommerce(t, s, "types=commerce.order.*&customer_id=cust_1")
		wallet := openCommerce(t, s, "types=commerce.order.*&wallet_network=bsc&wallet_address="+bscWallet)
		others := []*client{
			openCommerce(t, s, "types=commerce.order.*&customer_id=cust_2"),
			openCommerce(t, s, "types=commerce.order.*&wallet_network=base"),
			open(t, s, commercePath, "x-api-key", "ck_other"),
			open(t, s, commercePath+"?types=commerce.order.*", "x-api-key", "ck_mainnet"),
		}
		made := checkout(t, s, "")
		simulate(t, s, made.OrderID, paidFromBSC)
		var orders []pepay.Event
		for _, ev := range s.Events() {
			if strings.HasPrefix(ev.Type, "commerce.order.") {
				orders = append(orders, ev)
			}
		}
		if len(orders) != 2 {
			t.Fatalf("%d events of orders", len(orders))
		}
		all.wantRest(orders...)
		customer.wantRest(orders...)
		wallet.wantRest(orders[1])
		for _, other := range others {
			other.wantRest()
		}
	}, pepaytest.WithKey("ck_other", pepaytest.Key{MerchantID: 456, Scope: "commerce"}), pepaytest.WithKey("ck_mainnet", pepaytest.Key{Scope: "commerce", Environment: "mainnet"}))
}
