package contract_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The client can send every operation of the document, with credentials that the
// simulator knows, and the answer conforms to the document. No operation is left out,
// and only those that are documented by name answer an example.
func TestEveryOperationConforms(t *testing.T) {
	t.Parallel()
	doc := load(t, readEffective(t))
	for _, op := range pepay.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			item := doc.Paths.Value(op.Path)
			target, header, body := sampleRequest(op.Path, item, item.GetOperation(op.Method))
			var opts []wrapper.CallOption
			for name := range header {
				if http.CanonicalHeaderKey(name) != "Idempotency-Key" { // the client sets it
					opts = append(opts, wrapper.WithHeader(name, header.Get(name)))
				}
			}
			h := newHarness(t)
			client := h.client(t, h.credentials(t)...)
			isExample := false
			h.transport.Base = headerOf(h.transport.Base, "X-Pepaytest-Example", &isExample)
			err := client.Call(t.Context(), op.Method, target, body, nil, opts...)
			if errors.Is(err, wrapper.ErrInvalidArgument) || errors.Is(err, wrapper.ErrNoCredential) {
				t.Fatalf("not sent: %v", err)
			}
			h.wantConforming(t)
			for _, exchange := range h.transport.Exchanges() {
				switch exchange.Status {
				case http.StatusUnauthorized, http.StatusInternalServerError, http.StatusNotImplemented:
					t.Errorf("answered %d: %v", exchange.Status, err)
				}
			}
			byName := item.GetOperation(op.Method).Extensions["x-pepay-completeness"] == "name-only"
			if isExample && !byName {
				t.Error("answers an example, although the documentation describes it")
			}
		})
	}
}

// credentials are one of each scheme, all of which the simulator knows.
func (h *harness) credentials(t *testing.T) []wrapper.Option {
	t.Helper()
	made, err := h.client(t).Invoices.Create(t.Context(), pepay.CreateInvoiceRequest{AmountUSD: decimalOf("10")})
	if err != nil {
		t.Fatal(err)
	}
	return []wrapper.Option{
		wrapper.WithBearerToken(h.server.BearerToken()),
		wrapper.WithCredential("sessionToken", made.SessionToken),
		wrapper.WithCredential("sessionSignature", made.Signature),
		wrapper.WithCredential("wsToken", "a token"),
		wrapper.WithCredential("paymentSessionToken", h.server.PaymentToken(made.InvoiceID, time.Hour)),
	}
}

// headerOf notes whether an answer has a header.
func headerOf(base http.RoundTripper, name string, has *bool) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := base.RoundTrip(r)
		if err == nil && resp.Header.Get(name) != "" {
			*has = true
		}
		return resp, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
