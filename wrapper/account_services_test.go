package wrapper_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/canned"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// An accountCall is a call of a method, what it is to send, and what it is to make of
// the documented answer.
type accountCall struct {
	answer string // name of an example; "" for the newest
	call   func(ctx context.Context, c *wrapper.Client) (any, error)
	sent   string // method and path with query
	body   string
	want   any
}

func TestAccountServices(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	usdc := pepay.SettlementToken{
		ID: 5, TokenSymbol: "USDC", TokenName: "USD Coin", Network: "ethereum",
		TokenAddress: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", TokenDecimals: 6,
	}
	pictured := usdc
	pictured.PhotoURI = "<string>"
	preference := func(token pepay.SettlementToken, updated time.Time) *pepay.SettlementPreference {
		return &pepay.SettlementPreference{
			SettlementPreference: pepay.SettlementModeStablesPreferred, Description: "Prefer stable coins when available, fallback to original token",
			SelectedSettlementToken: token, AvailableStableTokens: []pepay.SettlementToken{token}, UpdatedAt: pepay.Timestamp{Time: updated},
		}
	}
	update := &pepay.SettlementTokenUpdate{
		Success: true, Message: "Settlement token updated successfully", UpdatedAt: at(2023, 11, 7, 5, 31, 56),
		SettlementToken: pepay.SettlementToken{ID: 5, TokenSymbol: "USDC", TokenName: "USD Coin", Network: "ethereum"},
	}
	dusdc := pepay.MerchantToken{ID: 10, TokenSymbol: "DUSDC", TokenName: "Devnet USDC", Network: "solana", NetworkEnvironment: pepay.NetworkEnvironmentDevnet, SupportsSubscriptions: true}
	older := dusdc
	older.SupportsSubscriptions = false
	for operation, calls := range map[string]map[string]accountCall{
		"listMerchantTokens": {
			"all": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) { return c.Tokens.List(ctx, "") },
				sent: "GET /api/v1/merchant/tokens",
				want: &pepay.MerchantTokens{AcceptancePolicy: pepay.AcceptancePolicySelective, Environment: pepay.NetworkEnvironmentDevnet, Tokens: []pepay.MerchantToken{dusdc}},
			},
			"of mainnet, older snapshot": {
				answer: "response-old",
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					return c.Tokens.List(ctx, pepay.NetworkEnvironmentMainnet)
				},
				sent: "GET /api/v1/merchant/tokens?environment=mainnet",
				want: &pepay.MerchantTokens{AcceptancePolicy: pepay.AcceptancePolicySelective, Environment: pepay.NetworkEnvironmentDevnet, Tokens: []pepay.MerchantToken{older}},
			},
		},
		"searchMerchantTokens": {
			"every filter": {
				answer: "response-header",
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					return c.Tokens.Search(ctx, wrapper.TokenSearchParams{
						Environment: pepay.NetworkEnvironmentMainnet, Limit: 200, Offset: 25, Search: "usdc", Network: "base", TokenType: "erc20",
						IsActive: &yes, SupportsStableSettlement: &yes, Blocked: &no,
					})
				},
				sent: "GET /api/v1/merchant/tokens/search?blocked=false&environment=mainnet&is_active=true&limit=200&network=base&offset=25&search=usdc&supports_stable_settlement=true&token_type=erc20",
				want: &pepay.MerchantTokenPage{Total: 2, Limit: 25, Tokens: []pepay.MerchantToken{}},
			},
			"no filter": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					return c.Tokens.Search(ctx, wrapper.TokenSearchParams{})
				},
				sent: "GET /api/v1/merchant/tokens/search",
				want: &pepay.MerchantTokenPage{
					AcceptancePolicy: pepay.AcceptancePolicyAcceptAll, Environment: pepay.NetworkEnvironmentMainnet, Total: 123, Limit: 123, Offset: 123,
					Tokens: []pepay.MerchantToken{{
						ID: 123, TokenSymbol: "<string>", TokenName: "<string>", TokenAddress: "<string>", TokenDecimals: 123, Network: "<string>",
						NetworkEnvironment: "<string>", TokenType: "<string>", RequiresMemo: true, PhotoURI: "<string>", SupportsSubscriptions: true,
						SupportsStableSettlement: true, IsActive: true, IsMonitored: true, IsBlocked: true,
						Price: pepay.TokenPrice{USD: amount(t, "123"), LastUpdatedAt: pepay.Timestamp{Time: time.Unix(123, 0).UTC()}, ProviderType: "<string>"},
					}},
				},
			},
		},
		"blockMerchantToken": {
			"block": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					return nil, c.Tokens.SetBlocked(ctx, 123, true)
				},
				sent: "POST /api/v1/merchant/tokens/123/block", body: `{"blocked":true}`,
			},
			"unblock": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					return nil, c.Tokens.SetBlocked(ctx, 123, false)
				},
				sent: "POST /api/v1/merchant/tokens/123/block", body: `{"blocked":false}`,
			},
		},
		"getSettlementPreference": {
			"newest": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) { return c.Settlement.Preference(ctx) },
				sent: "GET /api/v1/merchant/settlement-preference",
				want: preference(pictured, time.Unix(123, 0).UTC()),
			},
			"older snapshot": {
				answer: "response-old",
				call:   func(ctx context.Context, c *wrapper.Client) (any, error) { return c.Settlement.Preference(ctx) },
				sent:   "GET /api/v1/merchant/settlement-preference",
				want:   preference(usdc, at(2023, 11, 7, 5, 31, 56).Time),
			},
		},
		"updateSettlementToken": {
			"a token": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) { return c.Settlement.SetToken(ctx, 5) },
				sent: "PUT /api/v1/merchant/settlement-token", body: `{"settlement_token_id":5}`, want: update,
			},
			"the default": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) { return c.Settlement.SetToken(ctx, 0) },
				sent: "PUT /api/v1/merchant/settlement-token", body: `{"settlement_token_id":null}`, want: update,
			},
		},
		"listApiKeys": {
			"of all scopes": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) { return c.APIKeys.List(ctx, "") },
				sent: "GET /api/v1/api-keys",
				want: []pepay.APIKey{
					{
						KeyID: "550e8400-e29b-41d4-a716-446655440000", Name: "Production API Key", Scope: pepay.WSTokenScopeMerchant, Status: pepay.APIKeyStatusActive,
						ExpiresAt: at(2025, 12, 31, 23, 59, 59), LastUsedAt: at(2024, 3, 15, 14, 30, 0), CreatedAt: at(2024, 3, 1, 12, 0, 0),
					},
					{
						KeyID: "660e8400-e29b-41d4-a716-446655440001", Name: "Development API Key", Scope: pepay.WSTokenScopeCommerce, Status: pepay.APIKeyStatusActive,
						CreatedAt: at(2024, 3, 10, 15, 30, 0),
					},
				},
			},
			"of one scope, in epoch seconds": {
				answer: "response-sdk",
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					return c.APIKeys.List(ctx, pepay.WSTokenScopeCommerce)
				},
				sent: "GET /api/v1/api-keys?scope=commerce",
				want: []pepay.APIKey{{LastUsedAt: pepay.Timestamp{Time: time.Unix(1766318400, 0).UTC()}, CreatedAt: pepay.Timestamp{Time: time.Unix(1764590400, 0).UTC()}}},
			},
		},
		"createApiKey": {
			"that expires": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					zone := time.FixedZone("", 3600)
					return c.APIKeys.Create(ctx, pepay.CreateAPIKeyRequest{Name: "Production API Key", Scope: pepay.WSTokenScopeMerchant, ExpiresAt: time.Date(2026, 1, 1, 0, 59, 59, 0, zone)})
				},
				sent: "POST /api/v1/api-keys", body: `{"expires_at":"2026-01-01T00:59:59+01:00","name":"Production API Key","scope":"merchant"}`,
				want: &pepay.CreatedAPIKey{
					KeyID: "550e8400-e29b-41d4-a716-446655440000", Name: "Production API Key", Scope: pepay.WSTokenScopeMerchant,
					APIKey: "pk_live_dj2hd8j29dx8h2j9xd82h9x2", ExpiresAt: at(2025, 12, 31, 23, 59, 59),
				},
			},
			"for good": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					key, err := c.APIKeys.Create(ctx, pepay.CreateAPIKeyRequest{Name: strings.Repeat("é", 255), Scope: pepay.WSTokenScopeCommerce})
					return key != nil, err
				},
				sent: "POST /api/v1/api-keys", body: `{"name":"` + strings.Repeat("é", 255) + `","scope":"commerce"}`, want: true,
			},
		},
		"revokeApiKey": {
			"": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					return nil, c.APIKeys.Revoke(ctx, "key_123")
				},
				sent: "POST /api/v1/api-keys/key_123/revoke",
			},
		},
		"getMainnetStatus": {
			"": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) { return c.Account.MainnetStatus(ctx) },
				sent: "GET /api/v1/user/mainnet-access/status", want: &pepay.MainnetAccess{CurrentEnvironment: pepay.NetworkEnvironmentDevnet},
			},
		},
		"activateMainnet": {
			"": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) { return nil, c.Account.ActivateMainnet(ctx) },
				sent: "POST /api/v1/user/mainnet-access/activate",
			},
		},
		"setEnvironment": {
			"": {
				call: func(ctx context.Context, c *wrapper.Client) (any, error) {
					return nil, c.Account.SetEnvironment(ctx, pepay.NetworkEnvironmentMainnet)
				},
				sent: "PUT /api/v1/user/environment", body: `{"environment":"mainnet"}`,
			},
		},
	} {
		for name, c := range calls {
			t.Run(operation+" "+name, func(t *testing.T) {
				t.Parallel()
				c.test(t, operation)
			})
		}
	}
}

// test makes the call with a bearer token, which every one of these operations takes.
func (c accountCall) test(t *testing.T, operation string) {
	t.Helper()
	server := canned.Start(t)
	if c.answer != "" {
		server.Script(operation, c.answer)
	}
	client := newAccountClient(t, server.URL(), server.Client())
	got, err := c.call(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, c.want) {
		gotJSON, _ := json.Marshal(got)
		t.Errorf("got  %+v\nwant %+v\n(%s)", got, c.want, gotJSON)
	}
	requests := server.Requests()
	if len(requests) != 1 {
		t.Fatalf("%d requests", len(requests))
	}
	r := requests[0]
	sent := r.Method + " " + r.Path
	if len(r.Query) > 0 {
		sent += "?" + r.Query.Encode()
	}
	if r.Operation != operation || sent != c.sent || string(r.Body) != c.body {
		t.Errorf("sent %s (%s) with %q, want %s with %q", sent, r.Operation, r.Body, c.sent, c.body)
	}
	if r.Header.Get("Authorization") != "Bearer jwt" || r.Header.Get("X-Api-Key") != "" {
		t.Errorf("the credentials are %v", r.Header)
	}
}

func newAccountClient(t *testing.T, url string, hc *http.Client) *wrapper.Client {
	t.Helper()
	client, err := wrapper.New(wrapper.WithBaseURL(url), wrapper.WithHTTPClient(hc), wrapper.WithBearerToken("jwt"), wrapper.WithRetry(wrapper.RetryPolicy{}))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func at(year, month, day, hour, minute, second int) pepay.Timestamp {
	return pepay.Timestamp{Time: time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)}
}

func amount(t *testing.T, text string) pepay.Decimal {
	t.Helper()
	d, err := pepay.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Arguments that cannot be right are refused before anything is sent, with the name
// of the argument.
func TestAccountArguments(t *testing.T) {
	t.Parallel()
	server := canned.Start(t)
	c := newAccountClient(t, server.URL(), server.Client())
	ctx := t.Context()
	tokens := func(p wrapper.TokenSearchParams) error { _, err := c.Tokens.Search(ctx, p); return err }
	create := func(r pepay.CreateAPIKeyRequest) error { _, err := c.APIKeys.Create(ctx, r); return err }
	walk := func(p wrapper.TokenSearchParams) (err error) {
		for _, err = range c.Tokens.SearchAll(ctx, p) {
		}
		return err
	}
	set := func(id int64) error { _, err := c.Settlement.SetToken(ctx, id); return err }
	for name, test := range map[string]struct {
		err   error
		names string
	}{
		"a limit over 200":        {tokens(wrapper.TokenSearchParams{Limit: 201}), "TokenSearchParams.Limit"},
		"a negative limit":        {tokens(wrapper.TokenSearchParams{Limit: -1}), "TokenSearchParams.Limit"},
		"a negative offset":       {tokens(wrapper.TokenSearchParams{Offset: -1}), "TokenSearchParams.Offset"},
		"a walk from before":      {walk(wrapper.TokenSearchParams{Offset: -1}), "TokenSearchParams.Offset"},
		"token 0":                 {c.Tokens.SetBlocked(ctx, 0, true), "tokenID"},
		"a negative token":        {c.Tokens.SetBlocked(ctx, -5, true), "tokenID"},
		"a negative settlement":   {set(-1), "tokenID"},
		"a key without a name":    {create(pepay.CreateAPIKeyRequest{Scope: pepay.WSTokenScopeMerchant}), "CreateAPIKeyRequest.Name"},
		"a key with a long name":  {create(pepay.CreateAPIKeyRequest{Name: strings.Repeat("é", 256), Scope: pepay.WSTokenScopeMerchant}), "CreateAPIKeyRequest.Name"},
		"a key without a scope":   {create(pepay.CreateAPIKeyRequest{Name: "key"}), "CreateAPIKeyRequest.Scope"},
		"revoking without an id":  {c.APIKeys.Revoke(ctx, ""), "keyId"},
		"revoking a dot segment":  {c.APIKeys.Revoke(ctx, ".."), "keyId"},
		"environment of no name":  {c.Account.SetEnvironment(ctx, ""), "env"},
		"a year JSON cannot have": {create(pepay.CreateAPIKeyRequest{Name: "key", Scope: pepay.WSTokenScopeMerchant, ExpiresAt: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}), "the request body"},
	} {
		if !errors.Is(test.err, wrapper.ErrInvalidArgument) || !strings.Contains(test.err.Error(), test.names) {
			t.Errorf("%s: %v, want an ErrInvalidArgument that names %s", name, test.err, test.names)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// Settlement and API keys take a bearer token and nothing else.
func TestBearerOnly(t *testing.T) {
	t.Parallel()
	server := canned.Start(t)
	c, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey("pk_1"), wrapper.WithCommerceAPIKey("ck_1"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	errs := map[string]error{"Revoke": c.APIKeys.Revoke(ctx, "key_123")}
	_, errs["Preference"] = c.Settlement.Preference(ctx)
	_, errs["SetToken"] = c.Settlement.SetToken(ctx, 5)
	_, errs["List"] = c.APIKeys.List(ctx, "")
	_, errs["Create"] = c.APIKeys.Create(ctx, pepay.CreateAPIKeyRequest{Name: "key", Scope: pepay.WSTokenScopeMerchant})
	for name, err := range errs {
		if !errors.Is(err, wrapper.ErrNoCredential) || !strings.Contains(strings.ToLower(err.Error()), "bearer") {
			t.Errorf("%s with keys only: %v", name, err)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// errAny stands for any *wrapper.Error.
var errAny = errors.New("an *Error")

// What these methods make of answers that the documentation does not show.
func TestAccountOddAnswers(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	revoke := func(c *wrapper.Client) error { return c.APIKeys.Revoke(ctx, "key_123") }
	activate := func(c *wrapper.Client) error { return c.Account.ActivateMainnet(ctx) }
	set := func(c *wrapper.Client) error {
		return c.Account.SetEnvironment(ctx, pepay.NetworkEnvironmentDevnet)
	}
	block := func(c *wrapper.Client) error { return c.Tokens.SetBlocked(ctx, 1, true) }
	create := func(c *wrapper.Client) error {
		_, err := c.APIKeys.Create(ctx, pepay.CreateAPIKeyRequest{Name: "key", Scope: pepay.WSTokenScopeMerchant})
		return err
	}
	list := func(c *wrapper.Client) error { _, err := c.APIKeys.List(ctx, ""); return err }
	preference := func(c *wrapper.Client) error { _, err := c.Settlement.Preference(ctx); return err }
	token := func(c *wrapper.Client) error { _, err := c.Settlement.SetToken(ctx, 5); return err }
	noToken := func(c *wrapper.Client) error { _, err := c.Settlement.SetToken(ctx, 0); return err }
	search := func(c *wrapper.Client) error { _, err := c.Tokens.Search(ctx, wrapper.TokenSearchParams{}); return err }
	status := func(c *wrapper.Client) error { _, err := c.Account.MainnetStatus(ctx); return err }
	for name, test := range map[string]struct {
		call   func(*wrapper.Client) error
		status int
		body   string
		is     error
	}{
		"revoked without content":          {call: revoke, status: 204},
		"revoked, empty":                   {call: revoke, status: 200},
		"not revoked":                      {revoke, 200, `{"success":false,"message":"no"}`, errAny},
		"unknown key":                      {revoke, 404, `{}`, wrapper.ErrNotFound},
		"activated without content":        {call: activate, status: 204},
		"activated in words":               {call: activate, status: 200, body: `{"success":true,"message":"done"}`},
		"not activated":                    {activate, 200, `{"success":false}`, errAny},
		"environment set, no content":      {call: set, status: 204},
		"environment not set":              {set, 400, `{}`, wrapper.ErrInvalidRequest},
		"blocked without content":          {call: block, status: 204},
		"not blocked":                      {block, 200, `{"success":false,"blocked":false}`, errAny},
		"created without the key":          {create, 200, `{"key_id":"key_123"}`, wrapper.ErrMalformedResponse},
		"created on 201":                   {call: create, status: 201, body: `{"api_key":"pk_1"}`},
		"too many keys":                    {create, 403, `{}`, wrapper.ErrForbidden},
		"no keys":                          {call: list, status: 200, body: `[]`},
		"null for the keys":                {list, 200, `null`, wrapper.ErrMalformedResponse},
		"an object for the keys":           {list, 200, `{"message":"no"}`, wrapper.ErrMalformedResponse},
		"a preference without itself":      {preference, 200, `{}`, wrapper.ErrMalformedResponse},
		"an unknown preference":            {call: preference, status: 200, body: `{"settlement_preference":"gold"}`},
		"an update without a token":        {token, 200, `{"success":true}`, wrapper.ErrMalformedResponse},
		"Pepay's default, without a token": {call: noToken, status: 200, body: `{"success":true,"settlement_token":null}`},
		"Pepay's default, refused":         {noToken, 200, `{"success":false}`, errAny},
		"a search without tokens":          {search, 200, `{"total":1}`, wrapper.ErrMalformedResponse},
		"prices as text":                   {call: search, status: 200, body: `{"tokens":[{"id":1,"price":{"usd":"0.9998","last_updated_at":"2025-12-21T12:34:56.000Z"}}]}`},
		"no environment":                   {status, 200, `{"has_mainnet_access":true}`, wrapper.ErrMalformedResponse},
		"an environment of the future":     {call: status, status: 200, body: `{"current_environment":"testnet"}`},
		"a preference in an envelope too":  {call: preference, status: 200, body: `{"success":true,"data":{"settlement_preference":"tokens"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			t.Cleanup(server.Close)
			err := test.call(newAccountClient(t, server.URL, server.Client()))
			var failed *wrapper.Error
			switch {
			case test.is == nil && err == nil:
			case test.is == nil || !errors.As(err, &failed):
				t.Errorf("%v, want %v", err, test.is)
			case !errors.Is(test.is, errAny) && !errors.Is(err, test.is):
				t.Errorf("%v, want %v", err, test.is)
			}
		})
	}
}

// A search goes on until a page is shorter than the limit that the answer states.
func TestSearchAll(t *testing.T) {
	t.Parallel()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		w.Header().Set("Content-Type", "application/json")
		var tokens []string
		for id := offset + 1; id <= min(offset+2, 5); id++ {
			tokens = append(tokens, fmt.Sprintf(`{"id":%d}`, id))
		}
		_, _ = fmt.Fprintf(w, `{"total":5,"limit":2,"offset":%d,"tokens":[%s]}`, offset, strings.Join(tokens, ","))
	}))
	t.Cleanup(server.Close)
	c := newAccountClient(t, server.URL, server.Client())
	var got []int64
	for token, err := range c.Tokens.SearchAll(t.Context(), wrapper.TokenSearchParams{Search: "usd", Limit: 50, Offset: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, token.ID)
	}
	if want := []int64{2, 3, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := []string{"limit=50&offset=1&search=usd", "limit=50&offset=3&search=usd", "limit=50&offset=5&search=usd"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
}
