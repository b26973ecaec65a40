package wrapper

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// credentials holds a source of values by scheme name. Values stay inside
// closures, where no fmt verb finds them.
type credentials map[string]func(context.Context) (pepay.Secret, error)

func (c *config) setCredential(option, scheme string, f func(context.Context) (pepay.Secret, error)) error {
	if _, ok := contract().schemes[scheme]; !ok {
		return invalid(option, fmt.Sprintf("the contract has no security scheme %q; it has %s",
			scheme, strings.Join(slices.Sorted(maps.Keys(contract().schemes)), ", ")))
	}
	if c.credentials == nil {
		c.credentials = credentials{}
	}
	c.credentials[scheme] = f
	return nil
}

// checkCredential refuses what cannot be a header value as it stands. Its
// errors do not contain the value.
func checkCredential(value string) error {
	if value == "" {
		return errors.New("is empty")
	}
	if strings.TrimSpace(value) != value {
		return errors.New("has space around it")
	}
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			return fmt.Errorf("has a control or non-ASCII character at byte %d", i)
		}
	}
	return nil
}

// choose picks the first alternative this client can meet. An anonymous one is
// taken only when no other can be met. preferred moves the alternatives with
// that scheme to the front.
func (c credentials) choose(alternatives []alternative, preferred string) (alternative, bool) {
	var first alternative
	anonymous := len(alternatives) == 0
	for _, schemes := range alternatives {
		switch {
		case len(schemes) == 0:
			anonymous = true
		case !c.meet(schemes):
		case slices.Contains(schemes, preferred):
			return schemes, true
		case first == nil:
			first = schemes
		}
	}
	return first, anonymous || first != nil
}

func (c credentials) meet(schemes alternative) bool {
	for _, scheme := range schemes {
		if c[scheme] == nil {
			return false
		}
	}
	return true
}

// attach puts one credential on req, which must be the sender's own.
func attach(req *http.Request, scheme pepay.SecurityScheme, value string) error {
	switch {
	case scheme.Type == "apiKey" && scheme.In == "header":
		req.Header.Set(scheme.Name, value)
	case scheme.Type == "apiKey" && scheme.In == "query":
		u := *req.URL
		u.RawQuery = replaceInQuery(u.RawQuery, scheme.Name, value)
		req.URL = &u
	case scheme.Type == "apiKey" && scheme.In == "cookie":
		req.AddCookie(&http.Cookie{Name: scheme.Name, Value: value})
	case scheme.Type == "http" && strings.EqualFold(scheme.Scheme, "basic"):
		req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(value)))
	case scheme.Type == "http" && strings.EqualFold(scheme.Scheme, "bearer"),
		scheme.Type == "oauth2", scheme.Type == "openIdConnect":
		req.Header.Set("Authorization", "Bearer "+value)
	default:
		return fmt.Errorf("%w: security scheme of type %q %s is not supported", ErrInvalidArgument, scheme.Type, scheme.Scheme)
	}
	return nil
}

// missing says what would have been accepted, without what the client has of it.
func (c credentials) missing(alternatives []alternative) error {
	var wanted []string
	for _, schemes := range alternatives {
		var lacks []string
		for _, scheme := range schemes {
			if c[scheme] == nil {
				lacks = append(lacks, scheme)
			}
		}
		if len(lacks) > 0 {
			wanted = append(wanted, strings.Join(lacks, " and ")+" ("+setBy(schemes)+")")
		}
	}
	if len(wanted) > 3 { // an operation that the contract does not have takes any
		wanted = append(wanted[:3], "another credential (WithCredential)")
	}
	return fmt.Errorf("%w: needs %s", ErrNoCredential, strings.Join(wanted, " or "))
}

// setBy says how a program gives the client these schemes.
func setBy(schemes alternative) string {
	if slices.Equal(schemes, payorSession) {
		return "client.Payor"
	}
	switch schemes[0] {
	case "merchantApiKey":
		return "WithAPIKey, PEPAY_API_KEY"
	case "commerceApiKey":
		return "WithCommerceAPIKey, PEPAY_COMMERCE_API_KEY"
	case "bearerAuth":
		return "WithBearerToken, PEPAY_JWT"
	}
	return "WithCredential"
}
