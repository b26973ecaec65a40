package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// course calls the service methods in the order in which a shop would.
type course struct {
	t      *testing.T
	sim    *pepaytest.Server
	ctx    context.Context
	client *wrapper.Client
}

// ok fails the test if the call before it failed.
func (c *course) ok(what string, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Errorf("%s: %v", what, err)
	}
}

func ok[T any](c *course, what string) func(T, error) T {
	return func(v T, err error) T {
		c.t.Helper()
		c.ok(what, err)
		return v
	}
}

// The whole simulator through Prism: no request of the SDK and no answer of the
// simulator violates the contract.
func TestPrismSeesNoViolation(t *testing.T) {
	t.Parallel()
	sim := pepaytest.NewServer(t)
	p := newPrism(t, sim.URL())
	client := func(opts ...wrapper.Option) *wrapper.Client {
		opts = append(opts, wrapper.WithBaseURL(p.url), wrapper.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}))
		made, err := wrapper.New(opts...)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := &course{t: t, sim: sim, ctx: ctx, client: client(wrapper.WithAPIKey(sim.APIKey()), wrapper.WithCommerceAPIKey(sim.CommerceAPIKey()))}
	c.invoices()
	c.shop()
	c.events()
	c.client = client(wrapper.WithBearerToken(sim.BearerToken()))
	c.account()
	p.check(t, 60)
}

// invoices goes through the life of two invoices, from both sides.
func (c *course) invoices() {
	c.t.Helper()
	inv := c.client.Invoices
	made := ok[*pepay.CreatedInvoice](c, "create")(inv.Create(c.ctx, pepay.CreateInvoiceRequest{
		AmountUSD: decimal("49.99"), Description: "Order 1", CustomerID: "cust_123", Metadata: json.RawMessage(`{"order":1}`),
		Questions: pepay.QuestionListInput{Questions: []pepay.InvoiceQuestionInput{{ID: "q1", Question: "Size?", Type: "text"}}},
	}))
	if made == nil {
		return
	}
	c.payor(made)
	c.ok("underpay", c.sim.Pay(made.InvoiceID, pepaytest.Payment{Millis: 10_000}))
	c.look(made.InvoiceID)
	c.ok("pay the rest", c.sim.Pay(made.InvoiceID, pepaytest.Payment{}))
	c.look(made.InvoiceID)
	c.ok("settle", c.sim.Settle(made.InvoiceID))
	c.look(made.InvoiceID)
	other := ok[*pepay.CreatedInvoice](c, "create the other")(inv.Create(c.ctx, pepay.CreateInvoiceRequest{AmountUSD: decimal("5")}))
	if other != nil {
		c.ok("expire", c.sim.Expire(other.InvoiceID))
		c.look(other.InvoiceID)
	}
	ok[*pepay.InvoiceList](c, "list")(inv.List(c.ctx, wrapper.InvoiceParams{Limit: 10, InvoiceExpand: wrapper.InvoiceExpand{Expand: []string{"latest_payment", "payments"}}}))
	ok[*pepay.InvoiceList](c, "list by customer")(inv.ListByCustomer(c.ctx, "cust_123", wrapper.InvoiceParams{Limit: 10}))
	ok[*pepay.InvoiceTotals](c, "totals")(inv.Totals(c.ctx, wrapper.InvoiceTotalsParams{}))
	if _, err := inv.Get(c.ctx, "550e8400-e29b-41d4-a716-446655440000", wrapper.InvoiceExpand{}); err == nil {
		c.t.Error("an invoice that is not there was found")
	}
}

// look reads an invoice in every way.
func (c *course) look(id string) {
	c.t.Helper()
	ok[*pepay.Invoice](c, "get")(c.client.Invoices.Get(c.ctx, id, wrapper.InvoiceExpand{Expand: []string{"payments", "latest_payment"}, PaymentsLimit: 5}))
	ok[*pepay.InvoiceStatusReport](c, "status")(c.client.Invoices.Status(c.ctx, id))
}

// payor is the other side of an invoice.
func (c *course) payor(made *pepay.CreatedInvoice) {
	c.t.Helper()
	payor := c.client.Payor(made.SessionToken, made.Signature)
	ok[*pepay.PaymentSession](c, "details")(payor.Details(c.ctx))
	tokens := ok[[]pepay.PaymentToken](c, "tokens")(payor.AvailableTokens(c.ctx, wrapper.PayorTokenParams{Mode: "all", Network: "base"}))
	if len(tokens) > 0 {
		ok[*pepay.PaymentAddress](c, "address")(payor.AllocateAddress(c.ctx, pepay.AllocateAddressRequest{Network: tokens[0].Network, TokenID: tokens[0].ID}))
	} else {
		c.t.Error("there are no tokens to pay with")
	}
	ok[*pepay.PaymentStatus](c, "payment status")(payor.Status(c.ctx))
	c.ok("set email", payor.SetEmail(c.ctx, "jo@example.com"))
	ok[string](c, "email")(payor.Email(c.ctx))
	ok[*pepay.InvoiceQuestions](c, "questions")(payor.Questions(c.ctx))
	c.ok("answer", payor.Submit(c.ctx, []pepay.QuestionResponse{{QuestionID: "q1", Response: "L"}}))
	ok[*pepay.ManualVerification](c, "verify")(payor.Verify(c.ctx, made.InvoiceID, pepay.VerifyInvoiceRequest{Network: "base"}))
	ok[*pepay.ManualVerification](c, "verification")(payor.Verification(c.ctx, made.InvoiceID))
}

// shop goes from the catalogue to the delivered order, and cancels another.
func (c *course) shop() {
	c.t.Helper()
	commerce, who := c.client.Commerce, wrapper.Customer{ID: "cust_123"}
	ok[*pepay.CommerceStatus](c, "commerce status")(commerce.Status(c.ctx))
	ok[json.RawMessage](c, "info")(commerce.Info(c.ctx))
	ok[*pepay.ProductSearchResult](c, "search")(commerce.Search(c.ctx, wrapper.ProductSearchParams{Q: "headphones", Limit: 10}))
	ok[json.RawMessage](c, "product")(commerce.Product(c.ctx, "B08N5WRWNW"))
	ok[*pepay.ProductOffers](c, "offers")(commerce.Offers(c.ctx, "B08N5WRWNW"))
	item := pepay.CartItemInput{ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Title: "Echo (4th Gen)", Price: decimal("99.99"), Quantity: 1}
	ok[*pepay.Cart](c, "create cart")(commerce.Carts.Create(c.ctx, who, &item))
	ok[*pepay.Cart](c, "cart")(commerce.Carts.Get(c.ctx, who))
	item.ProductID = "B0BSHF7WHW"
	if added := ok[*pepay.CartItemChange](c, "add item")(commerce.Carts.AddItem(c.ctx, who, item)); added != nil {
		ok[*pepay.CartItemChange](c, "update item")(commerce.Carts.UpdateItem(c.ctx, who, added.ItemID, 2))
		c.ok("remove item", commerce.Carts.RemoveItem(c.ctx, who, added.ItemID))
	}
	ok[*pepay.CartValidation](c, "validate")(commerce.Carts.Validate(c.ctx, who))
	ok[*pepay.CartTotals](c, "cart totals")(commerce.Carts.Totals(c.ctx, who, "94105"))
	c.order(func(order string) {
		for _, to := range []pepay.OrderTransition{pepay.OrderTransitionShipped, pepay.OrderTransitionDeliveryConfirmed} {
			ok[*pepay.Order](c, string(to))(commerce.Devnet.Simulate(c.ctx, order, pepay.SimulateOrderRequest{TransitionTo: to}))
			ok[*pepay.Order](c, "order")(commerce.Orders.Get(c.ctx, order))
		}
	})
	c.order(func(order string) {
		ok[*pepay.OrderCancellation](c, "cancel")(commerce.Orders.Cancel(c.ctx, order, pepay.CancelOrderRequest{RefundDestinationWalletAddressBsc: "0x1111111111111111111111111111111111111111"}))
	})
	ok[*pepay.OrderList](c, "orders")(commerce.Orders.List(c.ctx, wrapper.OrderParams{CustomerID: "cust_123", Limit: 20}))
	addresses := ok[[]pepay.Address](c, "addresses")(commerce.Addresses.List(c.ctx, who, wrapper.AddressParams{Limit: 10}))
	if len(addresses) > 0 {
		c.ok("delete address", commerce.Addresses.Delete(c.ctx, addresses[0].AddressID))
	}
	ok[int64](c, "clear cart")(commerce.Carts.Clear(c.ctx, who))
}

// order checks out, pays, and goes on with the order when it is placed.
func (c *course) order(then func(orderID string)) {
	c.t.Helper()
	commerce := c.client.Commerce
	estimate := ok[*pepay.Estimate](c, "estimate")(commerce.Checkout.Estimate(c.ctx, pepay.EstimateRequest{
		CustomerID: "cust_123",
		Items:      []pepay.EstimateItemInput{{ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Title: "Echo (4th Gen)", Quantity: 2, Price: decimal("99.99")}},
	}))
	if estimate == nil {
		return
	}
	address := ok[*pepay.CheckoutAddress](c, "address")(commerce.Checkout.SetAddress(c.ctx, pepay.CheckoutAddressRequest{
		CustomerID: "cust_123", EstimateID: estimate.EstimateID,
		Address: pepay.ShippingAddress{
			FirstName: "Jo", LastName: "Doe", StreetAddress: "1 Market St", City: "San Francisco", State: "CA", ZipCode: "94105", Country: "US",
			Phone: "+14155550123", Email: "jo@example.com",
		},
	}))
	if address == nil {
		return
	}
	made := ok[*pepay.CheckoutInvoice](c, "checkout invoice")(commerce.Checkout.CreateInvoice(c.ctx, pepay.CheckoutInvoiceRequest{
		CustomerID: "cust_123", EstimateID: estimate.EstimateID, AddressID: address.AddressID,
		RefundDestinationWalletAddressBsc: "0x1111111111111111111111111111111111111111",
	}))
	if made == nil {
		return
	}
	ok[*pepay.OrderReconciliation](c, "by invoice")(commerce.Orders.ByInvoice(c.ctx, made.InvoiceID))
	c.ok("pay the order", c.sim.Pay(made.InvoiceID, pepaytest.Payment{}))
	c.ok("settle the order", c.sim.Settle(made.InvoiceID))
	ok[*pepay.Order](c, "place")(commerce.Devnet.Simulate(c.ctx, made.OrderID, pepay.SimulateOrderRequest{TransitionTo: pepay.OrderTransitionPlaced}))
	then(made.OrderID)
	ok[*pepay.Order](c, "order")(commerce.Orders.Get(c.ctx, made.OrderID))
	ok[*pepay.OrderReconciliation](c, "by invoice, in the end")(commerce.Orders.ByInvoice(c.ctx, made.InvoiceID))
	ok[*pepay.OrderPayment](c, "order payment")(commerce.Payments.Status(c.ctx, made.OrderID))
	ok[[]pepay.OrderPaymentResult](c, "order payments")(commerce.Payments.BulkStatus(c.ctx, []string{made.OrderID, "550e8400-e29b-41d4-a716-446655440003"}))
}

// events reads those of both scopes.
func (c *course) events() {
	c.t.Helper()
	list := ok[*pepay.EventList](c, "events")(c.client.Events.List(c.ctx, wrapper.EventParams{Limit: 100}))
	if list == nil || len(list.Data) == 0 {
		c.t.Fatal("there are no events")
	}
	ok[*pepay.Event](c, "event")(c.client.Events.Get(c.ctx, list.Data[0].ID))
	for _, scope := range []pepay.WSTokenScope{pepay.WSTokenScopeMerchant, pepay.WSTokenScopeCommerce} {
		ok[*pepay.WSToken](c, "token")(c.client.WSTokens.Mint(c.ctx, wrapper.MintParams{Scope: scope}))
	}
}

// account is what the dashboard does.
func (c *course) account() {
	c.t.Helper()
	ok[*pepay.MerchantTokens](c, "merchant tokens")(c.client.Tokens.List(c.ctx, pepay.NetworkEnvironmentDevnet))
	page := ok[*pepay.MerchantTokenPage](c, "search tokens")(c.client.Tokens.Search(c.ctx, wrapper.TokenSearchParams{Environment: pepay.NetworkEnvironmentDevnet, Limit: 5}))
	if page != nil && len(page.Tokens) > 0 {
		c.ok("block", c.client.Tokens.SetBlocked(c.ctx, page.Tokens[0].ID, true))
	}
	preference := ok[*pepay.SettlementPreference](c, "settlement")(c.client.Settlement.Preference(c.ctx))
	if preference != nil && len(preference.AvailableStableTokens) > 0 {
		ok[*pepay.SettlementTokenUpdate](c, "settlement token")(c.client.Settlement.SetToken(c.ctx, preference.AvailableStableTokens[0].ID))
	}
	ok[*pepay.SettlementTokenUpdate](c, "default settlement token")(c.client.Settlement.SetToken(c.ctx, 0))
	key := ok[*pepay.CreatedAPIKey](c, "create key")(c.client.APIKeys.Create(c.ctx, pepay.CreateAPIKeyRequest{Name: "CI", Scope: pepay.WSTokenScopeMerchant}))
	ok[[]pepay.APIKey](c, "keys")(c.client.APIKeys.List(c.ctx, ""))
	if key != nil {
		c.ok("revoke key", c.client.APIKeys.Revoke(c.ctx, key.KeyID))
	}
	ok[[]pepay.APIKey](c, "keys of a scope")(c.client.APIKeys.List(c.ctx, pepay.WSTokenScopeMerchant))
	ok[*pepay.MainnetAccess](c, "mainnet status")(c.client.Account.MainnetStatus(c.ctx))
	c.ok("activate mainnet", c.client.Account.ActivateMainnet(c.ctx))
	c.ok("set environment", c.client.Account.SetEnvironment(c.ctx, pepay.NetworkEnvironmentDevnet))
}

func decimal(text string) pepay.Decimal {
	d, err := pepay.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return d
}

// The example shop, with an invoice that expires, one that is underpaid, and one to the
// delivery: neither its back end nor the simulator violates the contract.
func TestPrismSeesTheShop(t *testing.T) {
	t.Parallel()
	sim := pepaytest.NewServer(t)
	p := newPrism(t, sim.URL())
	stream := "ws" + strings.TrimPrefix(sim.URL(), "http") // Prism knows no WebSocket
	s := startShop(t, sim, "PEPAY_API_URL="+p.url, "PEPAY_WS_URL="+stream)
	for _, walk := range []string{"expired", "underpaid", "from the cart to the delivery"} { // webhooks come with the last
		checkoutWalks[walk](t, s, newTab(t).page)
	}
	p.check(t, 40)
}

// What Prism is there for: it finds a wrong request and a wrong answer.
func TestPrismFindsViolations(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"object":"list","data":[{"id":"inv_1","status":"lost"}],"has_more":false}`))
	}))
	t.Cleanup(upstream.Close)
	p := newPrism(t, upstream.URL)
	for query, want := range map[string]string{
		"limit=1": "Violation", // of the answer
		"limit=0": "UNPROCESSABLE_ENTITY",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/api/v1/invoices?"+query, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("x-api-key", "pk_any")
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode < 400 {
			t.Errorf("%s: %s", query, resp.Status)
		}
		waitFor(t, query, func() bool {
			return strings.Contains(strings.ToLower(strings.Join(p.violations(), "\n")), strings.ToLower(want))
		})
	}
}
