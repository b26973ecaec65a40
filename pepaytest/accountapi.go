package pepaytest

import (
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// done is the answer of operations whose answer is not documented.
type done struct {
	Success bool `json:"success"`
}

// GetMainnetStatus simulates GET /api/v1/user/mainnet-access/status.
//
// See https://pepay.mintlify.app/api-spec/merchant/access
func (h handlers) GetMainnetStatus(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		a := t.account(t.call.who.merchantID)
		return server.MainnetAccess{HasMainnetAccess: &a.MainnetAccess, CurrentEnvironment: &a.Environment}, nil
	})
}

// ActivateMainnet simulates POST /api/v1/user/mainnet-access/activate. Pepay documents
// neither what it takes nor who gets access: everybody does, whatever the body is.
//
// See https://pepay.mintlify.app/api-spec/merchant/access
func (h handlers) ActivateMainnet(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		t.account(t.call.who.merchantID).MainnetAccess = true
		return done{true}, nil
	})
}

// SetEnvironment simulates PUT /api/v1/user/environment.
//
// See https://pepay.mintlify.app/api-spec/merchant/access
func (h handlers) SetEnvironment(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		a := t.account(t.call.who.merchantID)
		in := bodyOf[server.SetEnvironmentRequest](t)
		if in.Environment == server.NetworkEnvironmentMainnet && !a.MainnetAccess {
			return nil, forbidden("The account has no access to mainnet; activate it first")
		}
		a.Environment = in.Environment
		return done{true}, nil
	})
}
