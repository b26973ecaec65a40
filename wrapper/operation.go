package wrapper

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"net/url"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// input is what a method puts into the request of its operation.
type input struct {
	path   []string // values of the path's parameters, in order
	query  query
	body   any    // sent as JSON; nil for none
	prefer string // security scheme to prefer where several are possible
	err    error  // what is wrong with the method's arguments
}

// send calls the operation with this id and returns what was asked for: the data
// of an envelope, or the whole answer, whichever form the contract documents.
// lacks says what a decoded answer must have and does not, such as "token is
// missing", and "" for a usable one.
//
// It is the only way from a method into the chain: what it returns is what the
// call is logged with.
func send[T any](ctx context.Context, c *Client, id string, in input, opts []CallOption, lacks func(*T) string) (*T, error) {
	cl, err := c.newCall(ctx, opts)
	if cl == nil {
		return nil, err
	}
	cl.bind(contract().byID[id])
	var result *T
	if err == nil {
		if result, err = exchange(cl, in, lacks); err != nil {
			result = nil
		}
	}
	cl.log(err)
	return result, err
}

// acknowledge calls the operation with this id where nothing is asked for but that
// it is done: any 2xx, with or without content, unless it says success:false.
// Content is held to the media types that the contract documents.
func acknowledge(ctx context.Context, c *Client, id string, in input, opts []CallOption) error {
	cl, err := c.newCall(ctx, opts)
	if cl == nil {
		return err
	}
	cl.bind(contract().byID[id])
	if err == nil {
		cl.mayBeEmpty, cl.decodes = true, cl.op.Form == ""
		err = done(cl, in) //nolint:contextcheck // the call is the context
	}
	cl.log(err)
	return err
}

func done(cl *call, in input) error {
	resp, err := cl.send(in)
	if err != nil || resp.Body == nil { // a middleware may answer without one
		return err
	}
	return resp.Body.Close()
}

func exchange[T any](cl *call, in input, lacks func(*T) string) (*T, error) {
	cl.decodes = true
	resp, err := cl.send(in)
	if err != nil {
		return nil, err
	}
	content := bodyOf(resp)
	result, err := decode(content, cl.op.Form, lacks)
	if err != nil {
		return nil, cl.malformed(err, content)
	}
	logUndecoded(cl, result)
	return result, nil
}

// bind makes op the operation of the call.
func (c *call) bind(op *operation) {
	c.op, c.method, c.path = op, op.Method, op.Path
}

// send builds the request of the call's operation and sends it through the chain.
func (c *call) send(in input) (*http.Response, error) {
	if in.err != nil {
		return nil, in.err
	}
	if in.query.err != nil {
		return nil, in.query.err
	}
	path, escaped, err := c.op.expand(in.path)
	if err != nil {
		return nil, err
	}
	if in.prefer != "" && c.preferred == "" {
		c.preferred = in.prefer
	}
	return c.do(c.client.resolve(path, escaped, in.query.values.Encode()), in.body)
}

// resolve puts a path behind the base URL's. escaped is empty where the path needs
// no escapes.
func (c *Client) resolve(path, escaped, query string) *url.URL {
	u := *c.cfg.baseURL
	if escaped != "" || u.RawPath != "" {
		if escaped == "" {
			escaped = path
		}
		u.RawPath = u.EscapedPath() + escaped
	}
	u.Path += path
	u.RawQuery = query
	return &u
}

// do sends a request with a JSON body, if any, through the chain.
func (c *call) do(u *url.URL, body any) (*http.Response, error) {
	header := make(http.Header, 6)
	req := (&http.Request{
		Method: c.method, URL: u, Host: u.Host, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(c)
	if body != nil {
		content, err := json.Marshal(body)
		if err != nil {
			return nil, invalid("the request body", err.Error())
		}
		header["Content-Type"] = applicationJSON
		setBody(req, content)
	}
	if err := c.prepare(header); err != nil {
		return nil, err
	}
	resp, err := c.client.doer.Do(req)
	if err != nil {
		return nil, err
	}
	return resp, c.check(resp)
}

// setBody gives req a body of a type that net/http knows, so that it is written in
// one piece and can be sent again.
func setBody(req *http.Request, content []byte) {
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	req.Body, _ = open()
	req.GetBody = open
	req.ContentLength = int64(len(content))
}

// prepare sets the headers that stay the same on every attempt.
func (c *call) prepare(header http.Header) error {
	for name, values := range c.header {
		header[name] = values
	}
	if header["User-Agent"] == nil {
		header["User-Agent"] = c.client.userAgent
	}
	if header["Accept"] == nil {
		header["Accept"] = applicationJSON
		if c.op != nil {
			header["Accept"] = c.op.accept
		}
	}
	return c.setIdempotencyKey(header)
}

// all goes through a list that pages by cursor, from the newest to the oldest. An
// error is the last thing it yields: a page that does not lead further is one, so
// that the loop ends on any server.
//
// page asks for the page behind the element with an id, from for the first one;
// open takes an answer apart: its elements, the id of the last, and whether there
// is more.
func all[L, T any](id, from string, page func(after string) (*L, error), open func(*L) (items []T, last string, more bool)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		seen := map[string]bool{from: true}
		after := from
		for {
			list, err := page(after)
			if err != nil {
				yield(nil, err)
				return
			}
			items, last, more := open(list)
			for i := range items {
				if !yield(&items[i], nil) {
					return
				}
			}
			if !more {
				return
			}
			if last == "" || seen[last] {
				yield(nil, endlessList(id, last))
				return
			}
			seen[last], after = true, last
		}
	}
}

// endlessList is the error of a list that says there is more and does not lead
// there.
func endlessList(id, last string) error {
	reason := "a page that is not the last one has no element with an id"
	if last != "" {
		reason = "the page that ends with " + wire.OneLine(last, 100) + " came a second time"
	}
	return failedPage(id, malformed(reason))
}

// failedPage is the error of a list whose pages do not lead to its end.
func failedPage(id string, cause error) error {
	c := &call{}
	c.bind(contract().byID[id])
	return c.failed(cause)
}

// failed is a sequence that yields nothing but an error.
func failed[T any](err error) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) { yield(nil, err) }
}
