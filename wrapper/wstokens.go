package wrapper

import (
	"context"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
)

// DefaultTokenTTL is the life of a ws_token that [WSTokenService.Mint] asks for
// when MintParams does not say. It is the value of Pepay's own examples.
const DefaultTokenTTL = 60 * time.Second

// WSTokenService mints ws_tokens. It is safe for concurrent use.
type WSTokenService struct{ client *Client }

// MintParams says which ws_token to mint.
type MintParams struct {
	// Scope is what the token opens. Zero is not sent: Pepay then decides by the
	// scope of the API key. A scope that this version does not know is sent as it is.
	Scope pepay.WSTokenScope
	// TTL is the life of the token in whole seconds, at least 1 s. Zero means
	// DefaultTokenTTL. Pepay documents no bounds; what it does not accept is
	// ErrInvalidRequest.
	TTL time.Duration
}

func (p MintParams) input() input {
	ttl := p.TTL
	if ttl == 0 {
		ttl = DefaultTokenTTL
	}
	if ttl < time.Second || ttl%time.Second != 0 {
		return input{err: invalid("MintParams.TTL", fmt.Sprintf("%s is not a number of whole seconds from 1s up", ttl))}
	}
	seconds := int64(ttl / time.Second)
	in := input{body: pepay.MintWSTokenRequest{Scope: p.Scope, TTLSeconds: &seconds}}
	if p.Scope == pepay.WSTokenScopeCommerce {
		in.prefer = "commerceApiKey"
	}
	return in
}

// Mint makes a short-lived ws_token, with which a browser or an app opens
// Pepay's event streams without ever seeing an API key.
//
// A commerce token is asked for with the commerce key when the client has both
// keys; the two are never sent together. Repeating a mint is safe, so every
// failure that can pass is retried.
//
// The token and its expiry are always set; other fields may be missing from
// Pepay's answer and are zero then. Errors are [ErrInvalidArgument] for a TTL that
// cannot be sent, and an [*Error] for everything else: [ErrNoCredential],
// [ErrInvalidRequest] for a scope the key does not have or a life Pepay does not
// grant, [ErrUnauthorized], [ErrRateLimited], [ErrMalformedResponse].
//
// See https://docs-alpha.pepay.io/api-reference/websockets/mint-a-short-lived-ws_token-for-browsermobile-websocket-auth.
func (s *WSTokenService) Mint(ctx context.Context, p MintParams, opts ...CallOption) (*pepay.WSToken, error) {
	return send(ctx, s.client, "mintWsToken", p.input(), opts, tokenLacks)
}

func tokenLacks(t *pepay.WSToken) string {
	switch {
	case t.Token == "":
		return "token is missing"
	case wire.HasControl(t.Token.Reveal()):
		return "token has a control character"
	case t.ExpiresAt.IsZero():
		return "expires_at is missing"
	}
	return ""
}
