package e2e_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

var checkoutShop = program{dir: "../../examples/checkout", pkg: "."}

const hookSecret = "the endpoint's secret"

// shopSite is the example shop as people run it, with the simulator behind it.
type shopSite struct{ site }

// newShop runs it. Webhooks are not delivered before [shopSite.deliver].
func newShop(t *testing.T, opts ...pepaytest.Option) *shopSite {
	t.Helper()
	return startShop(t, pepaytest.NewServer(t, opts...))
}

// startShop runs it in front of a simulator, with more of an environment.
func startShop(t *testing.T, sim *pepaytest.Server, env ...string) *shopSite {
	t.Helper()
	at := checkoutShop.start(t, sim, []string{hookSecret}, append([]string{"PEPAY_WEBHOOK_SECRET=" + hookSecret}, env...))
	return &shopSite{site{t: t, sim: sim, url: at}}
}

func (s *shopSite) deliver() {
	s.sim.AddWebhook(s.url+"/pepay/webhook", hookSecret, "commerce.order.*", "invoice.*")
}

// invoice is the latest one.
func (s *shopSite) invoice() pepay.Invoice {
	s.t.Helper()
	all := s.sim.Invoices()
	if len(all) == 0 {
		s.t.Fatal("there is no invoice")
	}
	return all[len(all)-1]
}

func (s *shopSite) pay(p pepaytest.Payment) {
	s.t.Helper()
	if err := s.sim.Pay(s.invoice().ID, p); err != nil {
		s.t.Fatal(err)
	}
}

// transition moves the order, as the retailer would.
func (s *shopSite) transition(to pepay.OrderTransition) {
	s.t.Helper()
	client, err := wrapper.New(wrapper.WithBaseURL(s.sim.URL()), wrapper.WithHTTPClient(s.sim.Client()), wrapper.WithCommerceAPIKey(s.sim.CommerceAPIKey()))
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := client.Commerce.Devnet.Simulate(s.t.Context(), s.invoice().CommerceOrderID, pepay.SimulateOrderRequest{TransitionTo: to}); err != nil {
		s.t.Fatal(err)
	}
}

// payorsCredentials are what the back end used and the page may not have.
func (s *shopSite) payorsCredentials() (secrets []string) {
	s.t.Helper()
	for _, r := range s.sim.Requests() {
		for _, name := range []string{"X-Session-Token", "X-Signature"} {
			if value := r.Header.Get(name); value != "" {
				secrets = append(secrets, value)
			}
		}
	}
	if len(secrets) == 0 {
		s.t.Fatal("the payor's side was not used")
	}
	return append(secrets, hookSecret)
}

// click clicks what the selector finds, and waits for the heading that follows.
func (p *page) click(selector, heading string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
	eval[bool](p, fmt.Sprintf(`document.querySelector(%q).click() ?? true`, selector))
	p.untilHeading(heading)
}

func (p *page) untilHeading(heading string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.readyState === 'complete' && document.querySelector('h1')?.innerText === %q`, heading))
}

func (p *page) untilSays(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector('main').innerText.includes(%q)`, text))
}

// toAddress goes from the empty cart to the form for the address.
func (p *page) toAddress(s *shopSite) {
	p.t.Helper()
	p.open(s.url)
	p.click(`.products button[name=add]`, "Shop")
	p.until(`document.querySelector('.lines input[name=quantity]')?.value === '1'`)
	p.click(`form[action="/checkout"] button`, "Where shall it go?")
}

func (p *page) toReview(s *shopSite) {
	p.t.Helper()
	p.toAddress(s)
	p.typeAddress()
}

func (p *page) typeAddress() {
	p.t.Helper()
	for _, field := range []struct{ name, text string }{
		{"first_name", "Jane"}, {"last_name", "Doe"}, {"street_address", "123 Main St"}, {"address_line2", "Apt 4B"}, {"city", "Miami"},
		{"state", "FL"}, {"zip_code", "33101"}, {"phone", "+13055550123"}, {"email", "jane@example.com\r"},
	} {
		p.try("type the "+field.name, func(ctx context.Context) error {
			return p.enter(ctx, "[name="+field.name+"]", field.text)
		})
	}
	p.untilHeading("Is this right?")
}

// toQuote goes on to the address to pay to, and waits until its stream is live.
func (p *page) toQuote(s *shopSite) {
	p.t.Helper()
	p.toReview(s)
	p.click(`form[action="/order"] button`, "Waiting for your payment")
	p.click(`form[action="/quote"] button`, "Waiting for your payment")
	p.until(`document.querySelector('svg.qr') && document.querySelector('#connection').dataset.state === 'live'`)
}

var checkoutWalks = map[string]func(t *testing.T, s *shopSite, p *page){
	// To the end. While the payment is on its way there are no webhooks, and afterwards nothing else
	// tells of the order.
	"from the cart to the delivery": func(t *testing.T, s *shopSite, p *page) {
		p.toQuote(s)
		if got := eval[string](p, `document.querySelector('#countdown').innerText`); !strings.HasPrefix(got, "4:") && got != "5:00 left" {
			t.Errorf("the quote has %s", got)
		}
		p.untilSays("Send exactly")
		s.pay(pepaytest.Payment{})
		p.untilSays("Paid")
		p.until(`document.querySelector('.steps [aria-current]').innerText.includes('Order')`)
		if n := s.openStreams(); n != 0 {
			waitFor(t, "the stream of a paid invoice is closed", func() bool { return s.openStreams() == 0 })
		}
		s.deliver()
		for _, step := range []struct {
			to      pepay.OrderTransition
			heading string
		}{
			{pepay.OrderTransitionPaymentSettled, "Being ordered"},
			{pepay.OrderTransitionPlaced, "Ordered"},
			{pepay.OrderTransitionShipped, "Shipped"},
			{pepay.OrderTransitionDeliveryConfirmed, "Delivered"},
		} {
			s.transition(step.to)
			p.untilHeading(step.heading)
			p.until(fmt.Sprintf(`document.querySelector('#announcer').innerText.includes(%q)`, step.heading))
		}
		p.until(`!('live' in document.querySelector('main').dataset)`)
		p.wantNoErrors()
		p.wantNoSecrets(&s.site, s.payorsCredentials()...)
		p.click(`form[action="/back"] button`, "Shop")
		p.untilSays("Your cart is empty.")
	},

	// Too little, and then the rest.
	"underpaid": func(_ *testing.T, s *shopSite, p *page) {
		p.toQuote(s)
		before := eval[string](p, `document.querySelector('#address').innerText`)
		s.pay(pepaytest.Payment{Millis: 50_000})
		p.untilHeading("A part is still missing")
		p.untilSays("the same token on the same network")
		p.click(`form[action="/quote"] button`, "A part is still missing")
		p.until(fmt.Sprintf(`document.querySelector('#address')?.innerText !== %q`, before))
		p.until(`document.querySelector('#connection').dataset.state === 'live'`)
		s.pay(pepaytest.Payment{})
		p.untilSays("Paid")
		p.wantNoErrors()
		p.wantNoSecrets(&s.site, s.payorsCredentials()...)
	},

	// The invoice expires while one looks at it, and another one is made.
	"expired": func(t *testing.T, s *shopSite, p *page) {
		p.toQuote(s)
		if err := s.sim.Expire(s.invoice().ID); err != nil {
			t.Fatal(err)
		}
		p.untilHeading("The invoice has expired")
		if eval[bool](p, `!!document.querySelector('svg.qr')`) {
			t.Error("the address is still shown")
		}
		p.click(`form[action="/back"] button`, "Shop")
		p.untilSays("Check out")
		p.wantNoErrors()
	},

	// The countdown ends, and the page asks for a new quote.
	"the quote expires": func(_ *testing.T, s *shopSite, p *page) {
		s.sim.Faults().On("allocatePaymentAddress", pepaytest.Envelope(200, `{"success":true,"quote_status":"available","status_code":"ok","message":null,
			"temp_address":"0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb0","network":"base","supported_token_id":1,"estimated_token_amount":"49.990000","exchange_rate":"1.000000",
			"usd_amount":49.99,"quote_expires_in_seconds":3,"retryable":null,"retry_after_seconds":null,"ws_connection":{"token":"none","endpoint":"/ws/payment"}}`), pepaytest.Next(1))
		p.toReview(s)
		p.click(`form[action="/order"] button`, "Waiting for your payment")
		p.click(`form[action="/quote"] button`, "Waiting for your payment")
		p.untilSays("The quote has expired")
		p.click(`form[action="/quote"] button`, "Waiting for your payment")
		p.until(`document.querySelector('svg.qr') && document.querySelector('#connection').dataset.state === 'live'`)
	},

	// Without the stream and without webhooks the page still finds out.
	"nothing tells": func(_ *testing.T, s *shopSite, p *page) {
		s.sim.Faults().On("openPaymentStream", pepaytest.RefuseUpgrade(503), pepaytest.Always())
		p.toReview(s)
		p.click(`form[action="/order"] button`, "Waiting for your payment")
		p.click(`form[action="/quote"] button`, "Waiting for your payment")
		p.until(`document.querySelector('#connection').innerText.includes('looking every')`)
		s.pay(pepaytest.Payment{})
		p.untilSays("Paid")
	},
}

func TestCheckout(t *testing.T) {
	t.Parallel()
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		runWalks(t, func(t *testing.T) *page { t.Helper(); return newTab(t).page })
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		runWalks(t, sharedFirefox.shared(t).newPage)
	})
}

func runWalks(t *testing.T, open func(*testing.T) *page) {
	t.Helper()
	for name, walk := range checkoutWalks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(t, newShop(t), open(t))
		})
	}
}

// A person pays by a click in the simulator's console, and moves the order there: the
// page of the shop shows it.
func TestCheckoutPaidInTheConsole(t *testing.T) {
	t.Parallel()
	sim := newConsole(t)
	s := startShop(t, sim.sim)
	s.deliver()
	tb := newTab(t)
	tb.toQuote(s)
	console := tb.sameBrowser()
	sim.show(console.page, "#/invoices/"+s.invoice().ID)
	console.press("Pay exactly")
	tb.untilSays("Paid")
	sim.show(console.page, "#/orders/"+s.invoice().CommerceOrderID)
	console.press("Settle")
	tb.untilHeading("Being ordered")
	tb.wantNoErrors()
}

// The stream alone tells of the payment: the page does not look by itself, and there
// are no webhooks.
func TestCheckoutFollowsItsStream(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	tb := newTab(t)
	call(tb, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{
		Source: `{ const every = setInterval; window.setInterval = (run, ms) => ms > 5000 ? 0 : every(run, ms); }`,
	})
	tb.toQuote(s)
	s.pay(pepaytest.Payment{})
	tb.untilSays("Paid")
	tb.wantNoErrors()
}

// Every page in both colour schemes, on a screen and on a phone.
func TestCheckoutAccessibility(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(module(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	s := newShop(t)
	tb := newTab(t)
	everywhere := func(what string) {
		t.Helper()
		for _, width := range []int64{1280, 360} {
			tb.do(chromedp.EmulateViewport(width, 900))
			tb.until(fmt.Sprintf(`innerWidth === %d`, width))
			if wide := eval[int](tb, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
				t.Errorf("%s: the page is %d wider than %d", what, wide, width)
			}
			for _, scheme := range []string{"light", "dark"} {
				tb.scheme(scheme)
				tb.audit(fmt.Sprintf("%s, %s, %d wide", what, scheme, width), string(source))
			}
		}
	}
	tb.open(s.url)
	everywhere("empty cart")
	tb.toAddress(s)
	everywhere("address")
	eval[bool](tb, `document.querySelector('form.fields').noValidate = true`)
	tb.click(`form[action="/address"] button`, "Where shall it go?")
	tb.until(`document.activeElement.id === 'problem'`)
	everywhere("an address with a mistake")
	tb.typeAddress()
	everywhere("review")
	tb.click(`form[action="/order"] button`, "Waiting for your payment")
	everywhere("choice of a token")
	tb.click(`form[action="/quote"] button`, "Waiting for your payment")
	tb.until(`document.querySelector('svg.qr')`)
	everywhere("quote")
	s.pay(pepaytest.Payment{Millis: 50_000})
	tb.untilHeading("A part is still missing")
	everywhere("underpaid")
	s.deliver()
	s.pay(pepaytest.Payment{Millis: 500_000})
	tb.untilSays("more than that")
	everywhere("paid")
	for _, to := range []pepay.OrderTransition{pepay.OrderTransitionPaymentSettled, pepay.OrderTransitionPlaced, pepay.OrderTransitionShipped} {
		s.transition(to)
	}
	tb.untilHeading("Shipped")
	everywhere("shipped")
}

// All of it works from the keyboard, and the focus stays where it was when the page
// changes by itself.
func TestCheckoutKeyboard(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	tb := newTab(t)
	tb.open(s.url)
	// press goes on with Tab to the element that has this name, and presses a key there.
	press := func(name, key string) {
		t.Helper()
		for range 40 {
			tb.do(chromedp.KeyEvent("\t"))
			label := eval[string](tb, `(e => (e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? '').trim())(document.activeElement)`)
			if strings.HasPrefix(label, name) {
				if !eval[bool](tb, `(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2 })()`) {
					t.Errorf("one does not see that %q has the focus", name)
				}
				tb.do(chromedp.KeyEvent(key))
				return
			}
		}
		t.Fatalf("Tab does not lead to %q", name)
	}
	press("Add", "\r")
	tb.untilSays("Subtotal")
	press("Check out", "\r")
	tb.untilHeading("Where shall it go?")
	for _, field := range []struct{ name, text string }{
		{"First name", "Jane"}, {"Last name", "Doe"}, {"Street", "123 Main St"}, {"City", "Miami"}, {"State", "FL"}, {"Zip code", "33101"},
	} {
		press(field.name, field.text)
	}
	tb.do(chromedp.KeyEvent("\r"))
	tb.untilHeading("Is this right?")
	press("Order and pay", "\r")
	tb.untilHeading("Waiting for your payment")
	press("Token and network", " ")
	tb.do(chromedp.KeyEvent("\r")) // closes the list again
	press("Show where to send it", "\r")
	tb.until(`document.querySelector('#connection').dataset.state === 'live'`)
	eval[bool](tb, `document.querySelector('#token').focus() ?? true`)
	s.pay(pepaytest.Payment{Millis: 50_000})
	tb.untilHeading("A part is still missing")
	if got := eval[string](tb, `document.activeElement.id`); got != "main" { // the choice is gone
		t.Errorf("the focus is on %q", got)
	}
	press("Show where to send the rest", "\r")
	tb.untilSays("Send exactly")
	tb.wantNoErrors()
}

// Nothing moves while a page of the shop arrives.
func TestShopFirstPaint(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.url = inPieces(t, s.url)
	tb := newTab(t)
	for _, step := range []struct {
		name string
		take func()
	}{
		{"cart", func() { tb.open(s.url) }},
		{"address", func() { tb.toAddress(s) }},
		{"review", func() { tb.typeAddress() }},
		{"payment", func() { tb.click(`form[action="/order"] button`, "Waiting for your payment") }},
	} {
		step.take()
		tb.wantStill(step.name)
	}
}
