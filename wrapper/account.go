package wrapper

import (
	"context"

	"github.com/pepaylabs/pepay-go"
)

// AccountService reads and changes which network environment an account uses. It is
// safe for concurrent use. It needs a merchant key or a bearer token.
//
// See https://pepay.mintlify.app/api-spec/merchant/access.
type AccountService struct{ client *Client }

// MainnetStatus tells whether the account may use mainnet, and which network
// environment it uses now.
//
// The documentation shows an example of this answer and no list of its fields.
//
// See https://pepay.mintlify.app/api-spec/merchant/access.
func (s *AccountService) MainnetStatus(ctx context.Context, opts ...CallOption) (*pepay.MainnetAccess, error) {
	return send(ctx, s.client, "getMainnetStatus", input{}, opts, mainnetAccessLacks)
}

func mainnetAccessLacks(access *pepay.MainnetAccess) string {
	if access.CurrentEnvironment == "" {
		return "current_environment is missing"
	}
	return ""
}

// ActivateMainnet activates access to mainnet. Mainnet is asked for on Pepay's
// dashboard or by e-mail; [AccountService.MainnetStatus] tells whether the account
// has it.
//
// The documentation gives neither a request nor an answer, so nothing is sent and
// any success counts.
//
// See https://pepay.mintlify.app/api-spec/merchant/access.
func (s *AccountService) ActivateMainnet(ctx context.Context, opts ...CallOption) error {
	return acknowledge(ctx, s.client, "activateMainnet", input{}, opts)
}

// SetEnvironment sets the network environment that the account uses.
//
// The documentation shows the request and no answer, so any success counts.
//
// Errors: [ErrInvalidArgument] for no environment, [ErrInvalidRequest] for one that
// Pepay does not have, [ErrForbidden] for mainnet without access to it.
//
// See https://pepay.mintlify.app/api-spec/merchant/access.
func (s *AccountService) SetEnvironment(ctx context.Context, env pepay.NetworkEnvironment, opts ...CallOption) error {
	return acknowledge(ctx, s.client, "setEnvironment", newEnvironment(env), opts)
}

func newEnvironment(env pepay.NetworkEnvironment) input {
	if env == "" {
		return input{err: invalid("env", "is missing; devnet or mainnet")}
	}
	return input{body: pepay.SetEnvironmentRequest{Environment: env}}
}
