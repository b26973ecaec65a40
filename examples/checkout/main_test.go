package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

const webhookSecret = "the endpoint's secret"

// store is the shop with a simulator behind it, and a person in front of it.
type store struct {
	t        *testing.T
	sim      *pepaytest.Server
	shop     *shop
	url      string
	hooks    string // the same without TLS, for webhooks
	endpoint *pepaytest.Endpoint
	passed   *atomic.Int64 // how far Advance went
	person
}

// person has a browser's cookies.
type person struct {
	t      *testing.T
	url    string
	client *http.Client
	seen   *strings.Builder // everything that the shop answered, but tokens
}

func newStore(t *testing.T) *store {
	t.Helper()
	sim := pepaytest.NewServer(t)
	passed := new(atomic.Int64)
	s := newTestShop(t,
		wrapper.WithBaseURL(sim.URL()), wrapper.WithHTTPClient(sim.Client()), wrapper.WithAPIKey(sim.APIKey()),
		wrapper.WithCommerceAPIKey(sim.CommerceAPIKey()), wrapper.WithRetry(wrapper.RetryPolicy{}))
	s.now = func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	handler := s.handler()
	secure, plain := httptest.NewTLSServer(handler), httptest.NewServer(handler) // the cookie wants TLS of a client in Go
	t.Cleanup(secure.Close)
	t.Cleanup(plain.Close)
	st := &store{t: t, sim: sim, shop: s, url: secure.URL, hooks: plain.URL, passed: passed}
	st.endpoint = sim.AddWebhook(plain.URL+"/pepay/webhook", webhookSecret, "commerce.order.*", "invoice.*")
	st.person = st.newPerson(secure.Client().Transport)
	return st
}

func (s *store) newPerson(transport http.RoundTripper) person {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return person{s.t, s.url, &http.Client{Transport: transport, Jar: jar}, new(strings.Builder)}
}

// advance moves the business time of Pepay, and that of the shop.
func (s *store) advance(d time.Duration) {
	s.t.Helper()
	s.passed.Add(int64(d))
	s.sim.Advance(d)
	s.delivered()
}

// delivered waits until all webhooks have arrived.
func (s *store) delivered() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	if err := s.endpoint.Wait(ctx); err != nil {
		s.t.Fatal(err)
	}
}

func (p *person) do(req *http.Request, status int) string {
	p.t.Helper()
	resp, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		p.t.Fatalf("%s %s: %s %v\n%s", req.Method, req.URL.Path, resp.Status, err, body)
	}
	if req.URL.Path != "/payment-token" {
		_ = resp.Header.Write(p.seen)
		p.seen.Write(body)
	}
	return html.UnescapeString(string(body))
}

func (p *person) page() string {
	p.t.Helper()
	return p.do(p.get("/"), http.StatusOK)
}

func (p *person) get(path string) *http.Request {
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+path, http.NoBody)
	if err != nil {
		p.t.Fatal(err)
	}
	return req
}

// submit sends a form as the page has it, and is led to the page that follows.
func (p *person) submit(action string, fields ...string) string {
	p.t.Helper()
	return p.do(p.form(action, fields...), http.StatusOK)
}

func (p *person) form(action string, fields ...string) *http.Request {
	form := url.Values{}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, "=")
		form.Set(name, value)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+action, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return req
}

func (p *person) wantPage(page string, words ...string) {
	p.t.Helper()
	for _, word := range words {
		if !strings.Contains(page, word) {
			p.t.Fatalf("the page does not say %q:\n%s", word, page)
		}
	}
}

// janesAddress is one that Pepay takes.
var janesAddress = []string{
	"first_name=Jane", "last_name=Doe", "street_address=123 Main St", "address_line2=Apt 4B", "city=Miami", "state=FL", "zip_code=33101",
	"country=US", "phone=+13055550123", "email=jane@example.com",
}

const headphones = "B000NPYY04" // of the simulator's catalogue, 129.99 dollars

// toInvoice goes from the empty cart to an invoice, and gives its page.
func (p *person) toInvoice() string {
	p.t.Helper()
	p.page()
	p.submit("/cart", "product="+headphones, "add=1")
	p.submit("/checkout")
	p.submit("/address", janesAddress...)
	return p.submit("/order")
}

// invoice is the latest one.
func (s *store) invoice() pepay.Invoice {
	s.t.Helper()
	all := s.sim.Invoices()
	if len(all) == 0 {
		s.t.Fatal("there is no invoice")
	}
	return all[len(all)-1]
}

func (s *store) pay(p pepaytest.Payment) {
	s.t.Helper()
	if err := s.sim.Pay(s.invoice().ID, p); err != nil {
		s.t.Fatal(err)
	}
	s.delivered()
}

// transition moves the order.
func (s *store) transition(to pepay.OrderTransition) {
	s.t.Helper()
	if _, err := s.shop.client.Commerce.Devnet.Simulate(s.t.Context(), s.invoice().CommerceOrderID, pepay.SimulateOrderRequest{TransitionTo: to}); err != nil {
		s.t.Fatal(err)
	}
	s.delivered()
}

// asked is how often an operation was asked for.
func (s *store) asked(operation string) (n int) {
	for _, r := range s.sim.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

var tokenOption = regexp.MustCompile(`<option value="(\d+)"[^>]*>(\w+) on (\w+)`)

// The whole course, to the end.
func TestFromCartToDelivery(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.wantPage(s.page(), "Wireless Headphones", "$129.99", "Your cart is empty.")
	s.wantPage(s.submit("/cart", "product="+headphones, "add=1"), `value="1" min="0"`, "Subtotal", "$129.99")
	s.wantPage(s.submit("/cart", "product="+headphones, "add=1"), `value="2" min="0"`, "$259.98")
	s.wantPage(s.submit("/cart", "product="+headphones, "quantity=0"), "Your cart is empty.")
	s.wantPage(s.submit("/cart", "product="+headphones, "quantity=1"), `value="1" min="0"`)
	s.wantPage(s.submit("/checkout"), "Where shall it go?", "1 × Wireless Headphones", "Total")
	s.wantPage(s.submit("/address", append(janesAddress, "city=")...), "The address lacks the city.", `value="123 Main St"`)
	s.wantPage(s.submit("/address", janesAddress...), "Is this right?", "123 Main St", "Miami, FL 33101")
	s.wantPage(s.submit("/order", "refund_to=0x1"), "A wallet on BSC is 0x and 40 digits")
	page := s.submit("/order", "refund_to=0x1111111111111111111111111111111111111111")
	s.wantPage(page, "Waiting for your payment", "Choose the token", "data-live")

	choice := tokenOption.FindStringSubmatch(page)
	if choice == nil {
		t.Fatalf("there is no token to choose:\n%s", page)
	}
	page = s.submit("/quote", "token="+choice[1])
	s.wantPage(page, "Send exactly", choice[2], choice[3], "<svg", "data-stream", "This quote holds until")

	before := s.asked("getOrder")
	s.pay(pepaytest.Payment{})
	s.wantPage(s.page(), "Paid", ">Order<")
	for _, step := range []struct {
		to    pepay.OrderTransition
		words string
	}{
		{pepay.OrderTransitionPaymentSettled, "Being ordered"},
		{pepay.OrderTransitionPlaced, "The retailer has the order."},
		{pepay.OrderTransitionShipped, "It is on its way to you."},
		{pepay.OrderTransitionDeliveryConfirmed, "It has arrived."},
	} {
		s.transition(step.to)
		asked := s.asked("getOrder")
		s.wantPage(s.page(), step.words)
		if s.asked("getOrder") != asked {
			t.Errorf("%s: the page asked for the order, which a webhook had told", step.to)
		}
	}
	if s.asked("getOrder") == before {
		t.Error("no webhook had the order read")
	}
	if page := s.page(); strings.Contains(page, "data-live") {
		t.Error("a page that will not change looks for changes")
	}
	s.wantPage(s.submit("/back"), "Your cart is empty.")
	if n := s.asked("clearCart"); n != 1 {
		t.Errorf("the cart was cleared %d times", n)
	}
	s.wantNoSecrets()
}

// wantNoSecrets holds the shop to its promise: the browser gets no key and no
// credential of the payor, and no address has one.
func (s *store) wantNoSecrets() {
	s.t.Helper()
	secrets := []string{s.sim.APIKey(), s.sim.CommerceAPIKey(), webhookSecret, "eyJ"}
	for _, r := range s.sim.Requests() {
		for _, name := range []string{"X-Session-Token", "X-Signature"} {
			if value := r.Header.Get(name); value != "" {
				secrets = append(secrets, value)
			}
		}
	}
	if len(secrets) < 6 {
		s.t.Fatalf("the payor's side was not used: %d secrets", len(secrets))
	}
	for _, secret := range secrets {
		if strings.Contains(s.seen.String(), secret) {
			s.t.Errorf("the shop answered with %.8s…", secret)
		}
		for _, r := range s.sim.Requests() {
			if strings.Contains(fmt.Sprint(r.Path, r.Query), secret) && r.Operation != "openPaymentStream" {
				s.t.Errorf("an address of Pepay has %.8s…: %s", secret, r.Path)
			}
		}
	}
}

// The rest of an underpaid invoice is asked for in the token of the first payment.
func TestUnderpaid(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	page := s.toInvoice()
	options := tokenOption.FindAllStringSubmatch(page, -1)
	if len(options) < 2 {
		t.Fatalf("there is no choice of tokens:\n%s", page)
	}
	first := options[len(options)-1]
	s.submit("/quote", "token="+first[1])
	invoice := s.invoice()
	s.pay(pepaytest.Payment{Millis: 50_000})
	rest := usd(pepay.DecimalFromMillis(invoice.Amount - 50_000))
	page = s.page()
	s.wantPage(page, "A part is still missing", rest, first[2]+" on "+first[3], "Show where to send the rest")
	if strings.Contains(page, "<svg") || strings.Contains(page, "<option") {
		t.Error("the page shows the address for the whole amount, or other tokens")
	}
	page = s.submit("/quote", "token="+options[0][1]) // which a page of before had
	s.wantPage(page, "Send exactly", first[2], "<svg", rest)
	s.pay(pepaytest.Payment{})
	s.wantPage(s.page(), "Paid", ">Order<")
}

func TestOverpaid(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.toInvoice()
	s.pay(pepaytest.Payment{Millis: s.invoice().Amount + 7_010})
	s.wantPage(s.page(), "Paid", "You sent $7.01 more than that")
}

// After five minutes another address and another amount are asked for.
func TestQuoteExpires(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	token := tokenOption.FindStringSubmatch(s.toInvoice())
	first := s.submit("/quote", "token="+token[1])
	s.advance(5 * time.Minute)
	page := s.page()
	s.wantPage(page, "The quote has expired", "Ask for a new quote")
	if strings.Contains(page, "<svg") {
		t.Error("an old address is shown")
	}
	second := s.submit("/quote", "token="+token[1])
	s.wantPage(second, "Send exactly")
	address := regexp.MustCompile(`id="address">([^<]+)<`)
	if a, b := address.FindStringSubmatch(first), address.FindStringSubmatch(second); a == nil || b == nil || a[1] == b[1] {
		t.Errorf("%v, then %v", a, b)
	}
}

// An expired invoice cannot be paid. The cart is still there, and another invoice is made.
func TestInvoiceExpires(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	token := tokenOption.FindStringSubmatch(s.toInvoice())
	s.submit("/quote", "token="+token[1])
	old := s.invoice()
	s.advance(31 * time.Minute)
	page := s.page()
	s.wantPage(page, "The invoice has expired", "Start again")
	if strings.Contains(page, "<svg") {
		t.Error("the address of an expired invoice is shown")
	}
	s.wantPage(s.submit("/quote", "token="+token[1]), "The invoice has expired")
	s.wantPage(s.submit("/back"), "Wireless Headphones", `value="1" min="0"`, "Check out")
	s.submit("/checkout")
	s.submit("/address", janesAddress...)
	s.wantPage(s.submit("/order"), "Waiting for your payment")
	if latest := s.invoice(); latest.ID == old.ID {
		t.Error("it is the same invoice")
	}
}

func TestEstimateExpires(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.page()
	s.submit("/cart", "product="+headphones, "add=1")
	s.submit("/checkout")
	s.submit("/address", janesAddress...)
	s.advance(15 * time.Minute)
	s.wantPage(s.submit("/order"), "The prices were held for a quarter of an hour", "Check out")
	if n := s.asked("createCheckoutInvoice"); n != 0 {
		t.Errorf("%d invoices were asked for", n)
	}
}
