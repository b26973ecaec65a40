package pepaytest

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go/internal/server"
)

const (
	// How often the rates of monitored tokens are computed, and how old a stale one is. No
	// page says it.
	rateInterval = time.Minute
	staleAge     = 10 * time.Minute
)

// ListAvailableTokens simulates GET /api/v1/payments/available-tokens: the tokens of the
// invoice's environment that its merchant accepts. An underpaid invoice has one, to which
// it is locked. On devnet no token is monitored, and each mode has all of them.
//
// See https://docs-alpha.pepay.io/api-spec/payors/available-tokens
func (h handlers) ListAvailableTokens(w http.ResponseWriter, r *http.Request, p server.ListAvailableTokensParams) {
	h.payor(w, r, func(t *tx, inv *invoice) (any, *problem) {
		mode := orDefault(p.Mode, server.ListAvailableTokensParamsModeMonitored)
		if mode == server.ListAvailableTokensParamsModeNetwork && p.Network == nil {
			return nil, invalidRequest("mode network requires network")
		}
		shown := []any{}
		if lock := inv.lock(); lock != nil {
			return append(shown, t.shownToken(inv, tokenByID(lock.TokenID))), nil
		}
		for _, tok := range tokens() {
			switch _, err := t.payableToken(inv, tok.id); {
			case err != nil,
				p.Network != nil && string(*p.Network) != tok.network,
				mode == server.ListAvailableTokensParamsModeMonitored && tok.environment == server.NetworkEnvironmentMainnet && tok.unmonitored,
				p.AvailableOnly != nil && *p.AvailableOnly && tok.availability != server.TokenAvailabilityAVAILABLE && tok.availability != server.TokenAvailabilityDEVNET:
				continue
			}
			shown = append(shown, t.shownToken(inv, &tok))
		}
		return shown, nil
	})
}

// shownToken is a token as payors see it.
func (t *tx) shownToken(inv *invoice, tok *token) any {
	shown := server.PaymentToken{
		ID: tok.id, TokenSymbol: &tok.symbol, TokenName: &tok.name, TokenType: &tok.kind, Network: &tok.network,
		TokenDecimals: &tok.decimals, TokenAddress: nonEmpty(tok.address), RequiresMemo: &tok.memo, PhotoURI: nonEmpty(tok.photo),
		SupportsStableSettlement: &tok.stable, IsMonitored: ptr(!tok.unmonitored), HasSettlementRoute: ptr(tok.settlable()),
		AvailabilityStatus: &tok.availability, UnavailableReason: nonEmpty(tok.reason),
	}
	if tok.environment == server.NetworkEnvironmentDevnet {
		return devnetToken{PaymentToken: shown}
	}
	if tok.unmonitored {
		return shown // its rates come with an address
	}
	updated := t.now.Truncate(rateInterval)
	if tok.availability == server.TokenAvailabilitySTALE {
		updated = updated.Add(-staleAge)
	}
	shown.RateUpdatedAt = ptr(updated.Unix())
	if tok.availability == server.TokenAvailabilityAVAILABLE {
		addRate(&shown, inv.remaining(), tok.id == t.account(inv.MerchantID).settlementToken(tok.environment).id)
	}
	return shown
}

// addRate has the numbers of the documentation's examples: what is settled in itself
// costs nothing, and all else 2 %.
func addRate(shown *server.PaymentToken, millis int64, same bool) {
	rate := json.Number("1")
	if !same {
		rate, millis = "1.02", millis+(millis*2+99)/100
		shown.Tier, shown.TierFee = ptr("100"), ptr(json.Number("0"))
	}
	shown.SettlementRate, shown.SettlementCostUSD, shown.IsSameTokenSettlement = &rate, ptr(dollars(millis)), &same
}

// settlable says whether a payment in the token reaches the merchant.
func (t *token) settlable() bool {
	return t.availability != server.TokenAvailabilitySTALE && t.availability != server.TokenAvailabilityNOLIQUIDITY
}

// devnetToken is a token without the fields of a quote: on devnet there are none.
//
// See https://docs-alpha.pepay.io/api-spec/payors/available-tokens
type devnetToken struct {
	server.PaymentToken
	RateUpdatedAt     *server.Timestamp `json:"rate_updated_at,omitempty"`
	SettlementCostUSD *json.Number      `json:"settlement_cost_usd,omitempty"`
	SettlementRate    *json.Number      `json:"settlement_rate,omitempty"`
	Tier              *string           `json:"tier,omitempty"`
	TierFee           *json.Number      `json:"tier_fee,omitempty"`
}
