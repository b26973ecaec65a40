package wrapper

import (
	"net/http"

	"github.com/pepaylabs/pepay-go"
)

// observe is where calls of the generated client enter the chain: it begins a
// call, and has it logged when the answer has been parsed.
type observe struct{ client *Client }

func (o *observe) Do(req *http.Request) (*http.Response, error) {
	c, err := o.client.newCall(req.Context(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.forward(req) //nolint:contextcheck // the call is the context
	if err != nil {
		c.log(err)
		return nil, err
	}
	content := peek(resp)
	observed := &observedBody{body: body{content: content}, call: c}
	observed.Reset(content)
	resp.Body = observed
	return resp, nil
}

// forward sends a request that the generated client has made through the chain.
func (c *call) forward(req *http.Request) (*http.Response, error) {
	if err := c.recognise(req); err != nil {
		return nil, err
	}
	req = req.WithContext(c)
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if err := c.prepare(req.Header); err != nil {
		return nil, err
	}
	resp, err := c.client.doer.Do(req)
	if err != nil {
		return nil, err
	}
	return resp, c.check(resp)
}

// recognise finds the operation of a request of the generated client, which says
// itself what it is for. A path that does not fit means that a value of the path
// has led the request elsewhere.
func (c *call) recognise(req *http.Request) error {
	path := pathBehind(c.client.cfg.baseURL.EscapedPath(), req.URL)
	op := contract().byRoute[pepay.OperationOf(req.Context())]
	if op == nil {
		return c.lookUp(req.Method, path)
	}
	c.bind(op)
	if err := checkPath(path); err != nil {
		return err
	}
	if !op.pattern.matches(splitPath(path)) {
		return invalid(op.ID, "a value of the path is empty, . or .., or something else has changed the path")
	}
	return nil
}

// observedBody is the answer to a call of the generated client. The call is over,
// and logged, when the answer has been parsed; who asks for the raw answer closes
// it.
type observedBody struct {
	body
	call   *call
	logged bool
}

// Parsed learns from the generated client how parsing went.
func (b *observedBody) Parsed(err error) error {
	if err != nil {
		err = b.call.malformed(decodeError(err), b.content)
	}
	b.log(err)
	return err
}

func (b *observedBody) Close() error {
	b.log(nil)
	return nil
}

func (b *observedBody) log(err error) {
	if !b.logged {
		b.logged = true
		b.call.log(err)
	}
}
