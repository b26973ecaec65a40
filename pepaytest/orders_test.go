package pepaytest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	ordersPath        = "/api/commerce/merchant/orders"
	orderPaymentsPath = "/api/commerce/merchant/payments"

	bscWallet = "0x0000000000000000000000000000000000000001"
)

type placedOrder struct {
	OrderID, InvoiceID, InvoiceURL, Session, Signature, Status string
	PaymentSessionHeaders                                      map[string]string `json:"payment_session_headers"`
	Amount                                                     json.Number
	ExpiresAt                                                  int64
	Endpoints                                                  map[string]string
}

func invoiceBody(estimateID, addressID, more string) string {
	return `{"customer_id":"cust_1","estimateId":"` + estimateID + `","addressId":"` + addressID + `"` + more + `}`
}

// checkout goes through the checkout of one Echo (4th Gen) for cust_1; more are members of
// the last request.
func checkout(t *testing.T, s *pepaytest.Server, more string) placedOrder {
	t.Helper()
	e := estimate(t, s, anItem)
	a := setAddress(t, s, e.EstimateID, jane)
	return commerceData[placedOrder](t, s, http.MethodPost, checkoutPath+"/invoice", invoiceBody(e.EstimateID, a.AddressID, more))
}

type orderAnswer struct {
	OrderID, InvoiceID, Status, CancellationStatus, RefundStatus, TotalAmountUSD string
	Substatus, WalletAddress, WalletNetwork                                      *string
	Actions                                                                      struct{ CanCancel bool }
	Payment                                                                      struct {
		Status     string
		TxHash     *string
		Settlement struct {
			Status          string
			TxHash, Network *string
		}
	}
	Timeline    []struct{ Status, Message string }
	Fulfillment struct {
		Shipments []struct{ Carrier, TrackingNumber, CarrierTrackingURL, DeliveryStatus string }
	}
	LineItems []struct{ ProductID, Price, Status string }
	Refund    struct {
		Status                                         string
		AmountUSD, DestinationWalletAddressBsc, TxHash *string
	}
}

func getOrder(t *testing.T, s *pepaytest.Server, id string) orderAnswer {
	t.Helper()
	return commerceData[orderAnswer](t, s, http.MethodGet, ordersPath+"/"+id, "")
}

// simulate makes an order take steps.
func simulate(t *testing.T, s *pepaytest.Server, id string, steps ...string) {
	t.Helper()
	for _, step := range steps {
		commerceData[struct{}](t, s, http.MethodPost, simulatePath(id), stepBody(step))
	}
}

func simulatePath(id string) string { return "/api/commerce/devnet/orders/" + id + "/simulate" }

// stepBody is a transition, with more members after a space.
func stepBody(step string) string {
	step, more, _ := strings.Cut(step, " ")
	return `{"transitionTo":"` + step + `"` + more + `}`
}

const paidFromBSC = `payment_confirmed ,"walletNetwork":"bsc","walletAddress":"` + bscWallet + `"`

func TestCheckoutInvoice(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	e := estimate(t, s, anItem)
	a := setAddress(t, s, e.EstimateID, jane)
	addItem(t, s, "A", "1", "1")
	made := commerceData[placedOrder](t, s, http.MethodPost, checkoutPath+"/invoice", invoiceBody(e.EstimateID, a.AddressID, `,"webhookUrl":"https://example.com"`))
	if made.Amount != "103.99" || made.Status != "unpaid" || made.ExpiresAt != fixedClock().Add(30*time.Minute).Unix() {
		t.Errorf("got %+v", made)
	}
	if made.PaymentSessionHeaders["x-session-token"] != made.Session || made.PaymentSessionHeaders["x-signature"] != made.Signature ||
		!strings.Contains(made.InvoiceURL, made.Session) || made.Signature == "" {
		t.Errorf("session %+v", made)
	}
	if made.Endpoints["checkOrder"] != ordersPath+"/"+made.OrderID || made.Endpoints["cancelOrder"] != ordersPath+"/"+made.OrderID+"/cancel" {
		t.Errorf("endpoints %v", made.Endpoints)
	}
	if r := commerce(t, s, http.MethodGet, made.Endpoints["checkPayment"], ""); r.status != http.StatusOK {
		t.Errorf("checkPayment: %d %s", r.status, r.body)
	}
	inv := s.Invoices()[0]
	if inv.ID != made.InvoiceID || inv.CommerceOrderID != made.OrderID || inv.InvoiceType != "commerce" || inv.Amount != 103_990 || inv.CustomerID != "cust_1" {
		t.Errorf("the invoice is %+v", inv)
	}
	events := s.Events()
	if len(events) != 2 || events[0].Type != pepay.EventInvoiceCreated || events[1].Type != pepay.EventCommerceOrderCreated {
		t.Errorf("events %v", events)
	}
	if cart := getCart(t, s, ofCust1); len(cart.Items) != 1 {
		t.Errorf("the cart is %+v", cart)
	}
	got := getOrder(t, s, made.OrderID)
	if got.Status != "pending_payment" || got.Payment.Status != "pending" || got.TotalAmountUSD != "103.99" || got.LineItems[0].Price != "99.99" ||
		got.Actions.CanCancel || len(got.Timeline) != 0 {
		t.Errorf("the order is %+v", got)
	}
}

func TestCheckoutInvoiceRefuses(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithKey("ck_other", pepaytest.Key{MerchantID: 456, Scope: "commerce"}))
	e := estimate(t, s, anItem)
	a := setAddress(t, s, e.EstimateID, jane)
	theirs := ofAnotherMerchant(t, s)
	none := estimate(t, s, `{"customer_id":"cust_1","items":[{"productId":"B000000000"}]}`)
	others := estimate(t, s, `{"customer_id":"cust_2","items":[{"productId":"B08N5WRWNW"}]}`)
	othersAddress := commerceData[addressAnswer](t, s, http.MethodPost, checkoutPath+"/address", addressBody(others.EstimateID, "cust_2", jane))
	for name, c := range map[string]struct{ body, code, message string }{
		"no estimate":         {invoiceBody(aUUID, a.AddressID, ""), "CHECKOUT_ERROR", "estimateId: no such estimate"},
		"another's estimate":  {invoiceBody(others.EstimateID, a.AddressID, ""), "CHECKOUT_ERROR", "customer_id: the estimate is for another customer"},
		"no address":          {invoiceBody(e.EstimateID, aUUID, ""), "CHECKOUT_ERROR", "addressId: the customer has no such address"},
		"another's address":   {invoiceBody(e.EstimateID, othersAddress.AddressID, ""), "CHECKOUT_ERROR", "addressId: the customer has no such address"},
		"another merchant's":  {invoiceBody(e.EstimateID, theirs, ""), "CHECKOUT_ERROR", "addressId: the customer has no such address"},
		"nothing to order":    {invoiceBody(none.EstimateID, a.AddressID, ""), "CHECKOUT_ERROR", "None of the items"},
		"a bad refund wallet": {invoiceBody(e.EstimateID, a.AddressID, `,"refundDestinationWalletAddressBsc":"0x1"`), "VALIDATION_ERROR", "refundDestinationWalletAddressBsc must be an address on bsc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantBad(t, commerce(t, s, http.MethodPost, checkoutPath+"/invoice", c.body), c.code, c.message)
		})
	}
	t.Cleanup(func() {
		if n := len(s.Orders()); n != 0 {
			t.Errorf("%d orders were made", n)
		}
	})
}

// ofAnotherMerchant is the address of another merchant's customer of the same name.
func ofAnotherMerchant(t *testing.T, s *pepaytest.Server) string {
	t.Helper()
	post := func(path, body string) reply {
		r, err := request(t, s, http.MethodPost, checkoutPath+path, body, "x-api-key", "ck_other")
		if err != nil || r.status != http.StatusOK {
			t.Fatalf("%s: %v %s", path, err, r.body)
		}
		return r
	}
	e := decode[struct{ Data estimateAnswer }](t, post("/estimate", anItem)).Data
	return decode[struct{ Data addressAnswer }](t, post("/address", addressBody(e.EstimateID, "cust_1", jane))).Data.AddressID
}

func TestCheckoutInvoiceExpiredEstimate(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	e := estimate(t, s, anItem)
	a := setAddress(t, s, e.EstimateID, jane)
	s.Advance(15 * time.Minute)
	wantBad(t, commerce(t, s, http.MethodPost, checkoutPath+"/invoice", invoiceBody(e.EstimateID, a.AddressID, "")), "CHECKOUT_ERROR", "estimateId: the estimate has expired")
}

func TestCheckoutInvoiceIsIdempotent(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	e := estimate(t, s, anItem)
	a := setAddress(t, s, e.EstimateID, jane)
	body := invoiceBody(e.EstimateID, a.AddressID, "")
	first := commerce(t, s, http.MethodPost, checkoutPath+"/invoice", body, "Idempotency-Key", aUUID)
	if again := commerce(t, s, http.MethodPost, checkoutPath+"/invoice", body, "Idempotency-Key", aUUID); again.body != first.body {
		t.Errorf("first %s\nagain %s", first.body, again.body)
	}
	other := invoiceBody(e.EstimateID, a.AddressID, `,"refundDestinationWalletAddressBsc":"`+bscWallet+`"`)
	wantError(t, commerce(t, s, http.MethodPost, checkoutPath+"/invoice", other, "Idempotency-Key", aUUID), http.StatusConflict, "IDEMPOTENCY_CONFLICT")
	if n := len(s.Orders()); n != 1 {
		t.Errorf("%d orders", n)
	}
	// A retry with another key is another attempt, with an invoice of its own.
	commerceData[placedOrder](t, s, http.MethodPost, checkoutPath+"/invoice", body, "Idempotency-Key", anotherUUID)
	if orders := s.Orders(); len(orders) != 2 || orders[0].InvoiceID == orders[1].InvoiceID {
		t.Errorf("%+v", orders)
	}
}

// An event's object is that of the REST API with three members before it.
func TestOrderEventsShowWhatTheAPIShows(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	made := checkout(t, s, "")
	for i, step := range []string{"", paidFromBSC, "payment_settled", "placed", "shipped", "delivery_confirmed", "refunded"} {
		if i > 0 {
			simulate(t, s, made.OrderID, step)
		}
		s.Advance(time.Second)
		shown := commerce(t, s, http.MethodGet, ordersPath+"/"+made.OrderID, "").body
		events := s.Events()
		last := events[len(events)-1]
		head := `{"object":"commerce_order","id":"` + made.OrderID + `","invoice_id":"` + made.InvoiceID + `",`
		want := head + strings.TrimSuffix(strings.TrimPrefix(shown, `{"success":true,"data":{`), "}")
		if got := string(last.Data.Object); got != want {
			t.Fatalf("after %q the event %s has\n%s\nwant\n%s", step, last.Type, got, want)
		}
		var fromEvent, fromREST pepay.Order
		if err := json.Unmarshal(last.Data.Object, &fromEvent); err != nil {
			t.Fatal(err)
		}
		fromREST = s.Orders()[0]
		if passed := fromREST.UpdatedAt.Sub(fromREST.CreatedAt.Time); passed < time.Duration(i)*time.Second {
			t.Errorf("after %q it was updated %s after it was created", step, passed)
		}
		fromREST.Object = "commerce_order"
		if got, want := sprint(string(mustJSON(t, fromEvent))), sprint(string(mustJSON(t, fromREST))); got != want {
			t.Errorf("decoded\n%s\nwant\n%s", got, want)
		}
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOrdersOfTheServer(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	if orders := s.Orders(); orders == nil || len(orders) != 0 {
		t.Errorf("got %v", orders)
	}
	first, second := checkout(t, s, ""), checkout(t, s, "")
	orders := s.Orders()
	if len(orders) != 2 || orders[0].ID != first.OrderID || orders[1].ID != second.OrderID || orders[0].LineItems[0].Title != "Echo (4th Gen)" {
		t.Errorf("got %+v", orders)
	}
}

func TestOrderFollowsItsInvoice(t *testing.T) {
	t.Parallel()
	t.Run("paid and settled", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		made := checkout(t, s, "")
		if err := s.Pay(made.InvoiceID, pepaytest.Payment{Millis: 100}); err != nil {
			t.Fatal(err)
		}
		if got := getOrder(t, s, made.OrderID); got.Status != "pending_payment" || got.Payment.Status != "underpaid" {
			t.Errorf("underpaid: %+v", got)
		}
		if err := s.Pay(made.InvoiceID, pepaytest.Payment{}); err != nil {
			t.Fatal(err)
		}
		got := getOrder(t, s, made.OrderID)
		if got.Status != "processing" || got.Payment.Status != "paid" || *got.Payment.TxHash == "" || got.Substatus != nil ||
			got.Timeline[0].Message != "Payment received, processing order" || *got.WalletNetwork != "base" || got.Refund.DestinationWalletAddressBsc != nil {
			t.Errorf("paid: %+v", got)
		}
		if err := s.Settle(made.InvoiceID); err != nil {
			t.Fatal(err)
		}
		got = getOrder(t, s, made.OrderID)
		if got.Status != "processing" || *got.Substatus != "PROVIDER_PLACEMENT_SUBMITTED" || got.Payment.Settlement.Status != "settled" || got.Payment.Settlement.TxHash == nil {
			t.Errorf("settled: %+v", got)
		}
		types := map[string]int{}
		for _, ev := range s.Events() {
			types[ev.Type]++
		}
		if types[pepay.EventCommerceOrderUpdated] != 3 {
			t.Errorf("events %v", types)
		}
	})
	t.Run("a settlement fails", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		made := checkout(t, s, "")
		if err := s.Pay(made.InvoiceID, pepaytest.Payment{}); err != nil {
			t.Fatal(err)
		}
		if err := s.FailSettlement(made.InvoiceID); err != nil {
			t.Fatal(err)
		}
		if got := getOrder(t, s, made.OrderID); got.Payment.Settlement.Status != "failed" || got.Substatus != nil {
			t.Errorf("got %+v", got)
		}
		simulate(t, s, made.OrderID, "payment_settled")
		if got := getOrder(t, s, made.OrderID); got.Payment.Settlement.Status != "settled" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("expired", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		made := checkout(t, s, "")
		s.Advance(30*time.Minute + time.Second)
		if got := getOrder(t, s, made.OrderID); got.Status != "pending_payment" || got.Payment.Status != "expired" {
			t.Errorf("got %+v", got)
		}
		r := commerce(t, s, http.MethodPost, simulatePath(made.OrderID), stepBody("payment_confirmed"))
		wantBad(t, r, "INVALID_TRANSITION", "transitionTo: payment_confirmed is not possible, the invoice is expired; the order is pending_payment and can go to nothing")
	})
	t.Run("expired and cancelled", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithCommerceRules(pepaytest.CommerceRules{CancelExpired: true}))
		made := checkout(t, s, "")
		s.Advance(30*time.Minute + time.Second)
		if got := getOrder(t, s, made.OrderID); got.Status != "cancelled" || got.CancellationStatus != "cancelled" {
			t.Errorf("got %+v", got)
		}
	})
}

// The payment of an order's invoice does not say that it is commerce's; the commerce
// scope has it all the same.
func TestCommerceSeesThePaymentsOfItsInvoices(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	for _, inv := range append(s.Invoices(), pepay.Invoice{ID: checkout(t, s, "").InvoiceID}) {
		if err := s.Pay(inv.ID, pepaytest.Payment{}); err != nil {
			t.Fatal(err)
		}
	}
	r := commerce(t, s, http.MethodGet, "/api/v1/events?type=invoice_payment.*", "")
	if n := strings.Count(r.body, `"object":"invoice_payment"`); r.status != http.StatusOK || n != 2 {
		t.Errorf("%d events of payments, want the 2 of the order's: %d %s", n, r.status, r.body)
	}
}
