package pepaytest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// ListMerchantTokens simulates GET /api/v1/merchant/tokens.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/tokens-list
func (h handlers) ListMerchantTokens(w http.ResponseWriter, r *http.Request, params server.ListMerchantTokensParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		a := t.account(t.call.who.merchantID)
		environment := orDefault(params.Environment, a.Environment)
		list := []server.MerchantToken{}
		for _, tok := range tokens() {
			if tok.environment == environment {
				list = append(list, t.listedToken(a, &tok))
			}
		}
		return server.MerchantTokens{AcceptancePolicy: &a.Policy, Environment: &environment, Tokens: list}, nil
	})
}

// SearchMerchantTokens simulates GET /api/v1/merchant/tokens/search.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/tokens-search
func (h handlers) SearchMerchantTokens(w http.ResponseWriter, r *http.Request, params server.SearchMerchantTokensParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		a := t.account(t.call.who.merchantID)
		environment := orDefault(params.Environment, a.Environment)
		page := server.MerchantTokenPage{
			AcceptancePolicy: &a.Policy, Environment: &environment, Total: ptr[int64](0),
			Limit: ptr(orDefault(params.Limit, 50)), Offset: ptr(orDefault(params.Offset, 0)), Tokens: []server.MerchantToken{},
		}
		for _, tok := range tokens() {
			if tok.environment != environment || !tok.matches(&params, a.blocks(tok.id)) {
				continue
			}
			if *page.Total >= *page.Offset && int64(len(page.Tokens)) < *page.Limit {
				page.Tokens = append(page.Tokens, t.foundToken(a, &tok))
			}
			*page.Total++
		}
		return page, nil
	})
}

// BlockMerchantToken simulates POST /api/v1/merchant/tokens/{tokenId}/block. Without a
// "blocked" it blocks: one page calls it without a body.
//
// See https://docs-alpha.pepay.io/api-reference/token-management/block-or-unblock-a-specific-token
func (h handlers) BlockMerchantToken(w http.ResponseWriter, r *http.Request, tokenID int64) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		if tokenByID(tokenID) == nil {
			return nil, invalidRequest("tokenId is not the id of a supported token")
		}
		blocked := orDefault(bodyOf[server.BlockTokenRequest](t).Blocked, true)
		t.account(t.call.who.merchantID).block(tokenID, blocked)
		return server.TokenBlock{Success: ptr(true), Blocked: &blocked}, nil
	})
}

// matches says whether a search wants the token.
func (t *token) matches(p *server.SearchMerchantTokensParams, blocked bool) bool {
	is := func(wanted *bool, fact bool) bool { return wanted == nil || *wanted == fact }
	text := strings.ToLower(orDefault(p.Search, ""))
	named := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	return (named(t.symbol) || named(t.name) || named(t.address)) &&
		(p.Network == nil || string(*p.Network) == t.network) &&
		(p.TokenType == nil || *p.TokenType == t.kind) &&
		is(p.IsActive, !t.inactive) && is(p.SupportsStableSettlement, t.stable) && is(p.Blocked, blocked)
}

// listedToken has the documented fields of the list, foundToken those of a search.
func (t *tx) listedToken(a *account, tok *token) server.MerchantToken {
	return server.MerchantToken{
		ID: &tok.id, TokenSymbol: &tok.symbol, TokenName: &tok.name, Network: &tok.network, NetworkEnvironment: &tok.environment,
		PhotoURI: nonEmpty(tok.photo), SupportsSubscriptions: &tok.stable, IsBlocked: ptr(a.blocks(tok.id)), Price: t.merchantPrice(tok),
	}
}

func (t *tx) foundToken(a *account, tok *token) server.MerchantToken {
	found := t.listedToken(a, tok)
	found.TokenAddress, found.TokenDecimals, found.TokenType = nonEmpty(tok.address), &tok.decimals, &tok.kind
	found.RequiresMemo, found.SupportsStableSettlement = &tok.memo, &tok.stable
	found.IsActive, found.IsMonitored = ptr(!tok.inactive), ptr(!tok.unmonitored)
	return found
}

// merchantPrice is null for tokens of devnet, as in the documented example. Which
// providers there are is not documented.
func (t *tx) merchantPrice(tok *token) *server.TokenPrice {
	if tok.environment == server.NetworkEnvironmentDevnet {
		return nil
	}
	return &server.TokenPrice{USD: ptr(json.Number(tok.price)), LastUpdatedAt: ptr(t.now.Unix()), ProviderType: ptr("simulator")}
}

func orDefault[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}
