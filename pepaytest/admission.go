package pepaytest

import (
	"net/http"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// requester is who asks for an operation.
type requester struct {
	credential  string // the security scheme: merchantApiKey, commerceApiKey, bearerAuth, sessionToken
	merchantID  int64
	scope       pepay.WSTokenScope       // of the key; bearer tokens have the merchant's
	environment pepay.NetworkEnvironment // of commerce keys
	invoiceID   string                   // of payor sessions
	keyID       string                   // of keys
}

// sees says whether an entity of this merchant and environment is there for the
// requester. A commerce key is bound to an environment.
func (q *requester) sees(merchantID int64, environment string) bool {
	return q.merchantID == merchantID && (q.environment == "" || environment == "" || string(q.environment) == environment)
}

// schemes are those that an operation takes, in any of its alternatives.
func schemes(op *pepay.Operation) map[string]bool {
	taken := map[string]bool{}
	for _, alternative := range op.Security {
		for scheme := range alternative {
			taken[scheme] = true
		}
	}
	return taken
}

// identify finds out who asks, and refuses whoever may not: 401 without a credential that
// is valid, 403 with one of the wrong kind.
//
// See https://docs-alpha.pepay.io/api-spec/authentication
func (s *Server) identify(op *pepay.Operation, h http.Header) (requester, *problem) {
	taken := schemes(op)
	if taken["sessionToken"] {
		return s.authenticateSession(h)
	}
	header, bearer := keyHeader(h), len(present(h.Values("Authorization"))) > 0
	takesKeys := taken["merchantApiKey"] || taken["commerceApiKey"]
	switch {
	case bearer && header != "": // refused below, whatever the operation takes
	case bearer && !taken["bearerAuth"]:
		return requester{}, forbidden("A bearer token does not open " + op.ID + "; send an API key")
	case header != "" && !takesKeys:
		return requester{}, forbidden("An API key does not open " + op.ID + "; send Authorization: Bearer")
	case !bearer && header == "" && !takesKeys:
		return requester{}, invalidBearer("Authorization: Bearer is required")
	}
	if merchantID, given, bad := s.authenticateBearer(h); given {
		return requester{credential: "bearerAuth", merchantID: merchantID, scope: pepay.WSTokenScopeMerchant}, bad
	}
	key, bad := s.authenticateKey(h)
	if bad != nil {
		return requester{}, bad
	}
	q := requester{credential: header, merchantID: key.MerchantID, scope: key.Scope, environment: key.Environment, keyID: key.ID}
	switch {
	case !taken[header]:
		return requester{}, forbidden(headerName(header) + " does not open " + op.ID)
	case isCommerce(op) && key.Scope != pepay.WSTokenScopeCommerce:
		return requester{}, forbidden("The API key lacks the scope commerce")
	case isMerchants(op) && key.Scope != pepay.WSTokenScopeMerchant:
		return requester{}, forbidden("The API key lacks the scope merchant")
	}
	return q, nil
}

// keyHeader is the scheme of the header that carries a key.
func keyHeader(h http.Header) string {
	switch {
	case len(present(h.Values("x-api-key"))) > 0:
		return "merchantApiKey"
	case len(present(h.Values("x-commerce-api-key"))) > 0:
		return "commerceApiKey"
	}
	return ""
}

func headerName(scheme string) string {
	if scheme == "commerceApiKey" {
		return "x-commerce-api-key"
	}
	return "x-api-key"
}

// isCommerce says whether an operation needs a key of the scope commerce. The one that
// finds an order by its invoice is documented with x-api-key too.
func isCommerce(op *pepay.Operation) bool {
	return strings.HasPrefix(op.Path, "/api/commerce/") || strings.HasPrefix(op.Path, "/api/v1/commerce/")
}

// isMerchants says whether an operation is documented for keys of the scope merchant
// alone.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/tokens-list
func isMerchants(op *pepay.Operation) bool {
	return strings.HasPrefix(op.Path, "/api/v1/merchant/tokens")
}

func forbidden(message string) *problem {
	return &problem{http.StatusForbidden, "FORBIDDEN", message}
}

// authenticateSession takes the two headers of a payor. An API key beside them is
// nothing that this operation knows.
//
// See https://docs-alpha.pepay.io/api-spec/payors/overview
func (s *Server) authenticateSession(h http.Header) (requester, *problem) {
	token, signature := h.Get("x-session-token"), h.Get("x-signature")
	if token == "" || signature == "" {
		return requester{}, &problem{http.StatusUnauthorized, "UNAUTHORIZED", "x-session-token and x-signature are required"}
	}
	q := requester{credential: "sessionToken"}
	var bad *problem
	s.change(nil, func(t *tx) {
		inv := t.Invoices.get(t.sessions[token])
		switch {
		case inv == nil:
			bad = &problem{http.StatusUnauthorized, "UNAUTHORIZED", "Invalid session token"}
		case inv.Session.Signature != signature:
			bad = forbidden("The signature does not belong to the session")
		default:
			q.merchantID, q.invoiceID = inv.MerchantID, inv.ID
		}
	})
	return q, bad
}
