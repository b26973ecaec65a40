package pepaytest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/pepaylabs/pepay-go"
)

// caller is who opens a stream.
type caller struct {
	audience audience
	expires  time.Time // of its token; zero for an API key
	keyID    string    // of the key, or of the one that minted the token
	minted   bool      // a token, not a key
}

// authenticateStream reads the credential of an upgrade: an API key in a header or
// a token in the query, not both. The payment stream takes a token only.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/ws-merchant-events
func (s *Server) authenticateStream(r *http.Request, query url.Values, kind streamKind) (caller, *problem) {
	keyed := len(present(r.Header.Values("x-api-key")))+len(present(r.Header.Values("x-commerce-api-key"))) > 0
	switch tokens, ok := query["token"]; {
	case ok && keyed:
		return caller{}, invalidRequest("If authenticating with headers, omit token")
	case ok && len(tokens) > 1:
		return caller{}, invalidRequest("token is given more than once")
	case ok:
		return s.authenticateToken(tokens[0], kind)
	case kind == paymentEvents:
		return caller{}, invalidToken()
	}
	key, bad := s.authenticateKey(r.Header)
	if bad != nil {
		return caller{}, bad
	}
	if string(key.Scope) != string(kind) {
		return caller{}, wrongScope(string(key.Scope), kind)
	}
	return caller{audience: audience{kind: kind, merchantID: key.MerchantID, environment: key.Environment}, keyID: key.ID}, nil
}

// authenticateToken checks signature, expiry and scope, in this order.
func (s *Server) authenticateToken(token string, kind streamKind) (caller, *problem) {
	var claims streamClaims
	_, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return signingKey(), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.cfg.now))
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return caller{}, &problem{http.StatusUnauthorized, "WS_TOKEN_EXPIRED", "The token has expired"}
	case err != nil:
		return caller{}, invalidToken()
	case claims.Scope != string(kind):
		return caller{}, wrongScope(claims.Scope, kind)
	}
	who := caller{
		audience: audience{
			kind: kind, merchantID: claims.MerchantID, environment: pepay.NetworkEnvironment(claims.Environment), invoiceID: claims.InvoiceID,
		},
		expires: claims.ExpiresAt.Time, keyID: claims.KeyID, minted: true,
	}
	if s.lostKey(who) != "" {
		return caller{}, invalidToken()
	}
	return who, nil
}

// streamClaims are the claims of a ws_token and of a payment token.
type streamClaims struct {
	jwt.RegisteredClaims
	MerchantID  int64  `json:"merchant_id"`
	Scope       string `json:"scope"`
	Environment string `json:"network_environment"`
	InvoiceID   string `json:"invoice_id"`
	KeyID       string `json:"key_id"`
}

// The documentation names the statuses, 401 and 403, but no codes for them.
func invalidToken() *problem {
	return &problem{http.StatusUnauthorized, "WS_TOKEN_INVALID", "Invalid token"}
}

func wrongScope(have string, want streamKind) *problem {
	return &problem{http.StatusForbidden, "FORBIDDEN", fmt.Sprintf("A credential of scope %s does not open the %s stream", have, want)}
}
