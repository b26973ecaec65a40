package pepaytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	mainnetPath     = "/api/v1/user/mainnet-access/"
	environmentPath = "/api/v1/user/environment"
	settlementPath  = "/api/v1/merchant/settlement-preference"
	settleInPath    = "/api/v1/merchant/settlement-token"
	merchantTokens  = "/api/v1/merchant/tokens"
)

func wantStatus(t *testing.T, r reply, status int) {
	t.Helper()
	if r.status != status {
		t.Fatalf("%d %s, want %d", r.status, r.body, status)
	}
}

// The environment of the account decides that of what is created with a merchant key or
// from the dashboard, and of no other merchant.
func TestEnvironmentOfTheAccount(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithKey("pk_of_another", pepaytest.Key{MerchantID: 7}))
	status := func() string { return ask(t, s, http.MethodGet, mainnetPath+"status", "").body }
	if got := status(); got != `{"current_environment":"devnet","has_mainnet_access":false}` {
		t.Errorf("at the start: %s", got)
	}
	refused := ask(t, s, http.MethodPut, environmentPath, `{"environment":"mainnet"}`)
	wantError(t, refused, http.StatusForbidden, "FORBIDDEN")
	wantStatus(t, askBearer(t, s, http.MethodPost, mainnetPath+"activate", ""), http.StatusOK)
	if got := status(); got != `{"current_environment":"devnet","has_mainnet_access":true}` {
		t.Errorf("activated: %s", got)
	}
	wantStatus(t, askBearer(t, s, http.MethodPut, environmentPath, `{"environment":"mainnet"}`), http.StatusOK)
	if got := status(); got != `{"current_environment":"mainnet","has_mainnet_access":true}` {
		t.Errorf("switched: %s", got)
	}
	for _, tc := range []struct{ name, header, value, idempotencyKey, want string }{
		{"merchant key", "x-api-key", s.APIKey(), aUUID, "mainnet"},
		{"bearer", "Authorization", "Bearer " + s.BearerToken(), anotherUUID, "mainnet"},
		{"a commerce key has its own", "x-api-key", s.CommerceAPIKey(), "123e4567-e89b-42d3-a456-556642440003", "devnet"},
		{"another merchant", "x-api-key", "pk_of_another", aUUID, "devnet"},
	} {
		r, err := request(t, s, http.MethodPost, invoicesPath, `{"amount_usd":5}`, tc.header, tc.value, "Idempotency-Key", tc.idempotencyKey)
		if err != nil || r.status != http.StatusOK {
			t.Fatalf("%s: %v %s", tc.name, err, r.body)
		}
		events := s.Events()
		if object := string(events[len(events)-1].Data.Object); !strings.Contains(object, `"environment":"`+tc.want+`"`) {
			t.Errorf("%s: %s", tc.name, object)
		}
	}
}

type settlement struct {
	Preference string `json:"settlement_preference"`
	Selected   struct {
		ID        int64
		IsDefault bool `json:"is_default"`
	} `json:"selected_settlement_token"`
	Available []struct {
		ID        int64
		IsDefault bool `json:"is_default_settlement"`
	} `json:"available_stable_tokens"`
}

func TestSettlementToken(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	preference := func() settlement {
		return decode[settlement](t, askBearer(t, s, http.MethodGet, settlementPath, ""))
	}
	first := preference()
	if first.Preference != "stables_preferred" || first.Selected.ID != 11 || !first.Selected.IsDefault || len(first.Available) != 4 {
		t.Errorf("at the start: %+v", first)
	}
	r := askBearer(t, s, http.MethodPut, settleInPath, `{"settlement_token_id":10}`)
	wantStatus(t, r, http.StatusOK)
	if !strings.Contains(r.body, `"settlement_token":{"id":10,"network":"solana","token_name":"Devnet USDC","token_symbol":"DUSDC"}`) {
		t.Errorf("changed: %s", r.body)
	}
	if got := preference(); got.Selected.ID != 10 || got.Selected.IsDefault {
		t.Errorf("changed: %+v", got)
	}
	for _, bad := range []string{"14", "1", "999", "0"} { // not stable, of mainnet, unknown
		r := askBearer(t, s, http.MethodPut, settleInPath, `{"settlement_token_id":`+bad+`}`)
		wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
	}
	wantStatus(t, askBearer(t, s, http.MethodPut, settleInPath, `{"settlement_token_id":null}`), http.StatusOK)
	if got := preference(); got.Selected.ID != 11 || !got.Selected.IsDefault {
		t.Errorf("null: %+v", got)
	}
	wantError(t, ask(t, s, http.MethodGet, settlementPath, ""), http.StatusForbidden, "FORBIDDEN")
}

type tokenList struct {
	Policy      string `json:"acceptance_policy"`
	Environment string `json:"environment"`
	Total       int    `json:"total"`
	Limit       int    `json:"limit"`
	Offset      int    `json:"offset"`
	Tokens      []struct {
		ID      int64 `json:"id"`
		Blocked bool  `json:"is_blocked"`
	} `json:"tokens"`
}

func (l *tokenList) ids() string {
	var ids []any
	for _, tok := range l.Tokens {
		ids = append(ids, tok.ID)
	}
	return sprint(ids...)
}

func TestMerchantTokens(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	r := ask(t, s, http.MethodGet, merchantTokens, "")
	list := decode[tokenList](t, r)
	if list.Policy != "accept_all" || list.Environment != "devnet" || list.ids() != "10 11 12 13 14 15 16 17" {
		t.Errorf("devnet: %+v", list)
	}
	// The documented example of a token, in the order of our encoding.
	if !strings.Contains(r.body, `"price":null`) || strings.Contains(r.body, "token_decimals") {
		t.Errorf("the list has other fields: %s", r.body)
	}
	if other := decode[tokenList](t, ask(t, s, http.MethodGet, merchantTokens+"?environment=mainnet", "")); other.Environment != "mainnet" || len(other.Tokens) < 15 {
		t.Errorf("mainnet: %+v", other)
	}
	for _, tc := range []struct{ query, want string }{
		{"search=ton", "16"},
		{"search=DEVNET+USDC", "10 11 12"},
		{"search=0X036CBD", "11"}, // an address
		{"environment=mainnet&search=usdc&network=base", "123"},
		{"environment=mainnet&token_type=spl", "3 132"},
		{"environment=mainnet&is_active=false", "134"},
		{"supports_stable_settlement=false", "14 15 16 17"},
		{"blocked=false&network=base", "11 14"},
		{"blocked=true", ""},
	} {
		if got := decode[tokenList](t, ask(t, s, http.MethodGet, merchantTokens+"/search?"+tc.query, "")); got.ids() != tc.want || got.Total != len(got.Tokens) {
			t.Errorf("%s: %s of %d, want %s", tc.query, got.ids(), got.Total, tc.want)
		}
	}
	page := decode[tokenList](t, ask(t, s, http.MethodGet, merchantTokens+"/search?limit=3&offset=6", ""))
	if page.ids() != "16 17" || page.Total != 8 || page.Limit != 3 || page.Offset != 6 {
		t.Errorf("page: %+v", page)
	}
}

func TestBlockedTokens(t *testing.T) {
	t.Parallel()
	block := func(s *pepaytest.Server, id, body string) string {
		r := ask(t, s, http.MethodPost, merchantTokens+"/"+id+"/block", body)
		wantStatus(t, r, http.StatusOK)
		return r.body
	}
	search := func(s *pepaytest.Server, query string) tokenList {
		return decode[tokenList](t, ask(t, s, http.MethodGet, merchantTokens+"/search?"+query, ""))
	}
	t.Run("accept_all becomes selective", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		if got := block(s, "10", `{"blocked":false}`); got != `{"blocked":false,"success":true}` || search(s, "").Policy != "accept_all" {
			t.Errorf("nothing changed: %s", got)
		}
		if got := block(s, "10", `{"blocked":true}`); got != `{"blocked":true,"success":true}` {
			t.Error(got)
		}
		if got := search(s, "blocked=true"); got.Policy != "selective" || got.ids() != "10" || !got.Tokens[0].Blocked {
			t.Errorf("blocked: %+v", got)
		}
		if got := search(s, "blocked=false"); got.ids() != "11 12 13 14 15 16 17" {
			t.Errorf("not blocked: %+v", got)
		}
		block(s, "10", `{"blocked":false}`)
		if got := search(s, "blocked=true"); got.Policy != "selective" || got.ids() != "" {
			t.Errorf("accepted again: %+v", got)
		}
	})
	t.Run("accept_none becomes selective", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithAccount(pepaytest.Account{AcceptancePolicy: pepay.AcceptancePolicyAcceptNone}))
		if got := search(s, "blocked=false"); got.Policy != "accept_none" || got.Total != 0 {
			t.Errorf("accept_none: %+v", got)
		}
		block(s, "11", `{"blocked":false}`)
		if got := search(s, "blocked=false"); got.Policy != "selective" || got.ids() != "11" {
			t.Errorf("one accepted: %+v", got)
		}
	})
	s := pepaytest.NewServer(t)
	r := ask(t, s, http.MethodPost, merchantTokens+"/999/block", `{"blocked":true}`)
	wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
}

func TestWithAccount(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]pepaytest.Account{
		"environment": {Environment: "testnet"}, "preference": {SettlementPreference: "cash"}, "policy": {AcceptancePolicy: "some"},
		"no access": {Environment: pepay.NetworkEnvironmentMainnet},
	} {
		if _, err := pepaytest.Start("", pepaytest.WithAccount(bad)); err == nil || !strings.Contains(err.Error(), "WithAccount") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := pepaytest.NewServer(t, pepaytest.WithAccount(pepaytest.Account{
		MainnetAccess: true, Environment: pepay.NetworkEnvironmentMainnet, SettlementPreference: pepay.SettlementModeTokens,
	}))
	got := decode[settlement](t, askBearer(t, s, http.MethodGet, settlementPath, ""))
	if got.Preference != "tokens" || got.Selected.ID != 123 || len(got.Available) < 8 {
		t.Errorf("%+v", got)
	}
}
