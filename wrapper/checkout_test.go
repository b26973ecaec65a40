package wrapper

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const (
	estimateID = "550e8400-e29b-41d4-a716-446655440000"
	addressID  = "550e8400-e29b-41d4-a716-446655440222"
)

func at(text string) pepay.Timestamp {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return pepay.Timestamp{Time: t.UTC()}
}

func janesAddress() pepay.ShippingAddress {
	return pepay.ShippingAddress{
		FirstName: "Jane", LastName: "Doe", StreetAddress: "123 Main St", AddressLine2: "Apt 4B", City: "Miami", State: "FL",
		ZipCode: "33101", Country: "US", Phone: "+13055550123", Email: "jane@example.com",
	}
}

func TestCheckout(t *testing.T) {
	t.Parallel()
	const path = "/api/commerce/merchant/checkout/"
	yes, no := true, false
	estimate := func(r pepay.EstimateRequest) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Checkout.Estimate(ctx, r) }
	}
	invoice := func(r pepay.CheckoutInvoiceRequest) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Checkout.CreateInvoice(ctx, r) }
	}
	estimated := &pepay.Estimate{
		EstimateID: estimateID, MerchantID: 123, NetworkEnvironment: pepay.NetworkEnvironmentDevnet, CustomerID: "cust_123456",
		ValidItems: []pepay.EstimateItem{{
			ProductID: "B08N5WRWNW", Retailer: pepay.RetailerAmazon, Title: "Item", Quantity: 1, Price: dollars(t, "9.99"),
			TotalPrice: dollars(t, "9.99"), Metadata: json.RawMessage(`{"image": "https://example.com/product.jpg"}`),
		}},
		InvalidItems: []pepay.InvalidEstimateItem{{
			ProductID: "B000000000", Retailer: pepay.RetailerAmazon,
			Error: "No eligible offers (must be New, Prime/marketplace fulfilled, delivery within 6 days)",
		}},
		Pricing: pepay.EstimatePricing{
			Subtotal: dollars(t, "9.99"), Shipping: dollars(t, "1"), Tax: dollars(t, "0"), Total: dollars(t, "13.99"),
			Fees: pepay.CommerceFees{Fixed: dollars(t, "0"), Percentage: dollars(t, "0"), Total: dollars(t, "3")},
		},
		FeeBreakdown: pepay.EstimateFeeBreakdown{ShippingBase: dollars(t, "1"), CommerceFee: dollars(t, "3"), TotalFees: dollars(t, "4")},
		ExpiresAt:    at("2025-12-16T00:15:00Z"), CreatedAt: at("2025-12-16T00:00:00Z"),
	}
	const order = "550e8400-e29b-41d4-a716-446655440333"
	const session, signature = pepay.Secret("550e8400-e29b-41d4-a716-446655440444"), pepay.Secret("<signatureHash>.<timestamp>")
	created := &pepay.CheckoutInvoice{
		OrderID: order, InvoiceID: "550e8400-e29b-41d4-a716-446655440111", InvoiceURL: "https://pay.example.com/pay?session=...&signature=...",
		Session: session, Signature: signature, PaymentSessionHeaders: pepay.PaymentSessionHeaders{SessionToken: session, Signature: signature},
		MerchantID: 123, NetworkEnvironment: pepay.NetworkEnvironmentDevnet, CustomerID: "cust_123456", Amount: dollars(t, "13.99"),
		Status: pepay.InvoiceStatusUnpaid, ExpiresAt: at("2025-12-16T00:20:00Z"),
		Endpoints: pepay.CheckoutEndpoints{
			CheckOrder:   "/api/commerce/merchant/orders/" + order,
			CheckPayment: "/api/commerce/merchant/payments/" + order + "/status",
			CancelOrder:  "/api/commerce/merchant/orders/" + order + "/cancel",
		},
	}
	third := pepay.CheckoutInvoiceRequest{CustomerID: "cust_123456", EstimateID: estimateID, AddressID: addressID}
	const thirdBody = `"addressId":"` + addressID + `","customer_id":"cust_123456","estimateId":"` + estimateID + `"`
	for name, c := range map[string]commerceCall{
		"estimate of items": {
			call: estimate(pepay.EstimateRequest{CustomerID: "cust_123456", Items: []pepay.EstimateItemInput{
				{ProductID: "B08N5WRWNW", Quantity: 2, Price: dollars(t, "29.90"), Title: "Test Product"},
			}}),
			sent:   "POST " + path + "estimate",
			body:   `{"customer_id":"cust_123456","items":[{"price":29.90,"productId":"B08N5WRWNW","quantity":2,"title":"Test Product"}]}`,
			answer: "createEstimate/response", want: estimated,
		},
		"estimate of the cart": {
			call: estimate(pepay.EstimateRequest{CustomerID: "cust_123456", UseCart: &yes}),
			sent: "POST " + path + "estimate", body: `{"customer_id":"cust_123456","useCart":true}`,
			answer: "createEstimate/response", want: estimated,
		},
		"estimate of the cart with changes, for a wallet": {
			call: estimate(pepay.EstimateRequest{
				WalletAddress: "0x1", WalletNetwork: "bsc", UseCart: &yes,
				ItemOverrides: []json.RawMessage{json.RawMessage(`{"productId":"B1","quantity":0}`)},
			}),
			sent:   "POST " + path + "estimate",
			body:   `{"itemOverrides":[{"productId":"B1","quantity":0}],"useCart":true,"wallet_address":"0x1","wallet_network":"bsc"}`,
			answer: "createEstimate/response", want: estimated,
		},
		"estimate that says no to the cart": {
			call: estimate(pepay.EstimateRequest{CustomerID: "c", UseCart: &no, Items: []pepay.EstimateItemInput{{ProductID: "B1"}}}),
			sent: "POST " + path + "estimate", body: `{"customer_id":"c","items":[{"productId":"B1"}],"useCart":false}`,
			answer: "createEstimate/response", want: estimated,
		},
		"address": {
			call: func(ctx context.Context, s *CommerceService) (any, error) {
				return s.Checkout.SetAddress(ctx, pepay.CheckoutAddressRequest{CustomerID: "cust_123456", EstimateID: estimateID, Address: janesAddress()})
			},
			sent: "POST " + path + "address",
			body: `{"address":{"address_line2":"Apt 4B","city":"Miami","country":"US","email":"jane@example.com","first_name":"Jane","last_name":"Doe",` +
				`"phone":"+13055550123","state":"FL","street_address":"123 Main St","zip_code":"33101"},"customer_id":"cust_123456","estimateId":"` + estimateID + `"}`,
			answer: "setCheckoutAddress/response",
			want: &pepay.CheckoutAddress{
				AddressID: addressID, Validated: true, Standardized: janesAddress(),
				ShippingOptions: []pepay.ShippingOption{{ID: "standard", Name: "Standard Shipping", Price: dollars(t, "5.99"), EstimatedDays: "5-7 business days"}},
			},
		},
		"invoice": {
			call: invoice(third), sent: "POST " + path + "invoice", body: "{" + thirdBody + "}",
			answer: "createCheckoutInvoice/response", want: created,
		},
		"invoice, older": {
			call: invoice(third), sent: "POST " + path + "invoice", body: "{" + thirdBody + "}",
			answer: "createCheckoutInvoice/response-old", want: created,
		},
		"invoice with a refund destination": {
			call: invoice(pepay.CheckoutInvoiceRequest{
				CustomerID: "cust_123456", EstimateID: estimateID, AddressID: addressID,
				RefundDestinationWalletAddressBsc: "0x0000000000000000000000000000000000000001",
			}),
			sent: "POST " + path + "invoice", body: "{" + thirdBody + `,"refundDestinationWalletAddressBsc":"0x0000000000000000000000000000000000000001"}`,
			answer: "createCheckoutInvoice/response", want: created,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}

// The two writes that document an idempotency key send one, the same on every attempt.
func TestCommerceIdempotencyKeys(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		call   func(context.Context, *CommerceService, ...CallOption) error
		answer string
		want   bool
	}{
		"checkout": {func(ctx context.Context, s *CommerceService, opts ...CallOption) error {
			_, err := s.Checkout.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{CustomerID: "c", EstimateID: "e", AddressID: "a"}, opts...)
			return err
		}, "createCheckoutInvoice/response", true},
		"cancel": {func(ctx context.Context, s *CommerceService, opts ...CallOption) error {
			_, err := s.Orders.Cancel(ctx, "o", pepay.CancelOrderRequest{}, opts...)
			return err
		}, "cancelOrder/response", true},
		"estimate": {func(ctx context.Context, s *CommerceService, opts ...CallOption) error {
			_, err := s.Checkout.Estimate(ctx, pepay.EstimateRequest{CustomerID: "c", Items: make([]pepay.EstimateItemInput, 1)}, opts...)
			return err
		}, "createEstimate/response", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var keys []string
			client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
				keys = append(keys, req.Header.Get("Idempotency-Key"))
				if len(keys) == 1 {
					return respond(http.StatusServiceUnavailable, `{}`, "Retry-After", "0"), nil
				}
				return respond(http.StatusOK, documentedExample(t, c.answer)), nil
			})
			if err := c.call(t.Context(), client.Commerce); err != nil {
				t.Fatal(err)
			}
			if len(keys) != 2 || keys[0] != keys[1] || (keys[0] != "") != c.want {
				t.Errorf("the keys are %q", keys)
			}
			keys = nil
			const own = "123e4567-e89b-42d3-a456-556642440000"
			err := c.call(t.Context(), client.Commerce, WithIdempotencyKey(own))
			if c.want && (err != nil || keys[0] != own) || !c.want && !errors.Is(err, ErrInvalidArgument) {
				t.Errorf("with a key of the caller's: %q, %v", keys, err)
			}
		})
	}
}

func TestCheckoutRefusesArguments(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return respond(http.StatusOK, `{}`), nil
	})
	ctx, s := t.Context(), client.Commerce.Checkout
	yes, no := true, false
	items := []pepay.EstimateItemInput{{ProductID: "B1"}}
	overrides := []json.RawMessage{json.RawMessage(`{}`)}
	estimate := func(r pepay.EstimateRequest) error { _, err := s.Estimate(ctx, r); return err }
	address := func(r pepay.CheckoutAddressRequest) error { _, err := s.SetAddress(ctx, r); return err }
	invoice := func(r pepay.CheckoutInvoiceRequest) error { _, err := s.CreateInvoice(ctx, r); return err }
	for _, tc := range []struct {
		name string
		err  error
		says string
	}{
		{"no customer", estimate(pepay.EstimateRequest{Items: items}), "EstimateRequest: set CustomerID"},
		{"two customers", estimate(pepay.EstimateRequest{CustomerID: "c", WalletAddress: "0x1", WalletNetwork: "bsc", Items: items}), "EstimateRequest: set CustomerID"},
		{"half a wallet", estimate(pepay.EstimateRequest{WalletAddress: "0x1", Items: items}), "EstimateRequest.WalletNetwork"},
		{"no items", estimate(pepay.EstimateRequest{CustomerID: "c"}), "Items, or UseCart"},
		{"no items and no cart", estimate(pepay.EstimateRequest{CustomerID: "c", UseCart: &no}), "Items, or UseCart"},
		{"items and the cart", estimate(pepay.EstimateRequest{CustomerID: "c", UseCart: &yes, Items: items}), "not both"},
		{"overrides without the cart", estimate(pepay.EstimateRequest{CustomerID: "c", Items: items, ItemOverrides: overrides}), "EstimateRequest.ItemOverrides"},
		{"an override that is not JSON", estimate(pepay.EstimateRequest{CustomerID: "c", UseCart: &yes, ItemOverrides: []json.RawMessage{json.RawMessage(`{`)}}), "body"},
		{"no customer of an address", address(pepay.CheckoutAddressRequest{EstimateID: "e", Address: janesAddress()}), "CheckoutAddressRequest.CustomerID"},
		{"no estimate of an address", address(pepay.CheckoutAddressRequest{CustomerID: "c", Address: janesAddress()}), "CheckoutAddressRequest.EstimateID"},
		{"no address", address(pepay.CheckoutAddressRequest{CustomerID: "c", EstimateID: "e"}), "CheckoutAddressRequest.Address"},
		{"no customer of an invoice", invoice(pepay.CheckoutInvoiceRequest{EstimateID: "e", AddressID: "a"}), "CheckoutInvoiceRequest.CustomerID"},
		{"no estimate of an invoice", invoice(pepay.CheckoutInvoiceRequest{CustomerID: "c", AddressID: "a"}), "CheckoutInvoiceRequest.EstimateID"},
		{"no address of an invoice", invoice(pepay.CheckoutInvoiceRequest{CustomerID: "c", EstimateID: "e"}), "CheckoutInvoiceRequest.AddressID"},
	} {
		if !errors.Is(tc.err, ErrInvalidArgument) || !strings.Contains(tc.err.Error(), tc.says) {
			t.Errorf("%s: %v", tc.name, tc.err)
		}
	}
}
