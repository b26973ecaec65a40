package pepaytest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/server"
)

const (
	defaultTTL = 60
	// The end of the year 9999, the last that RFC 3339 can write.
	maxExpiry = 253402300799
)

// MintWSToken simulates POST /api/v1/ws/token.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/ws-token
func (h handlers) MintWSToken(w http.ResponseWriter, r *http.Request) {
	s := h.server
	who := callOf(r).who
	params := decodeBody[server.MintWSTokenRequest](callOf(r))
	scope := server.WSTokenScope(who.scope)
	if params.Scope != nil && *params.Scope != scope {
		invalidRequest(fmt.Sprintf("scope %s does not match the API key, whose scope is %s", *params.Scope, scope)).write(w)
		return
	}
	issued := s.cfg.now().Unix()
	ttl, err := s.cfg.ttl(params.TTLSeconds, issued)
	if err != nil {
		invalidRequest(err.Error()).write(w)
		return
	}
	claims := tokenClaims{
		ID: fmt.Sprintf("wst_%d", s.minted.Add(1)), IssuedAt: issued, ExpiresAt: issued + ttl,
		MerchantID: who.merchantID, Scope: scope, KeyID: who.keyID,
	}
	if scope == server.WSTokenScopeCommerce {
		claims.Environment = (*server.NetworkEnvironment)(&who.environment)
	}
	token, err := claims.sign()
	if err != nil {
		internalError().write(w)
		return
	}
	wsURL := "ws" + strings.TrimPrefix(s.url, "http") + "/ws/" + string(scope) + "/events"
	writeJSON(w, http.StatusOK, mintAnswer{Success: true, Data: server.WSToken{
		Token: token, Scope: &scope, MerchantID: &who.merchantID, ExpiresAt: claims.ExpiresAt, WSURL: &wsURL,
		NetworkEnvironment: claims.Environment,
	}})
}

type mintAnswer struct {
	Success bool           `json:"success"`
	Data    server.WSToken `json:"data"`
}

// ttl is the life in seconds a request gets.
func (c *config) ttl(asked *int64, now int64) (int64, error) {
	if asked == nil {
		ttl := max(defaultTTL, c.minTTL)
		if c.maxTTL > 0 {
			ttl = min(ttl, c.maxTTL)
		}
		return ttl, nil
	}
	switch ttl := *asked; {
	case ttl < c.minTTL:
		return 0, fmt.Errorf("ttl_seconds must be at least %d", c.minTTL)
	case c.maxTTL > 0 && ttl > c.maxTTL:
		return 0, fmt.Errorf("ttl_seconds must be at most %d", c.maxTTL)
	case ttl > maxExpiry-now:
		return 0, errors.New("ttl_seconds is out of range")
	default:
		return ttl, nil
	}
}
