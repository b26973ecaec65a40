// Command checkout is a small shop that takes stablecoins: a cart, an address, an
// invoice, a payment page with a QR code and a countdown that follows the payment
// live, and then the progress of the order, which arrives by webhook.
//
// Against the simulator, in two terminals at the top of the repository:
//
//	PEPAY_WEBHOOK_SECRET=example-secret go run ./cmd/pepay mock --webhook 8090/pepay/webhook
//	PEPAY_API_URL=http://127.0.0.1:3000 PEPAY_API_KEY=pk_pepaytest_merchant PEPAY_COMMERCE_API_KEY=ck_pepaytest_commerce \
//	PEPAY_WEBHOOK_SECRET=example-secret go -C examples/checkout run .
//
// Then buy something at http://127.0.0.1:8090, and pay in the simulator's console.
// Against Pepay itself, leave PEPAY_API_URL out, set the keys of your account, and
// set up a webhook endpoint in the dashboard with the address /pepay/webhook and the
// events commerce.order.* and invoice.*.
//
// It is there to be copied: this file, the page in static, and pepay-stream.js and
// theme.css of the dashboard example. The browser never sees a key, or the credentials of the payor:
// it gets one token, which opens the stream of its own payment. The shop keeps
// everything in memory, so a restart empties all carts; yours has a database.
package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"io"
	"log"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"
	qr "github.com/piglig/go-qr"

	"github.com/pepaylabs/pepay-go"
	dashboard "github.com/pepaylabs/pepay-go/examples/dashboard/static"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

//go:embed static/index.html
var page string

//go:embed static/*.js static/*.css static/*.svg
var static embed.FS

func main() {
	addr := flag.String("addr", "127.0.0.1:8090", "listen on `HOST:PORT`; anything but loopback belongs behind TLS")
	query := flag.String("products", "headphones", "sell what Pepay's search finds for these `words`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *query); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr, query string) error {
	if os.Getenv("PEPAY_COMMERCE_API_KEY") == "" || os.Getenv("PEPAY_API_KEY") == "" {
		return errors.New("set PEPAY_COMMERCE_API_KEY, for carts and orders, and PEPAY_API_KEY, for the state of invoices")
	}
	client, err := wrapper.New(wrapper.WithApplication("checkout", "1"))
	if err != nil {
		return err
	}
	verifier, err := webhook.FromEnv()
	if err != nil {
		return err
	}
	s, err := newShop(client, verifier, query)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	log.Printf("the shop is at http://%s", listener.Addr())
	return s.serve(ctx, listener)
}

// serve runs the shop until ctx ends, and then finishes what it has begun.
func (s *shop) serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
	}
	server.RegisterOnShutdown(func() { close(s.closing) })
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	err := server.Shutdown(last)
	if served := <-served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// The limits of a shop that strangers can reach.
const (
	maxShoppers  = 10_000
	newShoppers  = 600 // a minute
	shopperLife  = 24 * time.Hour
	shopperPosts = 60 // a minute: each may cost a few calls to Pepay
	shopperReads = 60 // a minute: so often is Pepay asked for one shopper's page
	openUpdates  = 4  // pages of one shopper that are told about changes
	maxForm      = 8 << 10
	callTime     = 15 * time.Second // for all calls of one step
)

// shop is the back end.
type shop struct {
	client   *wrapper.Client
	verifier *webhook.Verifier
	query    string
	now      func() time.Time
	closing  chan struct{}

	mu       sync.Mutex
	shoppers map[string]*shopper // by the hash of the cookie
	buyers   map[string]*shopper // by the id of an order, and of an invoice
	arrivals limit
	products []pepay.ProductSummary
	fetched  time.Time // when the products were
}

// shopper is a person with a cart.
type shopper struct {
	customer     string // what Pepay knows the person by; it is not in the cookie
	ends         time.Time
	posts, reads limit
	pages        int // that are told about changes; guarded by shop.mu

	mu      sync.Mutex // held during a step, calls to Pepay included: two clicks are one after the other
	cart    *pepay.Cart
	items   map[string]string // Pepay's ids of what is in the cart, by product
	problem string
	typed   pepay.ShippingAddress
	attempt attempt
	changed chan struct{} // closed at the next change
}

// attempt is one way from the cart to the order. An expired invoice cannot be paid, so
// each attempt has an estimate and an invoice of its own.
type attempt struct {
	Estimate     *pepay.Estimate
	estimateEnds time.Time
	Address      *pepay.CheckoutAddress
	key          string // makes it safe to repeat the order
	Invoice      *pepay.CheckoutInvoice
	payor        *wrapper.PayorSession
	Report       *pepay.InvoiceStatusReport
	Session      *pepay.PaymentSession
	InvoiceEnds  time.Time
	Tokens       []pepay.PaymentToken
	Token        pepay.PaymentToken
	Quote        *pepay.PaymentAddress
	QuoteEnds    time.Time
	Order        *pepay.Order
	orderRead    time.Time
}

func newShop(client *wrapper.Client, verifier *webhook.Verifier, query string) (*shop, error) {
	if u := client.StreamURL(); !plainHost.MatchString(u.Host) {
		return nil, errors.New("the address of Pepay's streams cannot be put into a content security policy")
	}
	return &shop{
		client: client, verifier: verifier, query: query, now: time.Now, closing: make(chan struct{}),
		shoppers: map[string]*shopper{}, buyers: map[string]*shopper{},
	}, nil
}

var pages = template.Must(template.New("").Funcs(template.FuncMap{"usd": usd, "clock": clock, "https": https}).Parse(page))

// plainHost keeps everything out of the policy that could end a directive.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

func (s *shop) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.show)
	mux.HandleFunc("GET /updates", s.updates)
	mux.Handle("GET /static/{file}", http.FileServerFS(static))
	for _, shared := range []string{"pepay-stream.js", "theme.css"} {
		mux.HandleFunc("GET /static/"+shared, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, dashboard.Files(), shared)
		})
	}
	// What changes something is only for pages of this origin.
	ownPages := http.NewCrossOriginProtection()
	for path, step := range map[string]func(context.Context, *shopper, url.Values) error{
		"/cart": s.changeCart, "/checkout": s.estimate, "/address": s.setAddress, "/order": s.placeOrder, "/quote": s.askQuote, "/back": s.back,
	} {
		mux.Handle("POST "+path, ownPages.Handler(s.step(path == "/cart", step)))
	}
	mux.Handle("POST /payment-token", ownPages.Handler(http.HandlerFunc(s.paymentToken)))
	mux.Handle("/pepay/webhook", s.verifier.Handler(s.event, webhook.WithLogger(slog.Default())))
	return s.guard(mux)
}

// guard lets the page load nothing but its own files and talk to nobody but this shop
// and Pepay's streams, so that no foreign script can read an address or replace it.
func (s *shop) guard(next http.Handler) http.Handler {
	stream := s.client.StreamURL()
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' " + stream.Scheme + "://" + stream.Host +
		"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// step makes a handler of what a form does. The body is read before a place under the
// limit is taken, so that whoever sends it slowly holds none.
func (s *shop) step(first bool, do func(context.Context, *shopper, url.Values) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			http.Error(w, "The form could not be read. Go back and try again.", http.StatusBadRequest)
			return
		}
		buyer := s.shopper(r)
		if buyer == nil && first {
			buyer = s.welcome(w)
		} else if buyer == nil { // the cart of yesterday
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		if buyer == nil || !s.take(&buyer.posts, shopperPosts) {
			w.Header().Set("Retry-After", "60")
			http.Error(w, "The shop is busy. Wait a minute and try again.", http.StatusTooManyRequests)
			return
		}
		// It goes on when the person leaves: what Pepay answers must not be lost.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), callTime)
		defer cancel()
		buyer.mu.Lock()
		buyer.problem = ""
		if err := do(ctx, buyer, r.PostForm); err != nil {
			buyer.problem = explain(ctx, err)
		}
		buyer.tell()
		buyer.mu.Unlock()
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
}

// problem is something to tell the shopper, in our own words.
type problem string

func (p problem) Error() string { return string(p) }

// explain says what went wrong so that a person can do something about it.
func explain(ctx context.Context, err error) string {
	var ours problem
	if errors.As(err, &ours) {
		return string(ours)
	}
	slog.ErrorContext(ctx, "a step of the checkout failed", "error", err)
	var refusal *wrapper.Error
	switch errors.As(err, &refusal); {
	case errors.Is(err, wrapper.ErrRateLimited):
		return "Too many people are paying at the moment. Wait a minute and try again."
	case (errors.Is(err, wrapper.ErrInvalidRequest) || errors.Is(err, wrapper.ErrUnprocessable)) && refusal != nil && refusal.Message != "":
		return "That was not accepted: " + refusal.Message
	default:
		return "The payment service does not answer as it should. Nothing is lost: try again in a moment."
	}
}

func (s *shop) changeCart(ctx context.Context, buyer *shopper, form url.Values) error {
	if buyer.attempt.Invoice != nil {
		return problem("Your order is placed. Go back to the shop to begin another one.")
	}
	buyer.attempt = attempt{}
	carts, customer, id := s.client.Commerce.Carts, wrapper.Customer{ID: buyer.customer}, form.Get("product")
	quantity, err := strconv.Atoi(form.Get("quantity"))
	if form.Has("add") {
		quantity, err = quantityIn(buyer.cart, id)+1, nil
	}
	if err != nil || quantity < 0 || quantity > 99 {
		return problem("The quantity has to be a number from 0 to 99.")
	}
	item := buyer.items[id]
	switch {
	case item == "" && quantity == 0:
		return nil
	case item == "":
		// The price is what we say, not what the form says.
		products, err := s.catalogue(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(products, func(p pepay.ProductSummary) bool { return p.ProductID == id })
		if i < 0 {
			return problem("That is not for sale any more.")
		}
		added, err := carts.AddItem(ctx, customer, pepay.CartItemInput{
			ProductID: id, Retailer: pepay.RetailerAmazon, Title: products[i].Title, Price: products[i].Price, Quantity: int64(quantity),
		})
		if err != nil {
			return err
		}
		buyer.items[id] = added.ItemID
	case quantity == 0:
		if err = carts.RemoveItem(ctx, customer, item); err == nil {
			delete(buyer.items, id)
		}
	default:
		_, err = carts.UpdateItem(ctx, customer, item, quantity)
	}
	if err != nil {
		return err
	}
	buyer.cart, err = carts.Get(ctx, customer)
	return err
}

// estimate is the first step of a checkout: what can be delivered, and what it costs.
func (s *shop) estimate(ctx context.Context, buyer *shopper, _ url.Values) error {
	if buyer.attempt.Invoice != nil {
		return nil
	}
	useCart := true
	estimate, err := s.client.Commerce.Checkout.Estimate(ctx, pepay.EstimateRequest{CustomerID: buyer.customer, UseCart: &useCart})
	if err != nil {
		return err
	}
	if len(estimate.ValidItems) == 0 {
		return problem("Nothing in your cart can be delivered now.")
	}
	// By how long it lives, not by when it ends: the clocks need not agree.
	life := estimate.ExpiresAt.Sub(estimate.CreatedAt.Time)
	buyer.attempt = attempt{Estimate: estimate, estimateEnds: s.now().Add(life), key: uuid.NewString()}
	return nil
}

// held refuses to go on with prices that Pepay does not hold any more.
func (s *shop) held(a *attempt) error {
	if a.Estimate == nil {
		return problem("Check out first.")
	}
	if !s.now().Before(a.estimateEnds) {
		*a = attempt{}
		return problem("The prices were held for a quarter of an hour, which is over. Check out again to see today's.")
	}
	return nil
}

// setAddress is the second step.
func (s *shop) setAddress(ctx context.Context, buyer *shopper, form url.Values) error {
	a := &buyer.attempt
	if a.Invoice != nil {
		return nil
	}
	if err := s.held(a); err != nil {
		return err
	}
	get := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	to := pepay.ShippingAddress{
		FirstName: get("first_name"), LastName: get("last_name"), StreetAddress: get("street_address"), AddressLine2: get("address_line2"),
		City: get("city"), State: get("state"), ZipCode: get("zip_code"), Country: get("country"), Phone: get("phone"), Email: get("email"),
	}
	buyer.typed, a.Address = to, nil
	for _, needed := range []struct{ name, value string }{
		{"first name", to.FirstName}, {"last name", to.LastName}, {"street", to.StreetAddress}, {"city", to.City},
		{"state", to.State}, {"zip code", to.ZipCode}, {"country", to.Country},
	} {
		if needed.value == "" {
			return problem("The address lacks the " + needed.name + ".")
		}
	}
	address, err := s.client.Commerce.Checkout.SetAddress(ctx, pepay.CheckoutAddressRequest{
		CustomerID: buyer.customer, EstimateID: a.Estimate.EstimateID, Address: to,
	})
	if err != nil {
		return err
	}
	a.Address = address
	return nil
}

var bscWallet = regexp.MustCompile(`^0x[0-9a-fA-F]{40}$`)

// placeOrder is the third step. Pressing the button again is the same order, because
// the key is: also when the first answer got lost.
func (s *shop) placeOrder(ctx context.Context, buyer *shopper, form url.Values) error {
	a := &buyer.attempt
	if a.Invoice != nil {
		return nil
	}
	if err := s.held(a); err != nil {
		return err
	}
	if a.Address == nil {
		return problem("Say first where to ship it.")
	}
	refundTo := strings.TrimSpace(form.Get("refund_to"))
	if refundTo != "" && !bscWallet.MatchString(refundTo) {
		return problem("A wallet on BSC is 0x and 40 digits from 0 to 9 and a to f.")
	}
	invoice, err := s.client.Commerce.Checkout.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{
		CustomerID: buyer.customer, EstimateID: a.Estimate.EstimateID, AddressID: a.Address.AddressID, RefundDestinationWalletAddressBsc: refundTo,
	}, wrapper.WithIdempotencyKey(a.key))
	if err != nil {
		return err
	}
	a.Invoice = invoice
	a.payor = s.client.Payor(
		cmp.Or(invoice.PaymentSessionHeaders.SessionToken, invoice.Session),
		cmp.Or(invoice.PaymentSessionHeaders.Signature, invoice.Signature))
	s.mu.Lock()
	s.buyers[invoice.OrderID], s.buyers[invoice.InvoiceID] = buyer, buyer
	s.mu.Unlock()
	return s.readInvoice(ctx, buyer)
}

// readInvoice asks Pepay how far the payment is.
func (s *shop) readInvoice(ctx context.Context, buyer *shopper) error {
	a := &buyer.attempt
	report, err := s.client.Invoices.Status(ctx, a.Invoice.InvoiceID)
	if err != nil {
		return err
	}
	if a.Report != nil && a.Report.Invoice.AmountPaid != report.Invoice.AmountPaid {
		a.Quote, a.Tokens = nil, nil // it was for another amount
	}
	a.Report = report
	switch report.Invoice.Status {
	case pepay.InvoiceStatusUnpaid, pepay.InvoiceStatusUnderpaid:
		return s.readSession(ctx, a)
	case pepay.InvoiceStatusPaid:
		if buyer.cart != nil { // Pepay leaves carts as they are
			if _, err := s.client.Commerce.Carts.Clear(ctx, wrapper.Customer{ID: buyer.customer}); err != nil {
				return err
			}
			buyer.cart, buyer.items = nil, map[string]string{}
		}
		if a.Order == nil {
			return s.readOrder(ctx, a)
		}
	}
	return nil
}

// readSession asks what the payor can do.
func (s *shop) readSession(ctx context.Context, a *attempt) error {
	session, err := a.payor.Details(ctx)
	if errors.Is(err, wrapper.ErrNotFound) || errors.Is(err, wrapper.ErrGone) {
		return nil // it has ended just now, and the invoice will say so
	}
	if err != nil {
		return err
	}
	a.Session = session
	a.InvoiceEnds = s.now().Add(time.Duration(session.RemainingTime.Float64()) * time.Millisecond).Truncate(time.Second)
	if a.Tokens == nil {
		a.Tokens, err = a.payor.AvailableTokens(ctx, wrapper.PayorTokenParams{AvailableOnly: true})
		// Pepay does not say where the memo is that some networks need.
		a.Tokens = slices.DeleteFunc(a.Tokens, func(t pepay.PaymentToken) bool { return t.RequiresMemo })
	}
	return err
}

func (s *shop) readOrder(ctx context.Context, a *attempt) error {
	order, err := s.client.Commerce.Orders.Get(ctx, a.Invoice.OrderID)
	if err != nil {
		return err
	}
	a.Order, a.orderRead = order, s.now()
	return nil
}

// askQuote has Pepay allocate an address for a token, or for the rest of an underpaid
// invoice.
func (s *shop) askQuote(ctx context.Context, buyer *shopper, form url.Values) error {
	a := &buyer.attempt
	if a.Invoice == nil {
		return problem("Check out first.")
	}
	if err := s.readInvoice(ctx, buyer); err != nil || !a.open() {
		return err
	}
	id, err := strconv.ParseInt(form.Get("token"), 10, 64)
	if a.Session != nil && a.Session.LockedTokenID != 0 {
		id, err = a.Session.LockedTokenID, nil
	}
	i := slices.IndexFunc(a.Tokens, func(t pepay.PaymentToken) bool { return t.ID == id })
	if err != nil || i < 0 {
		return problem("Choose one of the tokens.")
	}
	a.Token, a.Quote = a.Tokens[i], nil
	quote, err := a.payor.AllocateAddress(ctx, pepay.AllocateAddressRequest{Network: a.Token.Network, TokenID: a.Token.ID})
	if err != nil {
		return err
	}
	a.Quote, a.QuoteEnds = quote, quote.QuoteValidUntil.Time
	if !quote.QuoteExpiresInSeconds.IsZero() { // this needs no agreement of clocks
		a.QuoteEnds = s.now().Add(time.Duration(quote.QuoteExpiresInSeconds.Float64() * float64(time.Second)))
	}
	return nil
}

// back leaves the attempt. An unpaid invoice expires by itself.
func (s *shop) back(_ context.Context, buyer *shopper, _ url.Values) error {
	s.forget(buyer)
	buyer.attempt = attempt{}
	return nil
}

// open tells whether the invoice can still be paid.
func (a *attempt) open() bool {
	return a.Report != nil && (a.Report.Invoice.Status == pepay.InvoiceStatusUnpaid || a.Report.Invoice.Status == pepay.InvoiceStatusUnderpaid)
}

// paymentToken gives the page what it opens the stream of its own payment with, and
// nothing else: pepay-stream.js asks for it. How long the token lives is not
// documented; it is taken to live as long as the invoice.
func (s *shop) paymentToken(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	buyer := s.shopper(r)
	if buyer == nil {
		http.Error(w, "no shopper", http.StatusForbidden) // the page stops asking
		return
	}
	if !s.take(&buyer.posts, shopperPosts) {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "not now", http.StatusTooManyRequests)
		return
	}
	buyer.mu.Lock()
	a := buyer.attempt
	buyer.mu.Unlock()
	if a.Quote == nil || a.Quote.WSConnection.Token.Reveal() == "" {
		http.Error(w, "there is no payment", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"token":      a.Quote.WSConnection.Token.Reveal(),
		"expires_in": max(60, a.InvoiceEnds.Sub(s.now()).Seconds()),
		"ws_url":     s.client.StreamURL().JoinPath("/ws/payment").String(),
	})
}

// event handles a webhook. Events can be late, twice or in another order, and the
// snapshot in one may be short: it only says what has changed, and Pepay is asked how
// it is now. An error has Pepay deliver again.
func (s *shop) event(ctx context.Context, ev *pepay.Event) error {
	kind, id, _ := ev.Resource()
	s.mu.Lock()
	buyer := s.buyers[id]
	s.mu.Unlock()
	if buyer == nil {
		return nil // of before a restart, or not of this shop
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	buyer.mu.Lock()
	defer buyer.mu.Unlock()
	a := &buyer.attempt
	var err error
	switch {
	case a.Invoice == nil: // left in the meantime
	case kind == "commerce_order" && id == a.Invoice.OrderID:
		err = s.readOrder(ctx, a)
	case kind == "invoice" && id == a.Invoice.InvoiceID:
		err = s.readInvoice(ctx, buyer)
	}
	buyer.tell()
	return err
}

// updates tells a page, as server-sent events, that there is something new to load.
func (s *shop) updates(w http.ResponseWriter, r *http.Request) {
	buyer := s.shopper(r)
	if buyer == nil || !s.takePage(buyer, 1) {
		w.WriteHeader(http.StatusNoContent) // so that the browser does not come again
		return
	}
	defer s.takePage(buyer, -1)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	to := http.NewResponseController(w)
	alive := time.NewTicker(20 * time.Second)
	defer alive.Stop()
	changed := buyer.watch() // before the page loads, so that nothing falls in between
	for message := "data: changed\n\n"; ; {
		_ = to.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.WriteString(w, message); err != nil || to.Flush() != nil {
			return
		}
		select {
		case <-changed:
			message, changed = "data: changed\n\n", buyer.watch()
		case <-alive.C:
			message = ": nothing new\n\n"
		case <-s.closing:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// view is what the page shows. It depends on the state alone, not on the time, so that
// the page can tell whether there is anything new.
type view struct {
	attempt
	Step, Title, Problem string
	Products             []product
	Cart                 *pepay.Cart
	Typed                pepay.ShippingAddress
	Words, OrderWords    words
	Seen                 string // about a payment that is under way
	Open, Live, Locked   bool
	QuoteOver            bool
	Amount, Missing      string
	TooMuch, Refund      string
	QRSize               int
	QRPath               string
	Now                  int64 // Unix milliseconds
	Simulator            bool
	Console              string
}

type product struct {
	pepay.ProductSummary
	InCart int
}

func (s *shop) show(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), callTime)
	defer cancel()
	v := view{Step: "cart", Title: "Shop", Now: s.now().UnixMilli(), Simulator: loopback(s.client.BaseURL().Hostname())}
	v.Console = s.client.BaseURL().JoinPath("/console/").String()
	if buyer := s.shopper(r); buyer != nil {
		buyer.mu.Lock()
		defer buyer.mu.Unlock()
		s.refresh(ctx, buyer)
		v.fill(buyer, s.now())
	}
	if v.Step == "cart" {
		products, err := s.catalogue(ctx)
		if err != nil {
			v.Problem = cmp.Or(v.Problem, explain(ctx, err))
		}
		for _, p := range products {
			v.Products = append(v.Products, product{p, quantityIn(v.Cart, p.ProductID)})
		}
	}
	var page bytes.Buffer
	if err := pages.Execute(&page, &v); err != nil {
		slog.ErrorContext(ctx, "the page cannot be made", "error", err)
		http.Error(w, "The shop has a problem.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = page.WriteTo(w)
}

// refresh asks Pepay for what may have changed, within the limit for this shopper. An
// order is told by webhooks; it is only asked for when none has come for a minute.
func (s *shop) refresh(ctx context.Context, buyer *shopper) {
	a := &buyer.attempt
	if a.Invoice == nil || !s.take(&buyer.reads, shopperReads) {
		return
	}
	var err error
	switch {
	case a.Report == nil || a.open() || a.Report.Invoice.Status == pepay.InvoiceStatusPaid && a.Order == nil:
		err = s.readInvoice(ctx, buyer)
	case a.Order != nil && !final(a.Order) && s.now().Sub(a.orderRead) > time.Minute:
		err = s.readOrder(ctx, a)
	}
	if err != nil {
		slog.ErrorContext(ctx, "the page shows an older state", "error", err)
	}
}

func (v *view) fill(buyer *shopper, now time.Time) {
	a := buyer.attempt
	v.attempt, v.Problem, v.Cart, v.Typed = a, buyer.problem, buyer.cart, buyer.typed
	switch {
	case a.Estimate == nil:
		return
	case a.Address == nil:
		v.Step, v.Title = "address", "Address"
		return
	case a.Invoice == nil:
		v.Step, v.Title = "review", "Review"
		return
	}
	v.Step = "pay"
	if a.Report == nil {
		v.Words = words{"One moment", "The order is placed, and its invoice is being looked up."}
		v.Title, v.Live = v.Words.Title, true
		return
	}
	invoice := a.Report.Invoice
	v.Open, v.Live = a.open(), a.open()
	v.Words = wordsFor(invoiceWords, invoice.Status)
	v.Amount = usd(pepay.DecimalFromMillis(invoice.Amount))
	v.Missing = usd(pepay.DecimalFromMillis(invoice.AmountRemaining))
	if over := invoice.AmountPaid - invoice.Amount; invoice.Status == pepay.InvoiceStatusPaid && over > 0 {
		v.TooMuch = usd(pepay.DecimalFromMillis(over))
	}
	if v.Open {
		if latest := a.Report.LatestPayment.Status; string(latest) != string(invoice.Status) { // underpaid is said once
			v.Seen = paymentWords[latest]
		}
		v.Locked = a.Session != nil && a.Session.LockedTokenID != 0
	}
	if a.Quote != nil {
		v.QuoteOver = a.Quote.QuoteStatus == pepay.QuoteStatusExpired || !now.Before(a.QuoteEnds)
		v.QRSize, v.QRPath = qrCode(a.Quote.TempAddress)
		if invoice.Status == pepay.InvoiceStatusUnpaid && !v.QuoteOver && a.Quote.TempAddress != "" {
			v.Words.Text = "Send exactly the amount below to the address below. This page shows it as soon as it arrives."
		}
	}
	if a.Order != nil && invoice.Status == pepay.InvoiceStatusPaid {
		v.Step, v.OrderWords, v.Live = "order", wordsFor(orderWords, a.Order.Status), !final(a.Order)
		v.Refund = refundWords(a.Order)
	}
	v.Title = cmp.Or(v.OrderWords.Title, v.Words.Title)
}

// TitleOf is what the cart calls a product, for items of which an estimate has the id
// alone.
func (v *view) TitleOf(product string) string {
	if v.Cart != nil {
		for _, item := range v.Cart.Items {
			if item.ProductID == product && item.Title != "" {
				return item.Title
			}
		}
	}
	return product
}

// words are what a state is called, and what it means for the shopper.
type words struct{ Title, Text string }

// wordsFor has words for every state, also for one that Pepay adds later.
func wordsFor[S ~string](table map[S]words, status S) words {
	if w, ok := table[status]; ok {
		return w
	}
	return words{"Status: " + strings.ReplaceAll(string(status), "_", " "), ""}
}

var invoiceWords = map[pepay.InvoiceStatus]words{
	pepay.InvoiceStatusUnpaid:    {"Waiting for your payment", "Choose the token and the network that you want to pay with."},
	pepay.InvoiceStatusUnderpaid: {"A part is still missing", "Your payment arrived, and it was less than the amount."},
	pepay.InvoiceStatusPaid:      {"Paid, thank you", "Your order is on its way to the retailer."},
	pepay.InvoiceStatusExpired:   {"The invoice has expired", "It was not paid in time and cannot be paid any more: do not send anything to its address. Your cart is as it was; start again from there."},
	pepay.InvoiceStatusCanceled:  {"The invoice was canceled", "It cannot be paid any more: do not send anything to its address. Your cart is as it was; start again from there."},
}

// paymentWords are about a payment towards an invoice that is not paid yet.
var paymentWords = map[pepay.InvoicePaymentStatus]string{
	pepay.InvoicePaymentStatusPending:     "Your payment was seen. It counts as soon as the network has confirmed it.",
	pepay.InvoicePaymentStatusUnderpaid:   "Your last payment was confirmed. It was less than the amount.",
	pepay.InvoicePaymentStatusConfirmed:   "Your last payment is confirmed.",
	pepay.InvoicePaymentStatusManualRetry: "Your payment is being looked at by people. There is nothing you have to do; please do not pay again.",
}

var orderWords = map[pepay.OrderStatus]words{
	pepay.OrderStatusPendingPayment: {"Payment received", "The order waits for its payment to be confirmed."},
	pepay.OrderStatusProcessing:     {"Being ordered", "The payment is confirmed, and the order is being placed with the retailer."},
	pepay.OrderStatusPlaced:         {"Ordered", "The retailer has the order. Tracking follows when it ships."},
	pepay.OrderStatusShipped:        {"Shipped", "It is on its way to you."},
	pepay.OrderStatusDelivered:      {"Delivered", "It has arrived. Enjoy!"},
	pepay.OrderStatusFulfilled:      {"Completed", "The order is completed."},
	pepay.OrderStatusCancelled:      {"Cancelled", "The order was cancelled."},
	pepay.OrderStatusFailed:         {"The order failed", "The retailer could not take the order."},
}

// refundWords is empty for an order without a refund.
func refundWords(o *pepay.Order) string {
	status := cmp.Or(o.RefundStatus, o.Refund.Status)
	if status == "" || strings.EqualFold(status, "none") {
		return ""
	}
	text := "Refund: " + strings.ReplaceAll(strings.ToLower(status), "_", " ")
	if !o.Refund.AmountUSD.IsZero() {
		text += ", " + usd(o.Refund.AmountUSD)
	}
	if o.Refund.DestinationWalletAddressBsc != "" {
		text += ", to " + o.Refund.DestinationWalletAddressBsc + " on BSC"
	}
	return text + "."
}

// final tells whether an order stays as it is. A refund may still be under way.
func final(o *pepay.Order) bool {
	switch o.Status {
	case pepay.OrderStatusDelivered, pepay.OrderStatusFulfilled:
		return true
	case pepay.OrderStatusCancelled, pepay.OrderStatusFailed:
		return strings.EqualFold(o.RefundStatus, "refunded")
	}
	return false
}

// usd is an amount in dollars for people.
func usd(d pepay.Decimal) string {
	millis, err := d.Millis()
	switch {
	case err != nil:
		return "$" + d.String()
	case millis%10 != 0:
		return fmt.Sprintf("$%d.%03d", millis/1000, millis%1000)
	}
	return fmt.Sprintf("$%d.%02d", millis/1000, millis%1000/10)
}

// https tells what may become a link.
func https(address string) bool { return strings.HasPrefix(address, "https://") }

func clock(t time.Time) string { return t.UTC().Format("15:04 MST") }

// qrCode draws a text as a path of squares, of which size make a side.
func qrCode(text string) (size int, path string) {
	if text == "" {
		return 0, ""
	}
	code, err := qr.EncodeText(text, qr.Medium)
	if err != nil {
		return 0, "" // the address is there to copy all the same
	}
	var d strings.Builder
	for y := range code.Size() {
		for x := range code.Size() {
			if code.Module(x, y) {
				fmt.Fprintf(&d, "M%d %dh1v1h-1z", x+quietZone, y+quietZone)
			}
		}
	}
	return code.Size() + 2*quietZone, d.String()
}

const quietZone = 4 // what scanners want around a code

// catalogue is what is for sale: a search of ten minutes ago at most.
func (s *shop) catalogue(ctx context.Context) ([]pepay.ProductSummary, error) {
	s.mu.Lock()
	products, fresh := s.products, s.now().Sub(s.fetched) < 10*time.Minute
	s.mu.Unlock()
	if fresh {
		return products, nil
	}
	found, err := s.client.Commerce.Search(ctx, wrapper.ProductSearchParams{Q: s.query, Limit: 8})
	if err != nil {
		return products, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.products, s.fetched = found.Products, s.now()
	return found.Products, nil
}

func quantityIn(cart *pepay.Cart, product string) int {
	if cart != nil {
		for _, item := range cart.Items {
			if item.ProductID == product {
				return int(item.Quantity)
			}
		}
	}
	return 0
}

// The prefix makes browsers refuse such a cookie from a sibling host. It is always
// Secure: Chromium and Firefox send it to http://127.0.0.1 as well.
const cookieName = "__Host-shopper"

func (s *shop) shopper(r *http.Request) *shopper {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	buyer := s.shoppers[hash(c.Value)]
	if buyer == nil || !s.now().Before(buyer.ends) {
		return nil
	}
	return buyer
}

// welcome gives a new shopper a cookie, unless there are too many.
func (s *shop) welcome(w http.ResponseWriter) *shopper {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	maps.DeleteFunc(s.shoppers, func(_ string, b *shopper) bool { return !now.Before(b.ends) })
	maps.DeleteFunc(s.buyers, func(_ string, b *shopper) bool { return !now.Before(b.ends) })
	if len(s.shoppers) >= maxShoppers || !s.arrivals.take(now, newShoppers) {
		return nil
	}
	id := rand.Text()
	buyer := &shopper{customer: "cust_" + rand.Text(), ends: now.Add(shopperLife), items: map[string]string{}, changed: make(chan struct{})}
	buyer.typed.Country = "US"
	s.shoppers[hash(id)] = buyer
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: id, Path: "/", MaxAge: int(shopperLife / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: true,
	})
	return buyer
}

func hash(id string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(id))) }

// forget has webhooks about the shopper's order ignored from now on.
func (s *shop) forget(buyer *shopper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if invoice := buyer.attempt.Invoice; invoice != nil {
		delete(s.buyers, invoice.OrderID)
		delete(s.buyers, invoice.InvoiceID)
	}
}

// limit counts what happens in a minute.
type limit struct {
	since time.Time
	count int
}

func (l *limit) take(now time.Time, most int) bool {
	if now.Sub(l.since) >= time.Minute {
		l.since, l.count = now, 0
	}
	if l.count >= most {
		return false
	}
	l.count++
	return true
}

func (s *shop) take(l *limit, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return l.take(s.now(), most)
}

func (s *shop) takePage(buyer *shopper, n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if buyer.pages+n > openUpdates {
		return false
	}
	buyer.pages += n
	return true
}

// tell has the shopper's pages load what is new. The caller holds mu.
func (b *shopper) tell() {
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *shopper) watch() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
