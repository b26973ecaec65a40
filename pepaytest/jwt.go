package pepaytest

import (
	"crypto/sha256"

	"github.com/golang-jwt/jwt/v5"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// tokenClaims are what a ws_token says, or the token of a payment session. Pepay
// documents no claims: clients treat a token as opaque, and only the simulator
// reads these.
type tokenClaims struct {
	ID                  string
	IssuedAt, ExpiresAt int64
	MerchantID          int64
	Scope               server.WSTokenScope
	Environment         *server.NetworkEnvironment
	InvoiceID           string // of a payment session
	KeyID               string // of the key that minted it
}

func (c tokenClaims) sign() (string, error) {
	claims := jwt.MapClaims{
		"jti":                 c.ID,
		"iat":                 c.IssuedAt,
		"exp":                 c.ExpiresAt,
		"merchant_id":         c.MerchantID,
		"scope":               c.Scope,
		"network_environment": c.Environment,
	}
	if c.InvoiceID != "" {
		claims["invoice_id"] = c.InvoiceID
	}
	if c.KeyID != "" {
		claims["key_id"] = c.KeyID
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(signingKey())
}

// signingKey is the same in every server, so that the same calls give the same
// tokens. It protects nothing.
func signingKey() []byte {
	key := sha256.Sum256([]byte("pepaytest: ws_token signing key, not a secret"))
	return key[:]
}
