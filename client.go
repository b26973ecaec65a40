package pepay

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// HttpRequestDoer sends a request and returns its answer. [http.Client] is one.
type HttpRequestDoer interface {
	Do(req *http.Request) (*http.Response, error)
}

// RequestEditorFn changes a request before it is sent: a header of its own, for
// instance. An error ends the call.
type RequestEditorFn func(ctx context.Context, req *http.Request) error

// Client is the raw client: a method for every operation of the document, which
// returns the answer as it came. It sends no credentials, does not retry and
// does not bound an answer; package wrapper does. The caller closes the answer's
// body. A Client is safe for concurrent use while its fields stay as they are.
type Client struct {
	// Server is the base URL, without the paths of the document.
	Server string
	// Client sends the requests.
	Client HttpRequestDoer
	// RequestEditors are called for every request, in order, before those of the
	// call.
	RequestEditors []RequestEditorFn
}

// ClientOption configures a [Client].
type ClientOption func(*Client) error

// NewClient returns a client that sends no credentials: programs call Pepay
// through wrapper.New, the client with credentials, retries and limits. server
// is the base URL, such as "https://api-beta.pepay.io"; its path is kept, a query
// and a fragment are not.
//
// Errors: [ErrInvalidArgument] for a base URL that is none, and the error of an
// option.
func NewClient(server string, opts ...ClientOption) (*Client, error) {
	client := &Client{Server: server}
	for _, option := range opts {
		if err := option(client); err != nil {
			return nil, err
		}
	}
	if _, err := parseServer(client.Server); err != nil {
		return nil, err
	}
	if client.Client == nil {
		client.Client = &http.Client{}
	}
	return client, nil
}

// WithHTTPClient sets what sends the requests. Default: an [http.Client] without
// settings of its own.
func WithHTTPClient(client HttpRequestDoer) ClientOption {
	return func(c *Client) error {
		c.Client = client
		return nil
	}
}

// WithRequestEditorFn adds a function that is called for every request before it
// is sent.
func WithRequestEditorFn(fn RequestEditorFn) ClientOption {
	return func(c *Client) error {
		c.RequestEditors = append(c.RequestEditors, fn)
		return nil
	}
}

// WithBaseURL replaces the base URL that NewClient was given.
func WithBaseURL(baseURL string) ClientOption {
	return func(c *Client) error {
		c.Server = baseURL
		return nil
	}
}

// ClientWithResponses is a [Client] whose methods also come in a form that reads
// and decodes the answer: GetEvent returns an *http.Response, GetEventWithResponse
// a [GetEventAnswer].
type ClientWithResponses struct {
	*Client
}

// NewClientWithResponses returns a client that sends no credentials and decodes
// answers: see [NewClient]. wrapper's Client.API returns one that does all of
// that.
func NewClientWithResponses(server string, opts ...ClientOption) (*ClientWithResponses, error) {
	client, err := NewClient(server, opts...)
	if err != nil {
		return nil, err
	}
	return &ClientWithResponses{client}, nil
}

// parseServer reads a base URL. The error does not repeat it: it may hold a
// password.
func parseServer(server string) (*url.URL, error) {
	base, err := url.Parse(server)
	if err != nil || base.Scheme == "" || base.Host == "" {
		return nil, fmt.Errorf("%w: the base URL is not one of the form https://host/path", ErrInvalidArgument)
	}
	base.Path, base.RawPath = strings.TrimSuffix(base.EscapedPath(), "/"), ""
	return base, nil
}

// send puts the request together and sends it. The operation travels with the
// request's context: nothing derives it from the URL again.
func (c *Client) send(ctx context.Context, r *request, editors []RequestEditorFn) (*http.Response, error) {
	req, err := r.build(withOperation(ctx, r.operation), c.Server)
	if err != nil {
		return nil, err
	}
	for _, list := range [][]RequestEditorFn{c.RequestEditors, editors} {
		for _, edit := range list {
			if err := edit(ctx, req); err != nil {
				return nil, err
			}
		}
	}
	return c.Client.Do(req)
}
