package wrapper

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// Call sends a request to an operation that the contract does not have yet,
// through the same chain as every other. path starts with a slash and may have
// a query; a segment that is empty, "." or ".." or has a control character is
// [ErrInvalidArgument]. in is sent as JSON unless it is nil. Into out, unless it is
// nil, goes the data of a {success, data} envelope, or else the whole answer; an
// answer without content (204, 205, or to HEAD) leaves it alone.
//
// A write is sent with an Idempotency-Key only on request, and then counts as
// safe to repeat. An operation that the contract has is treated as the contract
// says.
func (c *Client) Call(ctx context.Context, method, path string, in, out any, opts ...CallOption) error {
	cl, err := c.newCall(ctx, opts)
	if cl == nil {
		return err
	}
	if err == nil {
		err = cl.raw(method, path, in, out) //nolint:contextcheck // the call is the context
	} else {
		cl.method = method
	}
	cl.log(err)
	return err
}

func (c *call) raw(method, path string, in, out any) error {
	if !isToken(method) {
		return invalid("method", "is not an HTTP method")
	}
	ref, err := url.Parse(path)
	if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || ref.Host != "" || strings.Contains(path, "#") {
		return invalid("path", "must be an absolute path such as /api/v1/events?limit=10")
	}
	if err := c.lookUp(strings.ToUpper(method), ref.EscapedPath()); err != nil {
		return err
	}
	c.decodes = out != nil
	resp, err := c.do(c.client.resolve(ref.Path, ref.EscapedPath(), ref.RawQuery), in)
	if err != nil {
		return err
	}
	content := bodyOf(resp)
	switch {
	case out == nil:
	case len(content) > 0:
		if err := json.Unmarshal(openEnvelope(content), out); err != nil {
			return c.malformed(decodeError(err), content)
		}
	case c.method != http.MethodHead && resp.StatusCode != http.StatusNoContent && resp.StatusCode != http.StatusResetContent:
		return c.malformed(malformed("the answer is empty"), nil)
	}
	return nil
}

// isToken reports whether s is a token of RFC 9110, section 5.6.2.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
