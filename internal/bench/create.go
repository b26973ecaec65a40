package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/stripe/stripe-go/v85"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The invoice that every contestant creates, and the answer. The address of the payment
// page is made up.
const (
	invoicesPath  = "/api/v1/invoices"
	createKey     = "8a2f3f0e-7c5b-4f7d-9b50-1d1c3a1f0001"
	createBody    = `{"amount_usd":129.9,"customer_id":"cust_1","description":"Premium Plan Subscription","metadata":{"order_id":"ORD-1"}}`
	createdID     = "550e8400-e29b-41d4-a716-446655440001"
	createdURL    = "https://pay.example.com/pay?session=pst_1&signature=sig_1"
	createdAnswer = `{"invoice_id":"` + createdID + `","payment_url":"` + createdURL + `","expires_at":1735776000,` +
		`"session_token":"pst_1","signature":"sig_1","payment_session_headers":{"x-session-token":"pst_1","x-signature":"sig_1"}}`
)

// create compares creating an invoice, from the parameters to the typed answer.
func create(ctx context.Context, o options) ([]table, error) {
	results, err := compare(ctx, processorTime, invoiceCreators(asIs), o)
	if err != nil {
		return nil, err
	}
	const ours = 1
	return []table{timing("create an invoice, in-memory transport, processor time (ratio to "+results[0].name+")", results,
		timeAtMost(results[ours], 1.6), allocsAtMost(results[ours], 46))}, nil
}

// plainRequest and plainCreated are the wire types, written by hand.
type plainRequest struct {
	AmountUSD   float64           `json:"amount_usd"`
	CustomerID  string            `json:"customer_id,omitempty"`
	Description string            `json:"description,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
}

type plainCreated struct {
	InvoiceID             string `json:"invoice_id"`
	PaymentURL            string `json:"payment_url"`
	ExpiresAt             int64  `json:"expires_at"`
	SessionToken          string `json:"session_token"`
	Signature             string `json:"signature"`
	PaymentSessionHeaders struct {
		SessionToken string `json:"x-session-token"`
		Signature    string `json:"x-signature"`
	} `json:"payment_session_headers"`
}

func invoiceCreators(spoil func(string) string) []contestant {
	r := request{method: http.MethodPost, path: invoicesPath, body: func() any {
		return plainRequest{129.9, "cust_1", "Premium Plan Subscription", map[string]string{"order_id": "ORD-1"}}
	}}
	client := func() *http.Client { return inMemory(spoil(createdAnswer), checkCreate) }
	checkPlain := func(created *plainCreated) error {
		return checkCreated(created.InvoiceID, created.PaymentURL, created.ExpiresAt)
	}
	check := func(created *pepay.CreatedInvoice) error {
		return checkCreated(created.InvoiceID, created.PaymentURL.Reveal(), created.ExpiresAt.Unix())
	}
	return []contestant{
		byHand(r, client(), checkPlain),
		byWrapper(client(), func(ctx context.Context, c *wrapper.Client) (*pepay.CreatedInvoice, error) {
			params, err := newInvoice()
			if err != nil {
				return nil, err
			}
			return c.Invoices.Create(ctx, params)
		}, check),
		byGenerated(client(), func(ctx context.Context, c *pepay.ClientWithResponses) (*pepay.CreatedInvoice, error) {
			params, err := newInvoice()
			if err != nil {
				return nil, err
			}
			answer, err := c.CreateInvoiceWithResponse(ctx, &pepay.CreateInvoiceParams{IdempotencyKey: createKey}, params)
			if err != nil {
				return nil, err
			}
			return answer.JSON200, nil
		}, check),
		byRetryable(r, client(), checkPlain),
		byStripe(inMemory(spoil(stripeInvoiceJSON(1)), checkStripeCreate), stripeCreate),
		byOpenAI(r, client(), checkPlain),
	}
}

func newInvoice() (pepay.CreateInvoiceRequest, error) {
	amount, err := pepay.ParseDecimal("129.9")
	return pepay.CreateInvoiceRequest{
		AmountUSD: amount, CustomerID: "cust_1", Description: "Premium Plan Subscription", Metadata: []byte(`{"order_id":"ORD-1"}`),
	}, err
}

func checkCreated(id, url string, expires int64) error {
	if id != createdID || url != createdURL || expires != 1735776000 {
		return fmt.Errorf("the invoice %q at %q until %d", id, url, expires)
	}
	return nil
}

func checkCreate(req *http.Request, content []byte) error {
	if req.Method != http.MethodPost || req.URL.Path != invoicesPath || string(bytes.TrimSuffix(content, []byte("\n"))) != createBody {
		return fmt.Errorf("unexpected request: %s %s with the body %q", req.Method, req.URL, content)
	}
	return checkCredential(req)
}

func stripeCreate(ctx context.Context, c *stripe.Client) error {
	created, err := c.V1Invoices.Create(ctx, &stripe.InvoiceCreateParams{
		Currency:    stripe.String(stripe.CurrencyUSD),
		Customer:    stripe.String("cust_1"),
		Description: stripe.String("Premium Plan Subscription"),
		Metadata:    map[string]string{"order_id": "ORD-1"},
	})
	if err != nil {
		return err
	}
	if created.ID != createdID {
		return fmt.Errorf("the invoice %q", created.ID)
	}
	return checkStripeInvoice(created)
}

// checkStripeCreate is checkCreate for Stripe's form of the request.
func checkStripeCreate(req *http.Request, content []byte) error {
	const form = "currency=usd&customer=cust_1&description=Premium+Plan+Subscription&metadata[order_id]=ORD-1"
	if req.Method != http.MethodPost || req.URL.Path != "/v1/invoices" || string(content) != form {
		return fmt.Errorf("unexpected request: %s %s with the body %q", req.Method, req.URL, content)
	}
	return checkCredential(req)
}
