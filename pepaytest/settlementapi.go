package pepaytest

import (
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// GetSettlementPreference simulates GET /api/v1/merchant/settlement-preference. The
// tokens to choose from are those of the account's environment.
//
// See https://docs-alpha.pepay.io/api-spec/merchant/settlement
func (h handlers) GetSettlementPreference(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		a := t.account(t.call.who.merchantID)
		selected := a.settlementToken(a.Environment)
		answer := settlementOption(selected)
		answer.IsDefault = ptr(isDefaultSettlement(selected))
		available := []server.SettlementToken{}
		for _, tok := range tokens() {
			if tok.settles(a.Environment) {
				option := settlementOption(&tok)
				option.IsDefaultSettlement = ptr(isDefaultSettlement(&tok))
				available = append(available, option)
			}
		}
		return server.SettlementPreference{
			SettlementPreference: a.Preference, Description: ptr(preferenceInWords(a.Preference)),
			SelectedSettlementToken: &answer, AvailableStableTokens: &available, UpdatedAt: &a.SettlementAt,
		}, nil
	})
}

// UpdateSettlementToken simulates PUT /api/v1/merchant/settlement-token. It changes the
// choice for the account's environment.
//
// See https://docs-alpha.pepay.io/api-spec/merchant/settlement
func (h handlers) UpdateSettlementToken(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		a := t.account(t.call.who.merchantID)
		in := bodyOf[server.UpdateSettlementTokenRequest](t)
		if in.SettlementTokenID != nil {
			tok := tokenByID(*in.SettlementTokenID)
			if tok == nil || !tok.settles(a.Environment) {
				return nil, invalidRequest("settlement_token_id is not one of the available_stable_tokens")
			}
			if a.SettlementTokens == nil {
				a.SettlementTokens = map[server.NetworkEnvironment]int64{}
			}
			a.SettlementTokens[a.Environment] = tok.id
		} else {
			delete(a.SettlementTokens, a.Environment)
		}
		a.SettlementAt = t.now.Unix()
		tok := a.settlementToken(a.Environment)
		return server.SettlementTokenUpdate{
			Success: ptr(true), Message: ptr("Settlement token updated successfully"),
			SettlementToken: server.SettlementToken{ID: &tok.id, TokenSymbol: &tok.symbol, TokenName: &tok.name, Network: &tok.network},
			UpdatedAt:       &a.SettlementAt,
		}, nil
	})
}

// settles says whether payments of an environment can be settled in the token.
func (t *token) settles(environment server.NetworkEnvironment) bool {
	return t.stable && !t.inactive && t.environment == environment
}

func isDefaultSettlement(t *token) bool {
	return t.id == defaultSettlementToken(string(t.environment)).id
}

func settlementOption(t *token) server.SettlementToken {
	return server.SettlementToken{
		ID: &t.id, TokenSymbol: &t.symbol, TokenName: &t.name, Network: &t.network,
		TokenAddress: nonEmpty(t.address), TokenDecimals: &t.decimals, PhotoURI: nonEmpty(t.photo),
	}
}

// preferenceInWords is documented for stables_preferred; the others read like it.
func preferenceInWords(mode server.SettlementMode) string {
	switch mode {
	case server.SettlementModeStablesOnly:
		return "Only accept payments that can be settled in stable coins"
	case server.SettlementModeTokens:
		return "Always settle in the original token"
	default:
		return "Prefer stable coins when available, fallback to original token"
	}
}
