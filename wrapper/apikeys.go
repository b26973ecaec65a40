package wrapper

import (
	"context"
	"unicode/utf8"

	"github.com/pepaylabs/pepay-go"
)

// APIKeyService creates, lists and revokes API keys. It is safe for concurrent use.
// It needs a bearer token ([WithBearerToken]): an API key cannot manage keys.
//
// See https://docs-alpha.pepay.io/sdk/merchants/api-keys.
type APIKeyService struct{ client *Client }

// List returns the API keys of a scope, those of all scopes for "", revoked ones
// included. It never returns a key itself.
//
// The documentation of this operation is complete. It shows no pages.
//
// See https://docs-alpha.pepay.io/api-reference/api-keys/list-api-keys.
func (s *APIKeyService) List(ctx context.Context, scope pepay.WSTokenScope, opts ...CallOption) ([]pepay.APIKey, error) {
	return value(send[[]pepay.APIKey](ctx, s.client, "listApiKeys", input{query: query{}.text("scope", string(scope))}, opts, nil))
}

// Create makes an API key. The answer is the only one that has the key: keep
// APIKey.Reveal() in a safe place. A merchant key begins with pk_, a commerce key
// with ck_. Name has 1 to 255 characters; a key without ExpiresAt never expires.
//
// A call that got no answer may have made a key that nobody knows:
// [APIKeyService.List] shows it, and [APIKeyService.Revoke] removes it. For the same
// reason only 429, 503 and requests that were not sent are retried.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for a missing Name or Scope, [ErrForbidden] when the
// account may not have more keys.
//
// See https://docs-alpha.pepay.io/api-reference/api-keys/create-new-api-key.
func (s *APIKeyService) Create(ctx context.Context, r pepay.CreateAPIKeyRequest, opts ...CallOption) (*pepay.CreatedAPIKey, error) {
	return send(ctx, s.client, "createApiKey", input{body: r, err: checkAPIKey(r)}, opts, createdAPIKeyLacks)
}

// maxAPIKeyName is the documented length of a name, in characters.
const maxAPIKeyName = 255

func checkAPIKey(r pepay.CreateAPIKeyRequest) error {
	return query{}.
		require(r.Name != "", "CreateAPIKeyRequest.Name", "is missing").
		require(utf8.RuneCountInString(r.Name) <= maxAPIKeyName, "CreateAPIKeyRequest.Name", "has more than 255 characters").
		require(r.Scope != "", "CreateAPIKeyRequest.Scope", "is missing; merchant or commerce").
		err
}

func createdAPIKeyLacks(key *pepay.CreatedAPIKey) string {
	if key.APIKey == "" {
		return "api_key is missing"
	}
	return ""
}

// Revoke ends an API key for good. keyID is the KeyID of a [pepay.APIKey], not the
// key itself.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for an empty id, [ErrNotFound] for a key that the
// account does not have.
//
// See https://docs-alpha.pepay.io/api-reference/api-keys/revoke-api-key.
func (s *APIKeyService) Revoke(ctx context.Context, keyID string, opts ...CallOption) error {
	return acknowledge(ctx, s.client, "revokeApiKey", input{path: []string{keyID}}, opts)
}
