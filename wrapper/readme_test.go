package wrapper_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/canned"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// tokensForPages is the README's main example as it stands there.
func tokensForPages(authorize func(*http.Request) (pepay.WSTokenScope, error)) (http.Handler, error) {
	client, err := wrapper.New() // reads PEPAY_API_KEY
	if err != nil {
		return nil, err
	}
	cache := wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant}))
	source := func(pepay.WSTokenScope) wstoken.Source { return cache }
	return wstoken.Handler(source, authorize), nil // answers POST with {token, scope, expires_at, expires_in, ws_url}
}

func TestReadmeTokens(t *testing.T) {
	server := pepaytest.NewServer(t)
	t.Setenv("PEPAY_API_URL", server.URL())
	t.Setenv("PEPAY_API_KEY", server.APIKey())
	signedIn := false
	handler, err := tokensForPages(func(*http.Request) (pepay.WSTokenScope, error) {
		if !signedIn {
			return "", wstoken.ErrNotSignedIn
		}
		return pepay.WSTokenScopeMerchant, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/ws-token", nil))
		return w
	}
	if w := ask(); w.Code != http.StatusUnauthorized {
		t.Errorf("nobody is signed in: %d %s", w.Code, w.Body)
	}
	signedIn = true
	w := ask()
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); w.Code != http.StatusOK || err != nil {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := slices.Sorted(maps.Keys(answer)); !slices.Equal(got, []string{"expires_at", "expires_in", "scope", "token", "ws_url"}) {
		t.Errorf("answered %v", got)
	}
}

// sell is the README's example of an invoice.
func sell(ctx context.Context, client *wrapper.Client, sendPayorTo func(url string), ship func(pepay.Invoice) error) error {
	created, err := client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(49_990)}) // 49.99 dollars
	if err != nil {
		return err
	}
	sendPayorTo(created.PaymentURL.Reveal()) // a secret: it opens the payor's side of the invoice
	report, err := client.Invoices.WaitForStatus(ctx, created.InvoiceID, wrapper.Wait{}, nil)
	if err != nil {
		return err
	}
	return ship(report.Invoice) // whose Status is paid, expired or canceled
}

func TestReadmeInvoice(t *testing.T) {
	t.Parallel()
	server := canned.Start(t)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey("pk_merchant"))
	if err != nil {
		t.Fatal(err)
	}
	var url string
	var shipped pepay.Invoice
	err = sell(t.Context(), client, func(u string) { url = u }, func(invoice pepay.Invoice) error {
		shipped = invoice
		return nil
	})
	if err != nil || !strings.HasPrefix(url, "https://") || shipped.Status != pepay.InvoiceStatusPaid {
		t.Errorf("%v, the payor went to %q, shipped %+v", err, url, shipped)
	}
	if body := string(server.Requests()[0].Body); body != `{"amount_usd":49.990}` {
		t.Errorf("the invoice was created with %s", body)
	}
}

// followInvoices is the README's example of a stream.
func followInvoices(ctx context.Context, client *wrapper.Client, handle func(string, pepay.Invoice) error) error {
	// The cursor lets it continue after a restart.
	events := stream.Merchant(client, stream.Options{Types: []string{"invoice.*"}, Cursor: stream.FileCursor("cursor")})
	for ev, err := range events.Events(ctx) {
		if err != nil {
			return err // temporary failures were retried
		}
		var invoice pepay.Invoice
		if err := ev.Decode(&invoice); err != nil {
			return err
		}
		if err := handle(ev.ID, invoice); err != nil {
			return err // ev comes again next time
		}
	}
	return nil
}

// followEvents is the example of docs/streams.md.
func followEvents(ctx context.Context, client *wrapper.Client, handle func(*pepay.Event) error) error {
	events := stream.Merchant(client, stream.Options{
		Types:  []string{"invoice.*"},
		Cursor: stream.FileCursor("cursor"), // continue after a restart
	})
	for ev, err := range events.Events(ctx) {
		if err != nil {
			return err // temporary failures were retried
		}
		if err := handle(ev); err != nil {
			return err // ev comes again next time
		}
	}
	return nil
}

func TestReadmeStream(t *testing.T) {
	server := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	ids := emit(t, server, pepay.EventInvoiceUpdated, 3)
	enough := errors.New("enough")
	var seen []string
	see := func(id string) error {
		if seen = append(seen, id); len(seen) == 2 {
			return enough
		}
		return nil
	}
	for name, follow := range map[string]func() error{
		"README": func() error {
			return followInvoices(t.Context(), client, func(id string, invoice pepay.Invoice) error {
				if invoice.Object != "invoice" {
					t.Errorf("%s is about %+v", id, invoice)
				}
				return see(id)
			})
		},
		"docs/streams.md": func() error {
			return followEvents(t.Context(), client, func(ev *pepay.Event) error { return see(ev.ID) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			seen = nil
			t.Chdir(t.TempDir()) // for the cursor
			if err := stream.FileCursor("cursor").Save(t.Context(), ids[0]); err != nil {
				t.Fatal(err)
			}
			err := follow()
			if cursor, loadErr := stream.FileCursor("cursor").Load(t.Context()); !errors.Is(err, enough) || !slices.Equal(seen, ids[1:]) || cursor != ids[1] {
				t.Errorf("%v after %v, the cursor is %s (%v)", err, seen, cursor, loadErr)
			}
		})
	}
}

// receiveWebhooks is the README's example of a webhook endpoint.
func receiveWebhooks(handle func(context.Context, *pepay.Event) error) (http.Handler, error) {
	verifier, err := webhook.FromEnv() // PEPAY_WEBHOOK_SECRET, and PEPAY_WEBHOOK_SECRET_PREVIOUS while it rotates
	if err != nil {
		return nil, err
	}
	return verifier.Handler(handle), nil // 200 once handle succeeded; repeats are acknowledged without calling it
}

func TestReadmeWebhook(t *testing.T) {
	t.Setenv("PEPAY_WEBHOOK_SECRET", "the endpoint's secret")
	t.Setenv("PEPAY_WEBHOOK_SECRET_PREVIOUS", "")
	handled := make(chan string, 9)
	handler, err := receiveWebhooks(func(_ context.Context, ev *pepay.Event) error {
		handled <- ev.ID
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	receiver := httptest.NewServer(handler)
	defer receiver.Close()
	server := pepaytest.NewServer(t, pepaytest.WithDuplicateDeliveries(1), pepaytest.WithWebhookRetry(9, 0))
	endpoint := server.AddWebhook(receiver.URL, "the endpoint's secret")
	ids := emit(t, server, pepay.EventInvoiceUpdated, 1)
	if err := endpoint.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(handled) != 1 || <-handled != ids[0] || len(endpoint.Deliveries()) != 2 {
		t.Errorf("handled %d times, %+v", len(handled), endpoint.Deliveries())
	}
}

func TestReadmeSimulator(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	server.Faults().On("mintWsToken", pepaytest.Status(503), pepaytest.Next(1)) // the next answer; the client retries
	_, err = client.WSTokens.Mint(t.Context(), wrapper.MintParams{})
	if err != nil || len(server.Requests()) != 2 {
		t.Errorf("%v after %d requests", err, len(server.Requests()))
	}
}

// TestReadmeWaitStreams is docs/testing.md's way to begin when the program follows.
func TestReadmeWaitStreams(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	event, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	following, stop := context.WithCancel(ctx)
	defer stop()
	seen := make(chan string, 1)
	go func() {
		defer close(seen)
		for ev, err := range stream.Merchant(client, stream.Options{}).Events(following) {
			if err != nil {
				return
			}
			seen <- ev.Type
		}
	}()
	must(server.WaitStreams(ctx, 1)) // exactly one stream is open, whoever opened it
	server.Emit(event)               // it is sent this
	if got := <-seen; got != pepay.EventInvoiceUpdated {
		t.Errorf("%q arrived", got)
	}
	stop()
	must(server.WaitStreams(ctx, 0)) // the program has let go of its stream
	if more, open := <-seen; open {
		t.Errorf("%q arrived too", more)
	}
}

// TestReadmePayments is docs/testing.md's way to pay, to settle and to let time pass.
func TestReadmePayments(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	create := func() string {
		created, err := client.Invoices.Create(t.Context(), pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(49_990)})
		must(err)
		return created.InvoiceID
	}
	id, other := create(), create()
	must(server.Pay(id, pepaytest.Payment{Millis: 40_000, TokenID: 10})) // too little: underpaid, and locked to this token
	must(server.Pay(id, pepaytest.Payment{}))                            // what remains: paid
	must(server.FailSettlement(id))                                      // settlement_status failed
	must(server.Settle(id))                                              // settled
	must(server.Expire(other))                                           // now, before its time
	server.Advance(12 * time.Hour)                                       // all that falls due until then
	invoices := server.Invoices()                                        // with their payments, the oldest first
	var settled []pepay.SettlementStatus
	for _, payment := range invoices[0].Payments {
		settled = append(settled, payment.SettlementStatus)
	}
	if !slices.Equal(settled, []pepay.SettlementStatus{pepay.SettlementStatusSettled, pepay.SettlementStatusSettled}) ||
		invoices[0].Status != pepay.InvoiceStatusPaid || invoices[1].Status != pepay.InvoiceStatusExpired {
		t.Errorf("%+v", invoices)
	}
}

// TestReadmeOrder is docs/testing.md's way to move an order on.
func TestReadmeOrder(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithCommerceAPIKey(server.CommerceAPIKey()))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const customer = "cust_123"
	estimate, err := client.Commerce.Checkout.Estimate(ctx, pepay.EstimateRequest{
		CustomerID: customer, Items: []pepay.EstimateItemInput{{ProductID: "B08N5WRWNW", Retailer: "amazon", Quantity: 1}},
	})
	must(err)
	address, err := client.Commerce.Checkout.SetAddress(ctx, pepay.CheckoutAddressRequest{
		CustomerID: customer, EstimateID: estimate.EstimateID,
		Address: pepay.ShippingAddress{FirstName: "Jane", LastName: "Doe", StreetAddress: "123 Main St", City: "Miami", State: "FL", ZipCode: "33101", Country: "US"},
	})
	must(err)
	invoice, err := client.Commerce.Checkout.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{
		CustomerID: customer, EstimateID: estimate.EstimateID, AddressID: address.AddressID,
	})
	must(err)
	must(server.Pay(invoice.InvoiceID, pepaytest.Payment{})) // the order is processing
	must(server.Settle(invoice.InvoiceID))                   // and may be placed
	order, err := client.Commerce.Devnet.Simulate(ctx, invoice.OrderID, pepay.SimulateOrderRequest{TransitionTo: pepay.OrderTransitionPlaced})
	if err != nil || order.Status != pepay.OrderStatusPlaced {
		t.Errorf("%+v, %v", order, err)
	}
}

// retryLater is the example of docs/howto/rate-limits.md.
func retryLater(err error) time.Duration {
	var failure *wrapper.Error
	if errors.As(err, &failure) && errors.Is(err, wrapper.ErrRateLimited) {
		return failure.RetryAfter // the job goes back into the queue until then
	}
	return 0
}

func TestGuideRateLimits(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	server.Faults().On("mintWsToken", pepaytest.StatusRetryAfter(http.StatusTooManyRequests, "900"), pepaytest.Always())
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.WSTokens.Mint(t.Context(), wrapper.MintParams{})
	if wait := retryLater(err); wait != 15*time.Minute {
		t.Errorf("waits %v after %v", wait, err)
	}
	if wait := retryLater(wrapper.ErrServer); wait != 0 {
		t.Errorf("waits %v after another failure", wait)
	}
}

// rotatingClient is the example of docs/howto/rotate-keys.md.
func rotatingClient(fromVault func(context.Context) (pepay.Secret, error)) (*wrapper.Client, error) {
	client, err := wrapper.New(wrapper.WithCredentialFunc("merchantApiKey", fromVault))
	return client, err
}

func TestGuideRotateKeys(t *testing.T) {
	server := pepaytest.NewServer(t, pepaytest.WithKey("pk_new", pepaytest.Key{MerchantID: 1, Scope: pepay.WSTokenScopeMerchant}))
	t.Setenv("PEPAY_API_URL", server.URL())
	current := pepay.Secret(server.APIKey())
	client, err := rotatingClient(func(context.Context) (pepay.Secret, error) { return current, nil })
	if err != nil {
		t.Fatal(err)
	}
	mint := func() error {
		_, err := client.WSTokens.Mint(t.Context(), wrapper.MintParams{})
		return err
	}
	if err := mint(); err != nil {
		t.Fatal(err)
	}
	if err := server.RevokeKey(server.APIKey()); err != nil {
		t.Fatal(err)
	}
	if err := mint(); !errors.Is(err, wrapper.ErrUnauthorized) {
		t.Errorf("the revoked key: %v", err)
	}
	current = "pk_new"
	if err := mint(); err != nil {
		t.Errorf("the new key: %v", err)
	}
}

// Every Go snippet of the README and of docs stands in a test, where it is compiled and
// run.
func TestReadmeSnippetsAreCompiled(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	guides, err := filepath.Glob("../docs/howto/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, page := range slices.Concat(pages, guides, []string{"../README.md"}) {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(content)
	}
	var source strings.Builder
	// What needs a database is with those who have a driver.
	for _, file := range []string{
		"readme_test.go", "../storetest/example_test.go", "../store/postgres/example_test.go", "../store/postgres/inboxtest/docs_test.go",
	} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(content)
	}
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(text.String(), -1)
	if len(snippets) < 5 {
		t.Fatalf("found %d Go snippets", len(snippets))
	}
	for _, snippet := range snippets {
		if !strings.Contains(unindent(source.String()), unindent(snippet[1])) {
			t.Errorf("this snippet is not in a test that runs it:\n%s", snippet[1])
		}
	}
}

func unindent(text string) string {
	return regexp.MustCompile(`(?m)^[\t ]+`).ReplaceAllString(text, "")
}
