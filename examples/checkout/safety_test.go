package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
)

// The price is the shop's, whatever a form says.
func TestFormsAreNotTrusted(t *testing.T) {
	t.Parallel()
	s := newStore(t) // whose page nobody has seen since it started
	for name, c := range map[string]struct {
		fields []string
		words  string
	}{
		"another price":     {[]string{"product=" + headphones, "quantity=1", "price=0.01", "title=Free"}, "$129.99"},
		"an unknown item":   {[]string{"product=B0UNKNOWN00", "quantity=1"}, "That is not for sale any more."},
		"too many":          {[]string{"product=" + headphones, "quantity=100"}, "from 0 to 99"},
		"less than nothing": {[]string{"product=" + headphones, "quantity=-1"}, "from 0 to 99"},
		"no number":         {[]string{"product=" + headphones, "quantity=many"}, "from 0 to 99"},
	} {
		if page := s.submit("/cart", c.fields...); !strings.Contains(page, c.words) {
			t.Errorf("%s: the page does not say %q:\n%s", name, c.words, page)
		}
	}
	for action, words := range map[string]string{"/address": "Check out first.", "/order": "Check out first.", "/quote": "Check out first."} {
		s.wantPage(s.submit(action, janesAddress...), words)
	}
	s.submit("/checkout")
	s.wantPage(s.submit("/order"), "Say first where to ship it.")
	s.submit("/address", janesAddress...)
	s.submit("/order")
	s.wantPage(s.submit("/quote", "token=999999"), "Choose one of the tokens.")
	s.wantPage(s.submit("/quote", "token=x"), "Choose one of the tokens.")
	s.wantPage(s.submit("/cart", "product="+headphones, "add=1"), "Your order is placed.")
	// What was done cannot be done again, by going back in the browser.
	s.wantPage(s.submit("/checkout"), "Waiting for your payment")
	s.wantPage(s.submit("/address", janesAddress...), "Waiting for your payment")
	s.wantPage(s.submit("/order"), "Waiting for your payment")
	if n := s.asked("createCheckoutInvoice"); n != 1 {
		t.Errorf("%d invoices", n)
	}
}

func TestOnlyOwnPagesChangeAnything(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.page()
	s.submit("/cart", "product="+headphones, "add=1")
	for _, action := range []string{"/cart", "/checkout", "/address", "/order", "/quote", "/back", "/payment-token"} {
		foreign := s.form(action, "product="+headphones, "add=1")
		foreign.Header.Set("Sec-Fetch-Site", "cross-site")
		s.do(foreign, http.StatusForbidden)
		s.do(s.get(action), http.StatusMethodNotAllowed)
	}
	s.wantPage(s.page(), `value="1" min="0"`)
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.page()
	s.submit("/cart", "product="+headphones, "add=1")
	host := strings.TrimPrefix(s.sim.URL(), "http://")
	for _, want := range []string{
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws://" + host + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n",
		"Cache-Control: no-store", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Cross-Origin-Opener-Policy: same-origin",
	} {
		if !strings.Contains(s.seen.String(), want) {
			t.Errorf("no %s", want)
		}
	}
	req := s.form("/cart", "product="+headphones, "add=1")
	resp, err := (&http.Client{Transport: s.client.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	cookie := resp.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-shopper=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie is not %s: %s", want, cookie)
		}
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(cookie, "__Host-shopper="), ";")
	for _, r := range s.sim.Requests() {
		if strings.Contains(string(r.Body)+r.Query.Encode(), id) {
			t.Errorf("%s tells Pepay the cookie", r.Operation)
		}
	}
	for _, file := range []string{"shop.js", "shop.css", "icon.svg", "pepay-stream.js", "theme.css"} {
		s.do(s.get("/static/"+file), http.StatusOK)
	}
	for _, nothing := range []string{"/nothing", "/static/", "/static/index.html", "/static/..%2fmain.go"} {
		s.do(s.get(nothing), http.StatusNotFound)
	}
}

// A stranger costs Pepay so much and no more.
func TestLimits(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.page()
	big := s.form("/cart", "product="+strings.Repeat("x", 2*maxForm))
	s.do(big, http.StatusBadRequest)
	for range shopperPosts {
		s.submit("/cart", "product="+headphones, "quantity=x")
	}
	s.do(s.form("/cart", "product="+headphones, "add=1"), http.StatusTooManyRequests)
	s.do(s.form("/payment-token"), http.StatusTooManyRequests)
	other := s.newPerson(s.client.Transport)
	other.wantPage(other.submit("/cart", "product="+headphones, "add=1"), "$129.99")
	s.passed.Add(int64(time.Minute))
	s.wantPage(s.submit("/cart", "product="+headphones, "add=1"), "$129.99")

	pages := s.newPerson(s.client.Transport)
	pages.toInvoice()
	before := s.asked("getInvoiceStatus")
	for range shopperReads + 10 {
		pages.wantPage(pages.page(), "Waiting for your payment")
	}
	if n := s.asked("getInvoiceStatus") - before; n > shopperReads {
		t.Errorf("Pepay was asked %d times", n)
	}
}

func TestShoppersAreForgotten(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.page()
	s.submit("/cart", "product="+headphones, "add=1")
	s.shop.mu.Lock()
	for i := len(s.shop.shoppers); i < maxShoppers; i++ {
		s.shop.shoppers[strconv.Itoa(i)] = &shopper{ends: s.shop.now().Add(time.Hour)}
	}
	s.shop.mu.Unlock()
	late := s.newPerson(s.client.Transport)
	late.do(late.form("/cart", "product="+headphones, "add=1"), http.StatusTooManyRequests)
	s.wantPage(s.submit("/cart", "product="+headphones, "quantity=2"), `value="2" min="0"`)
	s.passed.Add(int64(25 * time.Hour))
	s.wantPage(s.submit("/checkout"), "Your cart is empty.") // of yesterday
	late.wantPage(late.submit("/cart", "product="+headphones, "add=1"), "$129.99")
	s.shop.mu.Lock()
	defer s.shop.mu.Unlock()
	if n := len(s.shop.shoppers); n != 1 {
		t.Errorf("%d shoppers are kept", n)
	}
}

// Two clicks, and an answer that gets lost, are one order.
func TestOneOrder(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.page()
	s.submit("/cart", "product="+headphones, "add=1")
	s.submit("/checkout")
	s.submit("/address", janesAddress...)
	s.sim.Faults().On("createCheckoutInvoice", pepaytest.ResetMidBody(), pepaytest.Next(1))
	s.wantPage(s.submit("/order"), "Nothing is lost: try again in a moment.", "Is this right?")
	var clicks sync.WaitGroup
	for range 3 {
		req := s.form("/order")
		clicks.Go(func() {
			resp, err := s.client.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			_ = resp.Body.Close()
		})
	}
	clicks.Wait()
	s.wantPage(s.page(), "Waiting for your payment")
	if n := len(s.sim.Invoices()); n != 1 {
		t.Errorf("there are %d invoices", n)
	}
}

// While Pepay has trouble, the page shows what is known and says what to do.
func TestOutage(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	token := tokenOption.FindStringSubmatch(s.toInvoice())
	s.submit("/quote", "token="+token[1])
	outage := s.sim.Faults().On("*", pepaytest.Status(500), pepaytest.Always())
	s.wantPage(s.page(), "Send exactly", "<svg")
	s.wantPage(s.submit("/quote", "token="+token[1]), "The payment service does not answer as it should.")
	new1 := s.newPerson(s.client.Transport)
	new1.wantPage(new1.submit("/cart", "product="+headphones, "add=1"), "does not answer as it should")
	outage.Remove()
	s.sim.Faults().On("allocatePaymentAddress", pepaytest.Status(429), pepaytest.Next(1))
	s.wantPage(s.submit("/quote", "token="+token[1]), "Too many people are paying at the moment.")
	s.sim.Faults().On("allocatePaymentAddress", pepaytest.Envelope(400, `{"success":false,"error":{"code":"QUOTE","message":"No route <b>now</b>"}}`), pepaytest.Next(1))
	s.wantPage(s.submit("/quote", "token="+token[1]), "That was not accepted: No route <b>now</b>")
	if strings.Contains(s.seen.String(), "<b>now") {
		t.Error("Pepay's words are markup")
	}
	s.wantPage(s.submit("/quote", "token="+token[1]), "Send exactly")
}

// The page gets the token of its payment's stream, which brings its events, and only
// those.
func TestPaymentToken(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.do(s.form("/payment-token"), http.StatusForbidden)
	choice := tokenOption.FindStringSubmatch(s.toInvoice())
	s.do(s.form("/payment-token"), http.StatusNotFound)
	s.submit("/quote", "token="+choice[1])
	var answer struct {
		Token     pepay.Secret
		ExpiresIn float64 `json:"expires_in"`
		WSURL     string  `json:"ws_url"`
	}
	body := s.do(s.form("/payment-token"), http.StatusOK)
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.ExpiresIn < 60 || answer.ExpiresIn > 1802 || answer.WSURL != "ws"+strings.TrimPrefix(s.sim.URL(), "http")+"/ws/payment" {
		t.Errorf("got %v %s", answer.ExpiresIn, answer.WSURL)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	live := make(chan struct{}, 1)
	events := stream.Payment(s.shop.client, answer.Token, stream.Options{Observer: stream.Observer{OnState: func(state stream.State, _ error) {
		if state == stream.StateLive {
			live <- struct{}{}
		}
	}}})
	go func() {
		<-live
		if err := s.sim.Pay(s.invoice().ID, pepaytest.Payment{}); err != nil {
			t.Error(err)
		}
	}()
	for ev, err := range events.Events(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if _, id, status := ev.Resource(); ev.Type == pepay.EventInvoiceUpdated && id == s.invoice().ID && status == "paid" {
			return
		}
	}
}

// Only Pepay's deliveries count, and those about other orders are none of ours.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.toInvoice()
	send := func(secret pepay.Secret, body string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.hooks+"/pepay/webhook", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = webhook.Sign(secret, time.Now(), []byte(body))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	order := func(n, id, status string) string {
		return `{"id":"evt_1700000000000-` + n + `","object":"event","type":"commerce.order.updated","created":1700000000,"data":{"object":{"object":"commerce_order","id":"` + id + `","status":"` + status + `"}}}`
	}
	ours := s.invoice().CommerceOrderID
	s.delivered() // what the simulator tells of the new order
	before := s.asked("getOrder")
	if got := send("another secret", order("1", ours, "shipped")); got != http.StatusBadRequest {
		t.Errorf("a forged delivery: %d", got)
	}
	if got := send(webhookSecret, order("2", "another-order", "shipped")); got != http.StatusOK {
		t.Errorf("another order: %d", got)
	}
	if s.asked("getOrder") != before {
		t.Error("the order was read")
	}
	// A delivery may say anything: how the order is, Pepay is asked.
	if got := send(webhookSecret, order("3", ours, "delivered")); got != http.StatusOK {
		t.Errorf("our order: %d", got)
	}
	s.wantPage(s.page(), "Waiting for your payment")
	// While Pepay does not answer, it is to deliver again.
	rule := s.sim.Faults().On("getOrder", pepaytest.Status(500), pepaytest.Always())
	if got := send(webhookSecret, order("4", ours, "placed")); got != http.StatusInternalServerError {
		t.Errorf("while Pepay does not answer: %d", got)
	}
	rule.Remove()
	if got := send(webhookSecret, order("4", ours, "placed")); got != http.StatusOK {
		t.Errorf("the same again: %d", got)
	}
	s.submit("/back")
	if got := send(webhookSecret, order("5", ours, "placed")); got != http.StatusOK {
		t.Errorf("an order that was left: %d", got)
	}
	http.DefaultClient.CloseIdleConnections()
	s.shop.mu.Lock()
	defer s.shop.mu.Unlock()
	if n := len(s.shop.buyers); n != 0 {
		t.Errorf("%d orders are remembered", n)
	}
}

// A page is told as soon as there is something new.
func TestUpdates(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.do(s.get("/updates"), http.StatusNoContent)
	s.toInvoice()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var pages []*bufio.Reader
	for range openUpdates {
		resp, err := s.client.Do(s.get("/updates").WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		pages = append(pages, bufio.NewReader(resp.Body))
		next(t, pages[len(pages)-1]) // what happened before
	}
	s.do(s.get("/updates"), http.StatusNoContent)
	s.pay(pepaytest.Payment{})
	for _, page := range pages {
		next(t, page)
	}
	s.wantPage(s.page(), "Paid")
	close(s.shop.closing)
	for _, page := range pages {
		if _, err := io.Copy(io.Discard, page); err != nil {
			t.Error(err)
		}
	}
	s.shop.mu.Lock()
	defer s.shop.mu.Unlock()
	for _, buyer := range s.shop.shoppers {
		if buyer.pages != 0 {
			t.Errorf("%d pages are counted", buyer.pages)
		}
	}
}

// next waits for the next message.
func next(t *testing.T, page *bufio.Reader) {
	t.Helper()
	for {
		line, err := page.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == "data: changed\n" {
			return
		}
	}
}

// What is missing is named before anything listens.
func TestRun(t *testing.T) {
	sim := pepaytest.NewServer(t)
	for name, value := range map[string]string{
		"PEPAY_API_URL": sim.URL(), "PEPAY_WS_URL": "", "PEPAY_API_KEY": "", "PEPAY_COMMERCE_API_KEY": sim.CommerceAPIKey(),
		"PEPAY_WEBHOOK_SECRET": "", "PEPAY_WEBHOOK_SECRET_PREVIOUS": "",
	} {
		t.Setenv(name, value)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	wantError := func(name string) {
		t.Helper()
		if err := run(ctx, "127.0.0.1:0", "headphones"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	wantError("PEPAY_API_KEY")
	t.Setenv("PEPAY_API_KEY", sim.APIKey())
	wantError("PEPAY_WEBHOOK_SECRET")
	t.Setenv("PEPAY_WEBHOOK_SECRET", webhookSecret)

}

// Ending the program ends the pages' connections, and takes no time.
func TestServe(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	limit, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ctx, stop := context.WithCancel(limit)
	ended := make(chan error, 1)
	go func() { ended <- s.shop.serve(ctx, listener) }()
	s.toInvoice()
	req, err := http.NewRequestWithContext(limit, http.MethodGet, "http://"+listener.Addr().String()+"/updates", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range s.client.Jar.Cookies(address) { // those of TLS
		req.AddCookie(cookie)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	page := bufio.NewReader(resp.Body)
	next(t, page)
	stop()
	if _, err := io.Copy(io.Discard, page); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()
}
