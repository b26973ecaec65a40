package pepaytest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const (
	defaultAPIKey         = "pk_pepaytest_merchant"
	defaultCommerceAPIKey = "ck_pepaytest_commerce"
	// The merchant of the document's examples.
	defaultMerchantID = 123
)

// Key is an API key the simulator knows from the start. More are created, and all of
// them are listed and revoked, through the API.
type Key struct {
	// MerchantID is the merchant the key belongs to. Zero means 123, the merchant
	// of the documentation's examples.
	MerchantID int64
	// Scope is what the key opens. Empty means merchant.
	Scope pepay.WSTokenScope
	// Environment is the network a commerce key is bound to. Empty means devnet.
	// Merchant keys are bound to none.
	Environment pepay.NetworkEnvironment
	// Name is what the list of keys calls it. Empty means "Key of this server".
	Name string
	// ExpiresAt is when it stops working, in whole seconds of the business time
	// ([Server.Advance]). Zero means never.
	ExpiresAt time.Time
	// Revoked keys answer 401, as unknown ones do.
	Revoked bool
}

func defaultKeys() map[string]Key {
	return map[string]Key{
		defaultAPIKey: {MerchantID: defaultMerchantID, Scope: pepay.WSTokenScopeMerchant},
		defaultCommerceAPIKey: {
			MerchantID: defaultMerchantID, Scope: pepay.WSTokenScopeCommerce, Environment: pepay.NetworkEnvironmentDevnet,
		},
	}
}

// WithKey adds a key, beside the two that always work ([Server.APIKey] and
// [Server.CommerceAPIKey]); naming one of those replaces it, to revoke it for
// instance. An empty key, or a scope or environment the contract does not have,
// is an error.
//
// See https://docs-alpha.pepay.io/api-spec/authentication
func WithKey(key string, k Key) Option {
	return func(c *config) error {
		if key == "" {
			return errors.New("pepaytest: WithKey: empty key")
		}
		if k.MerchantID == 0 {
			k.MerchantID = defaultMerchantID
		}
		if k.Scope == "" {
			k.Scope = pepay.WSTokenScopeMerchant
		}
		if !k.Scope.Valid() {
			return fmt.Errorf("pepaytest: WithKey: unknown scope %q", k.Scope)
		}
		if k.Scope == pepay.WSTokenScopeCommerce && k.Environment == "" {
			k.Environment = pepay.NetworkEnvironmentDevnet
		}
		if k.Environment != "" && !k.Environment.Valid() {
			return fmt.Errorf("pepaytest: WithKey: unknown environment %q", k.Environment)
		}
		c.keys[key] = k
		return nil
	}
}

// APIKey is a merchant key that works, sent as x-api-key. It is the same in every
// server.
func (s *Server) APIKey() string { return defaultAPIKey }

// CommerceAPIKey is a commerce key on devnet that works, sent as
// x-commerce-api-key or x-api-key. It is the same in every server.
func (s *Server) CommerceAPIKey() string { return defaultCommerceAPIKey }

// authenticateKey reads the two documented key headers. x-api-key takes a key of
// any scope, x-commerce-api-key only commerce keys. The contract lists them as
// alternatives and nobody documents what both together mean, so that is refused:
// a client that sends both is wrong whatever Pepay makes of it.
func (s *Server) authenticateKey(h http.Header) (apiKey, *problem) {
	merchant, commerce := present(h.Values("x-api-key")), present(h.Values("x-commerce-api-key"))
	switch {
	case len(merchant) > 0 && len(commerce) > 0:
		return apiKey{}, invalidRequest("Send either x-api-key or x-commerce-api-key, not both")
	case len(merchant)+len(commerce) != 1:
		return apiKey{}, invalidKey()
	}
	var key apiKey
	known := false
	s.change(nil, func(t *tx) {
		k := t.keyOf(slices.Concat(merchant, commerce)[0])
		if known = k != nil && k.works(t.now) && (len(commerce) == 0 || k.Scope == pepay.WSTokenScopeCommerce); known {
			k.LastUsedAt = t.now.Unix()
			key = *k
		}
	})
	if !known {
		return apiKey{}, invalidKey()
	}
	return key, nil
}

// present leaves out empty values: a header without a value carries no key.
func present(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
}
