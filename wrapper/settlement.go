package wrapper

import (
	"context"

	"github.com/pepaylabs/pepay-go"
)

// SettlementService reads and chooses in which token payments are settled. It is
// safe for concurrent use. It needs a bearer token ([WithBearerToken]): Pepay takes
// no API key here.
//
// See https://docs-alpha.pepay.io/api-spec/merchant/settlement.
type SettlementService struct{ client *Client }

// Preference returns how payments are settled, the stable coin that is selected, and
// those to choose from. The preference itself (stable coins only, preferred, or the
// token that was paid) can be changed on Pepay's dashboard only.
//
// The documentation of this operation is complete.
//
// See https://docs-alpha.pepay.io/api-reference/settlement-management/get-current-settlement-preference-and-stable-token-options.
func (s *SettlementService) Preference(ctx context.Context, opts ...CallOption) (*pepay.SettlementPreference, error) {
	return send(ctx, s.client, "getSettlementPreference", input{}, opts, settlementPreferenceLacks)
}

func settlementPreferenceLacks(p *pepay.SettlementPreference) string {
	if p.SettlementPreference == "" {
		return "settlement_preference is missing"
	}
	return ""
}

// SetToken selects the stable coin to settle in: the ID of one of the
// AvailableStableTokens of [SettlementService.Preference]. 0 sends null, which
// selects Pepay's default; SettlementToken of the answer may be zero then.
//
// The documentation of this operation is complete, except the answer to null.
//
// Errors: [ErrInvalidArgument] for a negative id, [ErrInvalidRequest] for a token
// that cannot be selected.
//
// See https://docs-alpha.pepay.io/api-reference/settlement-management/update-stable-settlement-token-selection.
func (s *SettlementService) SetToken(ctx context.Context, tokenID int64, opts ...CallOption) (*pepay.SettlementTokenUpdate, error) {
	return send(ctx, s.client, "updateSettlementToken", settlementToken(tokenID), opts, settlementTokenLacks(tokenID))
}

func settlementToken(tokenID int64) input {
	switch {
	case tokenID < 0:
		return input{err: invalid("tokenID", "is negative; 0 selects Pepay's default")}
	case tokenID == 0:
		return input{body: pepay.UpdateSettlementTokenRequest{}}
	}
	return input{body: pepay.UpdateSettlementTokenRequest{SettlementTokenID: &tokenID}}
}

// settlementTokenLacks accepts an answer without a token to a request for Pepay's
// default: the documentation has an example of a selected token only.
func settlementTokenLacks(asked int64) func(*pepay.SettlementTokenUpdate) string {
	return func(u *pepay.SettlementTokenUpdate) string {
		if u.SettlementToken.ID == 0 && asked != 0 {
			return "settlement_token is missing"
		}
		return ""
	}
}
