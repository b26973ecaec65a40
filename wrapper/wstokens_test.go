package wrapper_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// simulated starts a simulator and a client with its merchant key.
func simulated(t *testing.T, opts ...wrapper.Option) (*pepaytest.Server, *wrapper.Client) {
	t.Helper()
	server := pepaytest.NewServer(t)
	client, err := wrapper.New(append([]wrapper.Option{
		wrapper.WithBaseURL(server.URL()),
		wrapper.WithHTTPClient(server.Client()),
		wrapper.WithAPIKey(server.APIKey()),
		wrapper.WithRetry(wrapper.RetryPolicy{MaxRetries: 2, BaseDelay: time.Millisecond}),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

func TestMint(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	both, err := client.With(wrapper.WithAPIKey(server.APIKey()), wrapper.WithCommerceAPIKey(server.CommerceAPIKey()))
	if err != nil {
		t.Fatal(err)
	}
	commerceKeyAsAPIKey, err := client.With(wrapper.WithAPIKey(server.CommerceAPIKey()))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		client *wrapper.Client
		params wrapper.MintParams
		sent   string
		header string
		scope  pepay.WSTokenScope
	}{
		{"nothing said", client, wrapper.MintParams{}, `{"ttl_seconds":60}`, "X-Api-Key", pepay.WSTokenScopeMerchant},
		{"merchant", client, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant}, `{"scope":"merchant","ttl_seconds":60}`, "X-Api-Key", pepay.WSTokenScopeMerchant},
		{"own life", client, wrapper.MintParams{TTL: 2 * time.Minute}, `{"ttl_seconds":120}`, "X-Api-Key", pepay.WSTokenScopeMerchant},
		{"both keys, merchant", both, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant}, `{"scope":"merchant","ttl_seconds":60}`, "X-Api-Key", pepay.WSTokenScopeMerchant},
		{"both keys, commerce", both, wrapper.MintParams{Scope: pepay.WSTokenScopeCommerce}, `{"scope":"commerce","ttl_seconds":60}`, "X-Commerce-Api-Key", pepay.WSTokenScopeCommerce},
		{"commerce key as x-api-key", commerceKeyAsAPIKey, wrapper.MintParams{Scope: pepay.WSTokenScopeCommerce}, `{"scope":"commerce","ttl_seconds":60}`, "X-Api-Key", pepay.WSTokenScopeCommerce},
	} {
		t.Run(c.name, func(t *testing.T) {
			token, err := c.client.WSTokens.Mint(t.Context(), c.params)
			if err != nil {
				t.Fatal(err)
			}
			if token.Scope != c.scope || strings.Count(token.Token.Reveal(), ".") != 2 || token.MerchantID == 0 {
				t.Errorf("got %+v", token)
			}
			life := wrapper.DefaultTokenTTL
			if c.params.TTL != 0 {
				life = c.params.TTL
			}
			if left := time.Until(token.ExpiresAt.Time); left > life || left < life-5*time.Second {
				t.Errorf("the token lives %s, want %s", left, life)
			}
			if want := "/ws/" + string(c.scope) + "/events"; !strings.HasSuffix(token.WSURL, want) {
				t.Errorf("stream address %s, want …%s", token.WSURL, want)
			}
			if (token.NetworkEnvironment == "") != (c.scope == pepay.WSTokenScopeMerchant) {
				t.Errorf("environment %q", token.NetworkEnvironment)
			}
			requests := server.Requests()
			last := requests[len(requests)-1]
			if strings.TrimSpace(string(last.Body)) != c.sent {
				t.Errorf("sent %s, want %s", last.Body, c.sent)
			}
			for _, header := range []string{"X-Api-Key", "X-Commerce-Api-Key"} {
				if (last.Header.Get(header) != "") != (header == c.header) {
					t.Errorf("%s is %q, want the key in %s alone", header, last.Header.Get(header), c.header)
				}
			}
			if last.Header.Get("Idempotency-Key") != "" {
				t.Error("minting does not document an Idempotency-Key")
			}
		})
	}
}

func TestMintRefusesParams(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	for name, params := range map[string]wrapper.MintParams{
		"TTL: below":      {TTL: 999 * time.Millisecond},
		"TTL: negative":   {TTL: -time.Minute},
		"TTL: fractional": {TTL: 1500 * time.Millisecond},
	} {
		token, err := client.WSTokens.Mint(t.Context(), params)
		field, _, _ := strings.Cut(name, ":")
		if token != nil || !errors.Is(err, wrapper.ErrInvalidArgument) || !strings.Contains(err.Error(), "MintParams."+field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// A scope that Pepay adds needs no release of this module.
func TestMintSendsAnUnknownScope(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	_, err := client.WSTokens.Mint(t.Context(), wrapper.MintParams{Scope: "platform"})
	if requests := server.Requests(); len(requests) != 1 || string(requests[0].Body) != `{"scope":"platform","ttl_seconds":60}` {
		t.Errorf("%v, sent %v", err, requests)
	}
}

func TestMintRefusedByPepay(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t,
		pepaytest.WithKey("revoked-key-1", pepaytest.Key{MerchantID: 7, Scope: pepay.WSTokenScopeMerchant, Revoked: true}),
		pepaytest.WithTokenTTL(10*time.Second, time.Hour))
	for _, c := range []struct {
		name   string
		key    string
		params wrapper.MintParams
		want   error
		code   string
	}{
		{"unknown key", "unknown-key-1", wrapper.MintParams{}, wrapper.ErrUnauthorized, "API_KEY_INVALID"},
		{"revoked key", "revoked-key-1", wrapper.MintParams{}, wrapper.ErrUnauthorized, "API_KEY_INVALID"},
		{"another scope", server.APIKey(), wrapper.MintParams{Scope: pepay.WSTokenScopeCommerce}, wrapper.ErrInvalidRequest, "VALIDATION_ERROR"},
		{"life too short", server.APIKey(), wrapper.MintParams{TTL: 9 * time.Second}, wrapper.ErrInvalidRequest, "VALIDATION_ERROR"},
		{"life too long", server.APIKey(), wrapper.MintParams{TTL: 2 * time.Hour}, wrapper.ErrInvalidRequest, "VALIDATION_ERROR"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(c.key))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.WSTokens.Mint(t.Context(), c.params)
			if !errors.Is(err, c.want) || !wrapper.IsCode(err, c.code) {
				t.Errorf("got %v", err)
			}
			var failure *wrapper.Error
			if errors.As(err, &failure) && (failure.RequestID == "" || failure.Attempts != 1) {
				t.Errorf("got %#v", *failure)
			}
		})
	}
}

// Every fault the simulator has gives the error that says what to do.
func TestMintUnderFaults(t *testing.T) {
	t.Parallel()
	elsewhere := pepaytest.NewServer(t)
	for _, c := range []struct {
		name     string
		fault    pepaytest.Fault
		when     pepaytest.When
		want     error // nil: the mint succeeds
		requests int
	}{
		{"429 once", pepaytest.StatusRetryAfter(429, "0"), pepaytest.Next(1), nil, 2},
		{"429 with a long Retry-After", pepaytest.StatusRetryAfter(429, "3600"), pepaytest.Always(), wrapper.ErrRateLimited, 1},
		{"503 twice", pepaytest.Status(503), pepaytest.Next(2), nil, 3},
		{"503 for ever", pepaytest.Status(503), pepaytest.Always(), wrapper.ErrServer, 3},
		{"500 once: minting again is harmless", pepaytest.Status(500), pepaytest.Next(1), nil, 2},
		{"401", pepaytest.Status(401), pepaytest.Always(), wrapper.ErrUnauthorized, 1},
		{"403", pepaytest.Status(403), pepaytest.Always(), wrapper.ErrForbidden, 1},
		{"legacy envelope", pepaytest.Envelope(500, `{"error":"Failed to fetch wallets","code":"INTERNAL_SERVER_ERROR"}`), pepaytest.Always(), wrapper.ErrServer, 3},
		{"reset before the answer", pepaytest.ResetBefore(), pepaytest.Next(2), nil, 3},
		{"reset in mid-body", pepaytest.ResetMidBody(), pepaytest.Next(2), nil, 3},
		{"HTML", pepaytest.ContentType("text/html"), pepaytest.Always(), wrapper.ErrMalformedResponse, 1},
		{"truncated", pepaytest.RawBody(`{"success":true,"data":{"tok`), pepaytest.Always(), wrapper.ErrMalformedResponse, 1},
		{"oversized", pepaytest.Oversized(16 << 20), pepaytest.Always(), wrapper.ErrResponseTooLarge, 1},
		{"missing data", pepaytest.MissingData(), pepaytest.Always(), wrapper.ErrMalformedResponse, 1},
		{"redirect", pepaytest.RedirectTo(elsewhere.URL() + "/api/v1/ws/token"), pepaytest.Always(), wrapper.ErrRedirect, 1},
		{"latency", pepaytest.Latency(10 * time.Millisecond), pepaytest.Always(), nil, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, client := simulated(t)
			rule := server.Faults().On("mintWsToken", c.fault, c.when)
			token, err := client.WSTokens.Mint(t.Context(), wrapper.MintParams{})
			if !errors.Is(err, c.want) || (token == nil) != (c.want != nil) {
				t.Errorf("got %v, %v", token, err)
			}
			if n := len(server.Requests()); n != c.requests || rule.Hits() == 0 {
				t.Errorf("%d requests, want %d; the fault struck %d times", n, c.requests, rule.Hits())
			}
		})
	}
	if n := len(elsewhere.Requests()); n != 0 {
		t.Errorf("a redirect was followed %d times", n)
	}
}

func TestMintSuccessFalse(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	server.Faults().On("mintWsToken", pepaytest.SuccessFalse("VALIDATION_ERROR", "Invalid request data"), pepaytest.Always())
	_, err := client.WSTokens.Mint(t.Context(), wrapper.MintParams{})
	var failure *wrapper.Error
	if !errors.As(err, &failure) || failure.StatusCode != http.StatusOK || failure.Code != "VALIDATION_ERROR" || failure.Message != "Invalid request data" {
		t.Errorf("got %v", err)
	}
}

// The generated client goes through the same chain.
func TestAPI(t *testing.T) {
	t.Parallel()
	server, client := simulated(t)
	answer, err := client.API().MintWSTokenWithResponse(t.Context(), pepay.MintWSTokenRequest{Scope: pepay.WSTokenScopeMerchant})
	if err != nil || answer.JSON200 == nil || !answer.JSON200.Success || answer.JSON200.Data.Token == "" {
		t.Fatalf("got %v, %v", answer, err)
	}
	server.Faults().On("*", pepaytest.Status(401), pepaytest.Always())
	answer, err = client.API().MintWSTokenWithResponse(t.Context(), pepay.MintWSTokenRequest{})
	if !errors.Is(err, wrapper.ErrUnauthorized) || answer != nil {
		t.Errorf("a raw 401 is no success: %v, %v", answer, err)
	}
	raw, err := json.Marshal(server.Requests()[0].Header)
	if err != nil || !strings.Contains(string(raw), server.APIKey()) {
		t.Errorf("the raw call carried no credential: %s, %v", raw, err)
	}
}
