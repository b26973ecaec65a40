package wrapper

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// authorize attaches the credential that the contract asks for. It works on a
// copy, so that nothing outside ever sees a request with a credential.
type authorize struct {
	next        pepay.HttpRequestDoer
	credentials credentials
}

func (a *authorize) Do(req *http.Request) (*http.Response, error) {
	c := callOf(req)
	signed := req.WithContext(req.Context())
	signed.Header = maps.Clone(req.Header) // credentials replace values and append to none
	if err := a.credentials.sign(signed, c); err != nil {
		return nil, permanent{err}
	}
	resp, err := a.next.Do(signed)
	if resp != nil {
		resp.Request = req
	}
	return resp, err
}

// sign attaches to req, which it owns, what the call's operation asks for.
func (c credentials) sign(req *http.Request, cl *call) error {
	alternatives := cl.alternatives()
	chosen, ok := c.choose(alternatives, cl.preferred)
	if !ok {
		return missingCredential(alternatives)
	}
	cl.sent = cl.sentBuffer[:0]
	for scheme := range chosen {
		value, err := c[scheme](req.Context())
		if err != nil {
			return fmt.Errorf("credential %s: %w", scheme, err)
		}
		if value == "" {
			return fmt.Errorf("%w: the value for %s is empty", ErrNoCredential, scheme)
		}
		if err := checkCredential(value.Reveal()); err != nil {
			return invalid("credential "+scheme, err.Error())
		}
		cl.sent = append(cl.sent, value.Reveal())
		if err := attach(req, contract().schemes[scheme], value.Reveal()); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) alternatives() []map[string][]string {
	switch {
	case c.security != nil:
		return c.security
	case c.op != nil:
		return c.op.Security
	default:
		return contract().undocumented
	}
}

// Authorize attaches the credential that the contract asks for at req's method
// and path, for requests that this client does not send itself, such as a
// WebSocket upgrade. Any credential the request already carries is replaced. A
// request to another host than the client's is [ErrInvalidArgument]; one for
// which there is no credential is an [*Error] that matches [ErrNoCredential].
func (c *Client) Authorize(req *http.Request) error {
	if req == nil || req.URL == nil {
		return invalid("Authorize", "the request is nil")
	}
	if req.URL.Host != "" && !sameOrigin(req.URL, c.cfg.baseURL) && !sameOrigin(req.URL, c.StreamURL()) {
		return invalid("Authorize", "the request is for another host than this client's")
	}
	base := c.cfg.baseURL.EscapedPath()
	if sameOrigin(req.URL, c.StreamURL()) && !sameOrigin(req.URL, c.cfg.baseURL) {
		base = c.StreamURL().EscapedPath()
	}
	cl := &call{method: req.Method, path: strings.TrimPrefix(req.URL.EscapedPath(), base)}
	if cl.method == "" {
		cl.method = http.MethodGet
	}
	if cl.op = contract().find(cl.method, cl.path); cl.op != nil {
		cl.path = cl.op.Path
	}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	for _, name := range slices.Sorted(maps.Keys(contract().headers)) {
		if name != "Cookie" && name != "Proxy-Authorization" {
			req.Header.Del(name)
		}
	}
	if err := c.cfg.credentials.sign(req, cl); err != nil {
		return cl.failed(err)
	}
	return nil
}
