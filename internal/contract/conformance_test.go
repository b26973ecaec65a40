package contract_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/contract"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const mint = "mintWsToken"

func TestMintConforms(t *testing.T) {
	t.Parallel()
	for name, params := range map[string]wrapper.MintParams{
		"defaults": {},
		"merchant": {Scope: pepay.WSTokenScopeMerchant, TTL: time.Second},
		"commerce": {Scope: pepay.WSTokenScopeCommerce, TTL: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			if _, err := h.client(t).WSTokens.Mint(t.Context(), params); err != nil {
				t.Error(err)
			}
			h.wantConforming(t)
		})
	}
}

func TestGeneratedClientConforms(t *testing.T) {
	t.Parallel()
	seconds := int64(30)
	for name, body := range map[string]pepay.MintWSTokenRequest{
		"empty":  {},
		"filled": {Scope: pepay.WSTokenScopeMerchant, TTLSeconds: &seconds},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			if _, err := h.client(t).API().MintWSTokenWithResponse(t.Context(), body); err != nil {
				t.Error(err)
			}
			h.wantConforming(t)
		})
	}
}

func TestRejectionsConform(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]func(t *testing.T, h *harness) error{
		"wrong key": func(t *testing.T, h *harness) error {
			_, err := h.client(t, wrapper.WithAPIKey("unknown")).WSTokens.Mint(t.Context(), wrapper.MintParams{})
			return err
		},
		"scope the key does not have": func(t *testing.T, h *harness) error {
			client, err := h.client(t).With(wrapper.WithAPIKey(h.server.APIKey()))
			if err != nil {
				return err
			}
			_, err = client.WSTokens.Mint(t.Context(), wrapper.MintParams{Scope: pepay.WSTokenScopeCommerce})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			var failure *wrapper.Error
			if err := try(t, h); !errors.As(err, &failure) || failure.StatusCode/100 != 4 {
				t.Errorf("got %v, want a refusal by the server", err)
			}
			h.wantConforming(t)
		})
	}
}

// The errors that Pepay documents conform to the contract, too.
func TestDocumentedFaultsConform(t *testing.T) {
	t.Parallel()
	faults := map[string]pepaytest.Fault{
		"429 with seconds":   pepaytest.StatusRetryAfter(http.StatusTooManyRequests, "900"),
		"429 with a date":    pepaytest.StatusRetryAfter(http.StatusTooManyRequests, "Wed, 21 Oct 2099 07:28:00 GMT"),
		"503 with seconds":   pepaytest.StatusRetryAfter(http.StatusServiceUnavailable, "1"),
		"success:false":      pepaytest.SuccessFalse("TOKEN_UNAVAILABLE", "Try again"),
		"latency":            pepaytest.Latency(time.Millisecond),
		"oversized":          pepaytest.Oversized(64 << 10),
		"502 of a proxy":     pepaytest.Envelope(http.StatusBadGateway, ""),
		"legacy envelope":    pepaytest.Envelope(http.StatusInternalServerError, `{"error":"Internal server error","code":"INTERNAL_SERVER_ERROR"}`),
		"success, no data":   pepaytest.MissingData(),
		"connection is lost": pepaytest.ResetBefore(),
		"lost half-way":      pepaytest.ResetMidBody(),
	}
	for _, status := range []int{400, 401, 403, 404, 409, 410, 429, 500, 502, 503, 504} {
		faults[http.StatusText(status)] = pepaytest.Status(status)
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			rule := h.server.Faults().On(mint, fault, pepaytest.Always())
			_, _ = h.client(t).WSTokens.Mint(t.Context(), wrapper.MintParams{})
			if rule.Hits() == 0 {
				t.Error("the fault was not met")
			}
			h.wantConforming(t)
		})
	}
}

// Retries repeat a request that conforms.
func TestRetriesConform(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.server.Faults().On(mint, pepaytest.StatusRetryAfter(http.StatusServiceUnavailable, "0"), pepaytest.Next(2))
	client := h.client(t, wrapper.WithRetry(wrapper.RetryPolicy{MaxRetries: 2, BaseDelay: time.Millisecond, MaxDelay: time.Millisecond}))
	if _, err := client.WSTokens.Mint(t.Context(), wrapper.MintParams{}); err != nil {
		t.Error(err)
	}
	if n := len(h.transport.Exchanges()); n != 3 {
		t.Errorf("%d exchanges, want 3", n)
	}
	h.wantConforming(t)
}

// The validator finds what is not documented, in requests and in answers.
func TestViolationsAreFound(t *testing.T) {
	t.Parallel()
	answers := map[string]pepaytest.Fault{
		"html":              pepaytest.RawBody("<html></html>"),
		"empty":             pepaytest.RawBody(""),
		"content type":      pepaytest.ContentType("text/html"),
		"no token":          pepaytest.Envelope(http.StatusOK, `{"success":true,"data":{"expires_at":1}}`),
		"wrong type":        pepaytest.Envelope(http.StatusOK, `{"success":true,"data":{"token":"t","expires_at":"soon"}}`),
		"unknown enum":      pepaytest.Envelope(http.StatusOK, `{"success":true,"data":{"token":"t","expires_at":1,"scope":"payor"}}`),
		"null, not allowed": pepaytest.Envelope(http.StatusOK, `{"success":true,"data":{"token":null,"expires_at":1}}`),
	}
	for name, fault := range answers {
		t.Run("answer/"+name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.server.Faults().On(mint, fault, pepaytest.Always())
			_, _ = h.client(t).WSTokens.Mint(t.Context(), wrapper.MintParams{})
			if ex := only(t, h); ex.Request != nil || ex.Answer == nil {
				t.Errorf("got %+v, want a violation in the answer alone", ex)
			}
		})
	}
	requests := map[string]struct {
		path string
		body any
		opts []wrapper.CallOption
	}{
		"unknown path":  {path: "/api/v1/ws/tokens"},
		"unknown scope": {path: "/api/v1/ws/token", body: map[string]any{"scope": "payor"}},
		"wrong type":    {path: "/api/v1/ws/token", body: map[string]any{"ttl_seconds": "60"}},
		"no credential": {path: "/api/v1/ws/token", opts: []wrapper.CallOption{wrapper.WithSecurity()}},
	}
	for name, request := range requests {
		t.Run("request/"+name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			_ = h.client(t).Call(t.Context(), http.MethodPost, request.path, request.body, nil, request.opts...)
			if ex := only(t, h); ex.Request == nil || ex.Answer != nil {
				t.Errorf("got %+v, want a violation in the request alone", ex)
			}
		})
	}
}

func only(t *testing.T, h *harness) contract.Exchange {
	t.Helper()
	exchanges := h.transport.Exchanges()
	if len(exchanges) != 1 {
		t.Fatalf("%d exchanges, want 1", len(exchanges))
	}
	return exchanges[0]
}
