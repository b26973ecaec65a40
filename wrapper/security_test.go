package wrapper

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// document is what this file reads of the effective document, without the help of the
// generated tables.
type document struct {
	Security   []map[string][]string
	Components struct {
		SecuritySchemes map[string]struct{ Type, In, Name, Scheme string }
	}
	Paths map[string]map[string]json.RawMessage
}

type documented struct {
	id, method, path string
	security         []map[string][]string
}

func effectiveDocument(t *testing.T) (document, []documented) {
	t.Helper()
	content, err := os.ReadFile("../api/openapi.effective.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := json.Unmarshal(content, &doc); err != nil {
		t.Fatal(err)
	}
	var operations []documented
	for path, item := range doc.Paths {
		for method, raw := range item {
			if !slices.Contains([]string{"get", "post", "put", "patch", "delete"}, method) {
				continue
			}
			var op struct {
				OperationID string
				Security    *[]map[string][]string
			}
			if err := json.Unmarshal(raw, &op); err != nil {
				t.Fatal(err)
			}
			security := doc.Security
			if op.Security != nil {
				security = *op.Security
			}
			operations = append(operations, documented{op.OperationID, strings.ToUpper(method), path, security})
		}
	}
	if len(operations) != len(pepay.Operations()) {
		t.Fatalf("read %d operations of %d", len(operations), len(pepay.Operations()))
	}
	return doc, operations
}

// setters says what the error of a missing credential must name.
var setters = map[string]string{
	"merchantApiKey":      "WithAPIKey, PEPAY_API_KEY",
	"commerceApiKey":      "WithCommerceAPIKey, PEPAY_COMMERCE_API_KEY",
	"bearerAuth":          "WithBearerToken, PEPAY_JWT",
	"sessionToken":        "client.Payor",
	"sessionSignature":    "client.Payor",
	"wsToken":             "WithCredential",
	"paymentSessionToken": "WithCredential",
}

// Whatever credentials a client has, an operation gets exactly the first alternative
// of the contract that can be met, or nothing is sent at all.
func TestEveryOperationWithEveryCredential(t *testing.T) {
	t.Parallel()
	doc, operations := effectiveDocument(t)
	schemes := slices.Sorted(maps.Keys(doc.Components.SecuritySchemes))
	for combination := range 1 << len(schemes) {
		var have []string
		opts := []Option{once}
		for i, scheme := range schemes {
			if combination&(1<<i) != 0 {
				have = append(have, scheme)
				opts = append(opts, WithCredential(scheme, pepay.Secret(credentialOf(scheme))))
			}
		}
		var sent *http.Request
		client := clientWith(t, func(req *http.Request) (*http.Response, error) {
			sent = req
			return respond(http.StatusNoContent, ""), nil
		}, opts...)
		for _, op := range operations {
			want, ok := firstMet(op.security, have)
			values, path := pathWithValues(op.path)

			sent = nil
			err := acknowledge(t.Context(), client, op.id, input{path: values}, nil)
			checkSent(t, op, have, doc, sent, err, want, ok)

			req, badURL := http.NewRequestWithContext(t.Context(), op.method, "https://api.example"+path, nil)
			if badURL != nil {
				t.Fatal(badURL)
			}
			for _, scheme := range doc.Components.SecuritySchemes { // what it carries already is replaced
				if scheme.In == "header" {
					req.Header.Set(scheme.Name, "stale")
				}
			}
			req.Header.Set("Authorization", "stale")
			err = client.Authorize(req)
			if err == nil {
				sent = req
			} else {
				sent = nil
			}
			checkSent(t, op, have, doc, sent, err, want, ok)
		}
		if t.Failed() {
			return // one combination says enough
		}
	}
}

// clientWith is a client without any credential but those of opts, whatever the
// environment has.
func clientWith(t *testing.T, transport doerFunc, opts ...Option) *Client {
	t.Helper()
	none := func(c *config) error {
		c.credentials = credentials{}
		return nil
	}
	client, err := New(append([]Option{none, WithBaseURL("https://api.example"), WithHTTPClient(&http.Client{Transport: transport})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func credentialOf(scheme string) string { return "value-of-" + scheme }

// firstMet is the first alternative whose schemes are all there; an anonymous one
// counts when there is no other.
func firstMet(security []map[string][]string, have []string) (schemes []string, ok bool) {
	anonymous := len(security) == 0
	for _, requirement := range security {
		anonymous = anonymous || len(requirement) == 0
		met := len(requirement) > 0
		for scheme := range requirement {
			met = met && slices.Contains(have, scheme)
		}
		if met {
			return slices.Sorted(maps.Keys(requirement)), true
		}
	}
	return nil, anonymous
}

func pathWithValues(template string) (values []string, path string) {
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			values, segments[i] = append(values, "v1"), "v1"
		}
	}
	return values, strings.Join(segments, "/")
}

func checkSent(t *testing.T, op documented, have []string, doc document, sent *http.Request, err error, want []string, ok bool) {
	t.Helper()
	if !ok {
		if !errors.Is(err, ErrNoCredential) || sent != nil {
			t.Errorf("%s with %v: %v, sent %v", op.id, have, err, sent != nil)
			return
		}
		for _, requirement := range op.security {
			for scheme := range requirement {
				if text := err.Error(); !slices.Contains(have, scheme) && (!strings.Contains(text, scheme) || !strings.Contains(text, setters[scheme]) || setters[scheme] == "") {
					t.Errorf("%s with %v: %v does not say how to set %s", op.id, have, err, scheme)
				}
			}
		}
		return
	}
	if err != nil {
		t.Errorf("%s with %v: %v", op.id, have, err)
		return
	}
	var got []string
	for name, scheme := range doc.Components.SecuritySchemes {
		value := ""
		switch {
		case scheme.Type == "http":
			value = strings.TrimPrefix(sent.Header.Get("Authorization"), "Bearer ")
		case scheme.In == "header":
			value = sent.Header.Get(scheme.Name)
		case scheme.In == "query":
			value = sent.URL.Query().Get(scheme.Name)
		}
		if value == credentialOf(name) {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s with %v sends %v, want %v", op.id, have, got, want)
	}
	carried := sent.URL.String()
	for name, values := range sent.Header {
		carried += "\n" + name + ": " + strings.Join(values, ", ")
	}
	if n := strings.Count(carried, "value-of-"); n != len(want) || strings.Contains(carried, "stale") {
		t.Errorf("%s with %v carries %d credentials, want %d:\n%s", op.id, have, n, len(want), carried)
	}
}

// mayCall says which credentials each operation takes, in order of preference, as
// Pepay's documentation has it. "+" joins what is sent together.
var mayCall = map[string][]string{
	"mintWsToken":         {"merchantApiKey", "commerceApiKey"},
	"listEvents getEvent": {"merchantApiKey", "commerceApiKey", "bearerAuth"},
	"openMerchantStream":  {"merchantApiKey", "wsToken"},
	"openCommerceStream":  {"commerceApiKey", "merchantApiKey", "wsToken"},
	"openPaymentStream":   {"paymentSessionToken"},
	"createInvoice listInvoices getInvoice getInvoiceStatus":                 {"merchantApiKey", "bearerAuth"},
	"getInvoiceTotals listCustomerInvoices":                                  {"merchantApiKey", "bearerAuth"},
	"listMerchantTokens searchMerchantTokens blockMerchantToken":             {"merchantApiKey", "bearerAuth"},
	"activateMainnet getMainnetStatus setEnvironment":                        {"merchantApiKey", "bearerAuth"},
	"getSettlementPreference updateSettlementToken":                          {"bearerAuth"},
	"listApiKeys createApiKey revokeApiKey":                                  {"bearerAuth"},
	"getPaymentSession listAvailableTokens allocatePaymentAddress":           {"sessionSignature+sessionToken"},
	"getPaymentStatus setCustomerEmail getCustomerEmail getInvoiceQuestions": {"sessionSignature+sessionToken"},
	"submitInvoiceForm verifyInvoice getInvoiceVerification":                 {"sessionSignature+sessionToken"},
	"listOrders getOrder getOrderByInvoice":                                  {"commerceApiKey", "merchantApiKey", "bearerAuth"},
	"getCommerceStatus getCommerceInfo searchCommerce getProduct":            {"commerceApiKey", "merchantApiKey"},
	"getProductOffers getCart createCart clearCart addCartItem":              {"commerceApiKey", "merchantApiKey"},
	"updateCartItem removeCartItem validateCart getCartTotals":               {"commerceApiKey", "merchantApiKey"},
	"createEstimate setCheckoutAddress createCheckoutInvoice cancelOrder":    {"commerceApiKey", "merchantApiKey"},
	"getOrderPayment getOrderPayments listAddresses deleteAddress":           {"commerceApiKey", "merchantApiKey"},
	"simulateOrder": {"commerceApiKey", "merchantApiKey"},
}

// The contract asks for what the documentation says. An operation that is published
// later needs no row.
func TestWhoMayCallWhat(t *testing.T) {
	t.Parallel()
	_, operations := effectiveDocument(t)
	byID := map[string][]string{}
	for _, op := range operations {
		var alternatives []string
		for _, requirement := range op.security {
			alternatives = append(alternatives, strings.Join(slices.Sorted(maps.Keys(requirement)), "+"))
		}
		byID[op.id] = alternatives
	}
	rows := map[string]bool{}
	for ids, want := range mayCall {
		for id := range strings.FieldsSeq(ids) {
			rows[id] = true
			if got, ok := byID[id]; !ok || !slices.Equal(got, want) {
				t.Errorf("%s takes %v, want %v", id, got, want)
			}
		}
	}
	ours := overlayText(t)
	for id, alternatives := range byID {
		if _, ok := rows[id]; !ok && strings.Contains(ours, id) {
			t.Errorf("%s has no row; it takes %v", id, alternatives)
		}
	}
}
