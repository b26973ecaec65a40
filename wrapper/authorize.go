package wrapper

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// authorize attaches the credential that the contract asks for to the attempt's
// own copy of the request.
type authorize struct {
	next        pepay.HttpRequestDoer
	credentials credentials
}

func (a *authorize) Do(req *http.Request) (*http.Response, error) {
	if err := a.credentials.sign(req, callOf(req)); err != nil {
		return nil, permanent{err}
	}
	return a.next.Do(req)
}

// sign attaches to req, which it owns, what the call's operation asks for.
func (c credentials) sign(req *http.Request, cl *call) error {
	alternatives := cl.alternatives()
	chosen, ok := c.choose(alternatives, cl.preferred)
	if !ok {
		return c.missing(alternatives)
	}
	for _, scheme := range chosen {
		value, err := c[scheme](req.Context())
		if err != nil {
			return fmt.Errorf("credential %s: %w", scheme, err)
		}
		if value == "" {
			return fmt.Errorf("%w: the value for %s is empty", ErrNoCredential, scheme)
		}
		cl.sent.add(value.Reveal())
		if err := checkCredential(value.Reveal()); err != nil {
			return invalid("credential "+scheme, err.Error())
		}
		if err := attach(req, contract().schemes[scheme], value.Reveal()); err != nil {
			return err
		}
	}
	return nil
}

// Authorize attaches the credential that the contract asks for at req's method
// and path, for requests that this client does not send itself, such as a
// WebSocket upgrade. Any credential the request already carries is replaced. A
// request to another host than the client's, or with a path that has an empty, "."
// or ".." segment or a control character, is [ErrInvalidArgument]; one for which
// there is no credential is an [*Error] that matches [ErrNoCredential].
func (c *Client) Authorize(req *http.Request) error {
	if req == nil || req.URL == nil {
		return invalid("Authorize", "the request is nil")
	}
	stream := c.StreamURL()
	if req.URL.Host != "" && !sameOrigin(req.URL, c.cfg.baseURL) && !sameOrigin(req.URL, stream) {
		return invalid("Authorize", "the request is for another host than this client's")
	}
	base := c.cfg.baseURL.EscapedPath()
	if sameOrigin(req.URL, stream) && !sameOrigin(req.URL, c.cfg.baseURL) {
		base = stream.EscapedPath()
	}
	cl, err := c.newCall(req.Context(), nil)
	if err != nil {
		return err
	}
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	if err := cl.lookUp(method, pathBehind(base, req.URL)); err != nil {
		return err
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

// lookUp finds the operation of a request of which only the path is known,
// escaped and without the base URL's. It refuses a path that a value has changed.
func (c *call) lookUp(method, path string) error {
	c.method, c.path = method, path
	if err := checkPath(path); err != nil {
		return err
	}
	if op := contract().find(method, path); op != nil {
		c.bind(op)
		return nil
	}
	if path != "/" && strings.HasSuffix(path, "/") && contract().find(method, path+"x") != nil {
		return invalid("path", "its last value is empty")
	}
	return nil
}
