package pepaytest

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// The scope claim of the dashboard's tokens, which keeps a ws_token from being one.
const dashboardScope server.WSTokenScope = "dashboard"

const bearerLife = 24 * time.Hour

// BearerToken makes a JWT of the dashboard for merchant 123, sent as Authorization:
// Bearer. It is good for a day by the server's clock, and works where the contract lists
// bearerAuth and the simulator has the operation.
//
// See https://docs-alpha.pepay.io/api-spec/authentication
func (s *Server) BearerToken() string {
	issued := s.cfg.now().Unix()
	token, err := tokenClaims{
		ID: "dashboard", IssuedAt: issued, ExpiresAt: issued + int64(bearerLife/time.Second),
		MerchantID: defaultMerchantID, Scope: dashboardScope,
	}.sign()
	if err != nil {
		panic("pepaytest: BearerToken: " + err.Error())
	}
	return token
}

// authenticateBearer checks signature, expiry and scope of a bearer token. given is
// false where there is none. A key beside it is refused: the contract lists them as
// alternatives, as it does the two keys.
func (s *Server) authenticateBearer(h http.Header) (merchantID int64, given bool, bad *problem) {
	values := present(h.Values("Authorization"))
	if len(values) == 0 {
		return 0, false, nil
	}
	if len(present(h.Values("x-api-key")))+len(present(h.Values("x-commerce-api-key"))) > 0 {
		return 0, true, invalidRequest("Send either an API key or Authorization, not both")
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return 0, true, invalidBearer("Invalid token")
	}
	var claims streamClaims
	_, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return signingKey(), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.cfg.now))
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return 0, true, invalidBearer("The token has expired")
	case err != nil, claims.Scope != string(dashboardScope):
		return 0, true, invalidBearer("Invalid token")
	}
	return claims.MerchantID, true, nil
}

// Pepay documents the status of a refused bearer token and no code.
func invalidBearer(message string) *problem {
	return &problem{http.StatusUnauthorized, "UNAUTHORIZED", message}
}
