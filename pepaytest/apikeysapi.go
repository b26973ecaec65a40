package pepaytest

import (
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// ListAPIKeys simulates GET /api/v1/api-keys. The oldest key comes first; Pepay
// documents no order.
//
// See https://docs-alpha.pepay.io/api-reference/api-keys/list-api-keys
func (h handlers) ListAPIKeys(w http.ResponseWriter, r *http.Request, params server.ListAPIKeysParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		list := []server.APIKey{}
		t.Keys.all(func(k *apiKey) bool {
			if k.MerchantID == t.call.who.merchantID && (params.Scope == nil || string(*params.Scope) == string(k.Scope)) {
				list = append(list, k.snapshot())
			}
			return true
		})
		return list, nil
	})
}

// CreateAPIKey simulates POST /api/v1/api-keys. A commerce key is bound to the
// environment that the account has then.
//
// See https://docs-alpha.pepay.io/api-reference/api-keys/create-new-api-key
func (h handlers) CreateAPIKey(w http.ResponseWriter, r *http.Request) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		in := bodyOf[server.CreateAPIKeyRequest](t)
		var expires int64
		if in.ExpiresAt != nil {
			if expires = in.ExpiresAt.Unix(); expires <= t.now.Unix() {
				return nil, invalidRequest("expires_at must be in the future")
			}
		}
		if limit := t.server.cfg.keyLimit; t.workingKeys(t.call.who.merchantID) >= limit {
			return nil, forbidden(fmt.Sprintf("The account has %d active API keys, which is its limit; revoke one first", limit))
		}
		k, value := t.createKey(pepay.WSTokenScope(in.Scope), in.Name, expires)
		return server.CreatedAPIKey{
			KeyID: &k.ID, Name: &k.Name, Scope: &in.Scope, APIKey: value, ExpiresAt: nonZero(k.ExpiresAt),
		}, nil
	})
}

func (t *tx) workingKeys(merchantID int64) int {
	n := 0
	t.Keys.all(func(k *apiKey) bool {
		if k.MerchantID == merchantID && k.works(t.now) {
			n++
		}
		return true
	})
	return n
}

// createKey makes a key with the documented prefix. It is the only one to know its value.
func (t *tx) createKey(scope pepay.WSTokenScope, name string, expires int64) (k *apiKey, value string) {
	prefix := "pk_"
	if scope == pepay.WSTokenScopeCommerce {
		prefix = "ck_"
	}
	random := t.digest("api key")
	value = prefix + hex.EncodeToString(random[:16])
	digest := digestOf(value)
	k = &apiKey{
		ID: t.newID("api key id"), Digest: hex.EncodeToString(digest[:]), MerchantID: t.call.who.merchantID, Scope: scope, Name: name,
		CreatedAt: t.now.Unix(), ExpiresAt: expires,
	}
	if scope == pepay.WSTokenScopeCommerce {
		k.Environment = pepay.NetworkEnvironment(t.environment())
	}
	t.addKey(k)
	return k, value
}

// RevokeAPIKey simulates POST /api/v1/api-keys/{keyId}/revoke. A key that is revoked
// already stays so, and the answer is the same.
//
// See https://docs-alpha.pepay.io/api-reference/api-keys/revoke-api-key
func (h handlers) RevokeAPIKey(w http.ResponseWriter, r *http.Request, keyID string) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		k := t.Keys.get(keyID)
		if k == nil || k.MerchantID != t.call.who.merchantID {
			return nil, noSuch("API key")
		}
		t.revoke(k)
		return server.RevokedAPIKey{Message: ptr("API key revoked successfully")}, nil
	})
}
