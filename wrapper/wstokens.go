package wrapper

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// DefaultTokenTTL is the life of a ws_token that [WSTokenService.Mint] asks for
// when MintParams does not say. It is the value of Pepay's own examples.
const DefaultTokenTTL = 60 * time.Second

// WSTokenService mints ws_tokens. It is safe for concurrent use.
type WSTokenService struct{ client *Client }

// MintParams says which ws_token to mint.
type MintParams struct {
	// Scope is what the token opens. Zero is not sent: Pepay then decides by the
	// scope of the API key.
	Scope pepay.WSTokenScope
	// TTL is the life of the token in whole seconds, at least 1 s. Zero means
	// DefaultTokenTTL. Pepay documents no bounds; what it does not accept is
	// ErrInvalidRequest.
	TTL time.Duration
}

func (p MintParams) request() (pepay.MintWSTokenRequest, error) {
	ttl := p.TTL
	if ttl == 0 {
		ttl = DefaultTokenTTL
	}
	switch {
	case p.Scope != "" && !p.Scope.Valid():
		return pepay.MintWSTokenRequest{}, invalid("MintParams.Scope", fmt.Sprintf("%.40q is neither %q nor %q",
			p.Scope, pepay.WSTokenScopeMerchant, pepay.WSTokenScopeCommerce))
	case ttl < time.Second || ttl%time.Second != 0:
		return pepay.MintWSTokenRequest{}, invalid("MintParams.TTL", fmt.Sprintf("%s is not a number of whole seconds from 1s up", ttl))
	}
	seconds := int64(ttl / time.Second)
	return pepay.MintWSTokenRequest{Scope: p.Scope, TTLSeconds: &seconds}, nil
}

// Mint makes a short-lived ws_token, with which a browser or an app opens
// Pepay's event streams without ever seeing an API key.
//
// A commerce token is asked for with the commerce key when the client has both
// keys; the two are never sent together. Minting again is harmless, so every
// failure that can pass is retried.
//
// The token and its expiry are always set; other fields may be missing from
// Pepay's answer and are zero then. Errors are [ErrInvalidArgument] for params
// that cannot be meant, and an [*Error] for everything else: [ErrNoCredential],
// [ErrInvalidRequest] for a scope the key does not have or a life Pepay does not
// grant, [ErrUnauthorized], [ErrRateLimited], [ErrMalformedResponse].
//
// See https://docs-alpha.pepay.io/api-reference/websockets/mint-a-short-lived-ws_token-for-browsermobile-websocket-auth.
func (s *WSTokenService) Mint(ctx context.Context, p MintParams, opts ...CallOption) (*pepay.WSToken, error) {
	request, err := p.request()
	if err != nil {
		return nil, err
	}
	c, err := newCall(opts)
	if err != nil {
		return nil, err
	}
	if p.Scope == pepay.WSTokenScopeCommerce {
		c.preferred = "commerceApiKey"
	}
	c.decodes = true
	req, err := s.client.post(withCall(ctx, c), "mintWsToken", request)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.doer.Do(req) //nolint:bodyclose // the generated parser closes it
	if err != nil {
		return nil, err
	}
	token, err := c.mintedToken(resp)
	c.settle(ctx, err)
	return token, err
}

func (c *call) mintedToken(resp *http.Response) (*pepay.WSToken, error) {
	answer, err := pepay.ParseMintWSTokenAnswer(resp)
	switch {
	case err != nil:
		return nil, c.malformed(err.Error())
	case answer.JSON200 == nil:
		return nil, c.malformed("no token in the answer")
	case answer.JSON200.Data.Token == "":
		return nil, c.malformed("data.token is missing")
	case answer.JSON200.Data.ExpiresAt.IsZero():
		return nil, c.malformed("data.expires_at is missing")
	}
	return &answer.JSON200.Data, nil
}

// post builds the request of an operation that takes a body and no parameters.
func (c *Client) post(ctx context.Context, operationID string, in any) (*http.Request, error) {
	content, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	op := contract().byID[operationID]
	req, err := http.NewRequestWithContext(ctx, op.Method, c.base+op.Path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	req.Header["Content-Type"] = applicationJSON
	return req, nil
}
