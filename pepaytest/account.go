package pepaytest

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// Account is what a merchant's account is like at the start, as far as the API cannot
// change it or begins with a choice.
type Account struct {
	// MerchantID is the merchant. Zero means 123, the merchant of the documentation's
	// examples.
	MerchantID int64
	// MainnetAccess says that mainnet is activated already.
	MainnetAccess bool
	// Environment is the network that merchant keys and the dashboard use. Empty means
	// devnet; mainnet needs MainnetAccess.
	Environment pepay.NetworkEnvironment
	// SettlementPreference is what payments are settled in. Empty means
	// stables_preferred, which is documented as an example. No operation changes it.
	SettlementPreference pepay.SettlementMode
	// AcceptancePolicy says which tokens the merchant accepts. Empty means accept_all.
	// Blocking or unblocking a token makes it selective.
	AcceptancePolicy pepay.AcceptancePolicy
}

// WithAccount sets what the account of a merchant is like at the start. Every other
// merchant has the zero [Account]. An environment, preference or policy that the contract
// does not have is an error, and so is mainnet without access to it.
//
// See https://pepay.mintlify.app/api-spec/merchant/access
func WithAccount(a Account) Option {
	return func(c *config) error {
		a = a.completed()
		switch {
		case !a.Environment.Valid():
			return fmt.Errorf("pepaytest: WithAccount: unknown Environment %q", a.Environment)
		case !a.SettlementPreference.Valid():
			return fmt.Errorf("pepaytest: WithAccount: unknown SettlementPreference %q", a.SettlementPreference)
		case !a.AcceptancePolicy.Valid():
			return fmt.Errorf("pepaytest: WithAccount: unknown AcceptancePolicy %q", a.AcceptancePolicy)
		case a.Environment == pepay.NetworkEnvironmentMainnet && !a.MainnetAccess:
			return fmt.Errorf("pepaytest: WithAccount: Environment %s needs MainnetAccess", a.Environment)
		}
		if c.accounts == nil {
			c.accounts = map[int64]Account{}
		}
		c.accounts[a.MerchantID] = a
		return nil
	}
}

// completed fills in what is empty.
func (a Account) completed() Account {
	if a.MerchantID == 0 {
		a.MerchantID = defaultMerchantID
	}
	if a.Environment == "" {
		a.Environment = pepay.NetworkEnvironmentDevnet
	}
	if a.SettlementPreference == "" {
		a.SettlementPreference = pepay.SettlementModeStablesPreferred
	}
	if a.AcceptancePolicy == "" {
		a.AcceptancePolicy = pepay.AcceptancePolicyAcceptAll
	}
	return a
}

// account is what a merchant has chosen.
type account struct {
	MerchantID    int64                     `json:"merchant_id"`
	MainnetAccess bool                      `json:"mainnet_access"`
	Environment   server.NetworkEnvironment `json:"environment"`
	Preference    server.SettlementMode     `json:"settlement_preference"`
	Policy        server.AcceptancePolicy   `json:"acceptance_policy"`
	Blocked       []int64                   `json:"blocked,omitempty"` // ids of tokens, under the policy selective
	// SettlementTokens are ids of tokens by environment; none is Pepay's default.
	SettlementTokens map[server.NetworkEnvironment]int64 `json:"settlement_tokens,omitempty"`
	SettlementAt     int64                               `json:"settlement_at"` // when it was chosen, in epoch seconds
}

func (a *account) key() string { return strconv.FormatInt(a.MerchantID, 10) }

// account is that of a merchant, which every merchant has.
func (t *tx) account(merchantID int64) *account {
	if a := t.Accounts.get(strconv.FormatInt(merchantID, 10)); a != nil {
		return a
	}
	start, ok := t.server.cfg.accounts[merchantID]
	if !ok {
		start = Account{MerchantID: merchantID}.completed()
	}
	a := &account{
		MerchantID: merchantID, MainnetAccess: start.MainnetAccess, Environment: server.NetworkEnvironment(start.Environment),
		Preference: server.SettlementMode(start.SettlementPreference), Policy: server.AcceptancePolicy(start.AcceptancePolicy),
		SettlementAt: t.now.Unix(),
	}
	t.Accounts.add(a)
	return a
}

// blocks says whether the merchant does not accept a token.
func (a *account) blocks(tokenID int64) bool {
	switch a.Policy {
	case server.AcceptancePolicyAcceptAll:
		return false
	case server.AcceptancePolicyAcceptNone:
		return true
	default:
		return slices.Contains(a.Blocked, tokenID)
	}
}

// accepts says whether a merchant accepts a token, which is what payors are offered.
func (t *tx) accepts(merchantID, tokenID int64) bool { return !t.account(merchantID).blocks(tokenID) }

// block blocks a token or accepts it again. The policy becomes selective, with the same
// tokens blocked as before but for this one.
func (a *account) block(tokenID int64, blocked bool) {
	if a.blocks(tokenID) == blocked {
		return
	}
	if a.Policy == server.AcceptancePolicyAcceptNone {
		for _, tok := range tokens() {
			a.Blocked = append(a.Blocked, tok.id)
		}
	}
	a.Policy = server.AcceptancePolicySelective
	a.Blocked = slices.DeleteFunc(a.Blocked, func(id int64) bool { return id == tokenID })
	if blocked {
		a.Blocked = append(a.Blocked, tokenID)
	}
}

// settlementToken is what the payments of an environment are settled in.
func (a *account) settlementToken(environment server.NetworkEnvironment) *token {
	if tok := tokenByID(a.SettlementTokens[environment]); tok != nil {
		return tok
	}
	return defaultSettlementToken(string(environment))
}
