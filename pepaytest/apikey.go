package pepaytest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// apiKey is a key that exists or existed. Times are epoch seconds, and 0 is never.
type apiKey struct {
	ID            string                   `json:"id"`
	Digest        string                   `json:"digest"` // SHA-256 of the key, which is shown once
	MerchantID    int64                    `json:"merchant_id"`
	Scope         pepay.WSTokenScope       `json:"scope"`
	Environment   pepay.NetworkEnvironment `json:"environment,omitempty"`
	Name          string                   `json:"name"`
	CreatedAt     int64                    `json:"created_at"`
	ExpiresAt     int64                    `json:"expires_at,omitempty"`
	LastUsedAt    int64                    `json:"last_used_at,omitempty"`
	RevokedAt     int64                    `json:"revoked_at,omitempty"`
	RevokedReason string                   `json:"revoked_reason,omitempty"`
}

func (k *apiKey) key() string { return k.ID }

func (k *apiKey) works(now time.Time) bool {
	return k.RevokedAt == 0 && (k.ExpiresAt == 0 || now.Unix() < k.ExpiresAt)
}

// snapshot is the key as the list shows it. Pepay documents no status for a key that has
// expired: it stays active, and its expires_at tells.
func (k *apiKey) snapshot() server.APIKey {
	status := server.APIKeyStatusActive
	if k.RevokedAt != 0 {
		status = server.APIKeyStatusRevoked
	}
	return server.APIKey{
		KeyID: &k.ID, Name: &k.Name, Scope: (*server.WSTokenScope)(&k.Scope), Status: &status,
		CreatedAt: &k.CreatedAt, ExpiresAt: nonZero(k.ExpiresAt), LastUsedAt: nonZero(k.LastUsedAt),
		RevokedAt: nonZero(k.RevokedAt), RevokedReason: nonEmpty(k.RevokedReason),
	}
}

func digestOf(key string) [32]byte { return sha256.Sum256([]byte("pepaytest api key\n" + key)) }

// keyOf is the key with this value, or nil.
func (t *tx) keyOf(value string) *apiKey {
	digest := digestOf(value)
	return t.Keys.get(t.keyIDs[hex.EncodeToString(digest[:])])
}

// addKey remembers a key. Of those that work no longer, the oldest are forgotten.
func (t *tx) addKey(k *apiKey) {
	if t.Keys.len() >= maxSecondary {
		t.Keys.all(func(old *apiKey) bool {
			useless := !old.works(t.now)
			if useless {
				delete(t.keyIDs, old.Digest)
				t.Keys.remove(old.ID)
			}
			return !useless
		})
	}
	t.Keys.add(k)
	t.indexKey(k)
}

// indexKey lets a key be found by its value, and its streams end with it.
func (t *tx) indexKey(k *apiKey) {
	t.keyIDs[k.Digest] = k.ID
	if k.ExpiresAt != 0 && k.works(t.now) {
		t.at(k.ExpiresAt, func(t *tx) {
			if t.Keys.get(k.ID) == k && k.RevokedAt == 0 {
				t.closeStreamsOf(k, reasonExpired)
			}
		})
	}
}

// addConfiguredKeys adds the keys that the server has from the start. Their ids say
// nothing about them and are the same in every server. A key that is there already, from
// a state file, stays as it is: revoked, for instance.
func (t *tx) addConfiguredKeys() {
	names := map[string]string{defaultAPIKey: "Merchant key of the simulator", defaultCommerceAPIKey: "Commerce key of the simulator"}
	values := slices.SortedFunc(maps.Keys(t.server.cfg.keys), func(a, b string) int {
		return cmp.Or(-cmp.Compare(names[a], names[b]), cmp.Compare(a, b)) // the two that are always there first
	})
	for _, value := range values {
		if t.keyOf(value) != nil {
			continue
		}
		k, digest := t.server.cfg.keys[value], digestOf(value)
		added := &apiKey{
			ID: uuid(sha256.Sum256(digest[:])), Digest: hex.EncodeToString(digest[:]),
			MerchantID: k.MerchantID, Scope: k.Scope, Environment: k.Environment,
			Name: cmp.Or(k.Name, names[value], "Key of this server"), CreatedAt: t.now.Unix(),
		}
		if !k.ExpiresAt.IsZero() {
			added.ExpiresAt = k.ExpiresAt.Unix()
		}
		if k.Revoked {
			added.RevokedAt = t.now.Unix()
		}
		t.addKey(added)
	}
}

// revoke ends a key for good. Revoking it again changes nothing.
func (t *tx) revoke(k *apiKey) {
	if k.RevokedAt == 0 {
		k.RevokedAt = max(t.now.Unix(), 1)
		t.closeStreamsOf(k, reasonRevoked)
	}
}

// RevokeKey revokes a key of the server, by its value, as the operation revokeApiKey
// does by its id: from now on it answers 401, and streams that it opened are closed as
// [WithRevocation] says. Revoking it again does nothing. A key that the server does not
// have is an error. It is safe for concurrent use.
//
// See https://docs-alpha.pepay.io/api-reference/api-keys/revoke-api-key
func (s *Server) RevokeKey(key string) error {
	err := errors.New("pepaytest: RevokeKey: the server has no such key")
	s.change(nil, func(t *tx) {
		if k := t.keyOf(key); k != nil {
			t.revoke(k)
			err = nil
		}
	})
	return err
}

// The limit of a server whose options name none.
const defaultKeyLimit = 100

// WithKeyLimit sets how many keys of a merchant may work at a time; one more is answered
// 403. The default is 100: Pepay documents that there is a limit and not which. Fewer
// than 1 is an error.
//
// See https://docs-alpha.pepay.io/sdk/merchants/api-keys
func WithKeyLimit(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("pepaytest: WithKeyLimit(%d): give at least 1", n)
		}
		c.keyLimit = n
		return nil
	}
}
