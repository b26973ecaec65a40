package wrapper

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// call is one logical call on its way through the chain, all attempts included.
// It travels in the request's context and belongs to one goroutine at a time.
type call struct {
	// Set by the caller.
	header         http.Header
	idempotencyKey string
	capture        **http.Response
	decodes        bool   // the method decodes the whole answer and settles the call
	preferred      string // scheme to prefer among the alternatives
	security       []map[string][]string

	// Filled in on the way.
	op         *pepay.Operation // nil: the contract does not have it
	method     string
	path       string // as documented, or as sent where it is not
	started    time.Time
	attempts   int
	sent       []string // credential values, so that no error repeats one
	sentBuffer [2]string
	response   *http.Response
	delivered  bool     // the chain ended in a success
	observer   *observe // logs the call once it is settled
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf returns the call that a request belongs to. The chain's first doer
// sees to it that there is one.
func callOf(req *http.Request) *call {
	c, _ := req.Context().Value(callKey{}).(*call)
	return c
}

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
// idempotency key and those that frame the message are [ErrInvalidArgument].
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
// gets what the contract asks for, and any other the first credential there is
// among the contract's default and the schemes that stand alone.
func WithSecurity(schemes ...string) CallOption {
	return func(c *call) error {
		alternative := make(map[string][]string, len(schemes))
		for _, scheme := range schemes {
			if _, ok := contract().schemes[scheme]; !ok {
				return invalid("WithSecurity", fmt.Sprintf("the contract has no security scheme %q", scheme))
			}
			alternative[scheme] = nil
		}
		c.security = []map[string][]string{alternative}
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
	"Connection": true, "Content-Length": true, "Content-Type": true, "Host": true, "Te": true,
	"Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}

func newCall(opts []CallOption) (*call, error) {
	c := &call{}
	for _, opt := range opts {
		if opt == nil {
			return nil, invalid("CallOption", "is nil")
		}
		if err := opt(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Call sends a request to an operation that the contract does not have yet,
// through the same chain as every other. path starts with a slash and may have
// a query. in is sent as JSON unless it is nil. Into out, unless it is nil, goes
// the data of a {success, data} envelope, or else the whole answer.
//
// A write is sent with an Idempotency-Key only on request, and then counts as
// safe to repeat.
func (c *Client) Call(ctx context.Context, method, path string, in, out any, opts ...CallOption) error {
	cl, err := newCall(opts)
	if err != nil {
		return err
	}
	req, err := c.newRequest(withCall(ctx, cl), method, path, in)
	if err != nil {
		return err
	}
	resp, err := c.doer.Do(req)
	if err != nil {
		return err
	}
	body := bodyOf(resp)
	resp.Body = http.NoBody
	if out == nil {
		return nil
	}
	if len(body) == 0 {
		return cl.malformed("the answer is empty")
	}
	if err := json.Unmarshal(openEnvelope(body), out); err != nil {
		return cl.malformed(err.Error())
	}
	return nil
}

func (c *Client) newRequest(ctx context.Context, method, path string, in any) (*http.Request, error) {
	if !isToken(method) {
		return nil, invalid("method", "is not an HTTP method")
	}
	ref, err := url.Parse(path)
	if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || ref.Host != "" || ref.Fragment != "" {
		return nil, invalid("path", "must be an absolute path such as /api/v1/events?limit=10")
	}
	if hasDotSegment(ref.Path) {
		return nil, invalid("path", "must not contain . or .. segments")
	}
	u := c.BaseURL().JoinPath(ref.EscapedPath())
	u.RawQuery = ref.RawQuery
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return nil, invalid("in", err.Error())
		}
	}
	req, err := http.NewRequestWithContext(ctx, strings.ToUpper(method), u.String(), bytes.NewReader(body.Bytes()))
	if err != nil {
		return nil, invalid("request", "cannot be built")
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// isToken reports whether s is a token of RFC 9110, section 5.6.2.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
