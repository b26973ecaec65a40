package wrapper

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// CallOption changes one call.
type CallOption func(*call) error

// WithIdempotencyKey sets the Idempotency-Key of a call, a version 4 UUID by
// Pepay's documentation. By default every write that documents the header gets
// a fresh one, the same on all attempts. On an operation that does not document
// the header it is [ErrInvalidArgument].
//
// See https://docs-alpha.pepay.io/api-reference/invoices/create-an-invoice.
func WithIdempotencyKey(key string) CallOption {
	return func(c *call) error {
		if err := checkCredential(key); err != nil {
			return invalid("WithIdempotencyKey", err.Error())
		}
		c.idempotencyKey = key
		return nil
	}
}

// WithHeader adds a header to a call. Headers that carry credentials, the
// idempotency key and those that frame the message, Accept-Encoding among them, are
// [ErrInvalidArgument].
func WithHeader(name, value string) CallOption {
	return func(c *call) error {
		canonical := http.CanonicalHeaderKey(name)
		switch {
		case !isToken(name):
			return invalid("WithHeader", "the name is not a header name")
		case contract().headers[canonical]:
			return invalid("WithHeader", canonical+" carries a credential; use a credential option of the client")
		case canonical == "Idempotency-Key" || canonical == "X-Idempotency-Key":
			return invalid("WithHeader", canonical+" changes how requests are resent; use WithIdempotencyKey")
		case framingHeaders[canonical]:
			return invalid("WithHeader", canonical+" is set by the transport")
		case strings.ContainsFunc(value, func(r rune) bool { return (r < ' ' && r != '\t') || r == 0x7f }):
			return invalid("WithHeader", "the value of "+canonical+" has a control character")
		}
		if c.header == nil {
			c.header = http.Header{}
		}
		c.header.Add(canonical, value)
		return nil
	}
}

// CaptureResponse stores the final response of a call, also when the call
// fails: status and headers. Its body is drained and its Request carries no
// credentials. Nothing is stored when no answer arrived.
func CaptureResponse(into **http.Response) CallOption {
	return func(c *call) error {
		if into == nil {
			return invalid("CaptureResponse", "the pointer is nil")
		}
		c.capture = into
		return nil
	}
}

// WithSecurity sets which security schemes [Client.Call] sends, all of them
// together; without arguments, none. By default an operation of the contract
// gets what the contract asks for. Any other operation gets the first credential
// that the client has of these: the contract's default scheme, merchantApiKey,
// commerceApiKey, then the other schemes by name.
func WithSecurity(schemes ...string) CallOption {
	return func(c *call) error {
		for _, scheme := range schemes {
			if _, ok := contract().schemes[scheme]; !ok {
				return invalid("WithSecurity", fmt.Sprintf("the contract has no security scheme %q", scheme))
			}
		}
		c.security = []alternative{slices.Compact(slices.Sorted(slices.Values(schemes)))}
		return nil
	}
}

// WithPreferredCredential sends the credential of a security scheme where the
// operation accepts several and the client has it. Without it, the first that the
// contract names is sent.
func WithPreferredCredential(scheme string) CallOption {
	return func(c *call) error {
		if _, ok := contract().schemes[scheme]; !ok {
			return invalid("WithPreferredCredential", fmt.Sprintf("the contract has no security scheme %q", scheme))
		}
		c.preferred = scheme
		return nil
	}
}

var framingHeaders = map[string]bool{
	"Accept-Encoding": true, "Connection": true, "Content-Encoding": true, "Content-Length": true, "Content-Type": true,
	"Expect": true, "Host": true, "Keep-Alive": true, "Proxy-Connection": true, "Te": true, "Trailer": true,
	"Transfer-Encoding": true, "Upgrade": true,
}
