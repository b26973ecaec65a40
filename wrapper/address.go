package wrapper

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// DefaultBaseURL is where Pepay's API is reached unless an option or
// PEPAY_API_URL says otherwise.
const DefaultBaseURL = "https://api-beta.pepay.io"

// parseAddress accepts an address to which credentials may be sent: the secure
// scheme, or the plain one on a loopback host. It never prints what it refuses,
// which may hold a password.
func parseAddress(name, text, secure, plain string) (*url.URL, error) {
	refuse := func(reason string) (*url.URL, error) {
		return nil, fmt.Errorf("%w: %s: %s", ErrInvalidArgument, name, reason)
	}
	if text == "" {
		return refuse("is empty")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return refuse("is not a URL")
	case u.Opaque != "" || u.Hostname() == "":
		return refuse("has no host; write it as " + secure + "://host")
	case u.User != nil:
		return refuse("must not contain a user or password; use a credential option")
	case u.RawQuery != "" || u.ForceQuery:
		return refuse("must not contain a query")
	case strings.Contains(text, "#"):
		return refuse("must not contain a fragment")
	case strings.Contains(u.EscapedPath(), "//") || wire.HasDotSegment(u.Path):
		return refuse("must have a plain path")
	case u.Scheme == secure, u.Scheme == plain && wire.IsLoopback(u.Hostname()):
	case u.Scheme == plain:
		return refuse("must use " + secure + "; " + plain + " is accepted on a loopback host only")
	default:
		return refuse("must start with " + secure + "://")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = strings.TrimSuffix(u.RawPath, "/")
	return u, nil
}

// streamAddress derives where event streams are dialled from the base URL.
func streamAddress(base *url.URL) *url.URL {
	u := *base
	u.Scheme = "wss"
	if base.Scheme == "http" {
		u.Scheme = "ws"
	}
	return &u
}

// sameOrigin compares addresses by host and security, ws counting as http.
func sameOrigin(a, b *url.URL) bool {
	if isSecure(a) != isSecure(b) {
		return false
	}
	return a.Host == b.Host || strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func isSecure(u *url.URL) bool { return u.Scheme == "https" || u.Scheme == "wss" }

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case isSecure(u):
		return "443"
	}
	return "80"
}
