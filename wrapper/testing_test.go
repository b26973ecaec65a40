package wrapper

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// doerFunc is a doer, or a transport, made of a function.
type doerFunc func(*http.Request) (*http.Response, error)

func (f doerFunc) Do(req *http.Request) (*http.Response, error)        { return f(req) }
func (f doerFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// minted is the documented answer to mintWsToken.
const minted = `{"success":true,"data":{"token":"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...","scope":"merchant","merchant_id":123,"network_environment":null,"expires_at":1766320496,"ws_url":"wss://api-beta.pepay.io/ws/merchant/events"}}`

// respond makes an answer with a body that counts how often it was closed.
func respond(status int, content string, headers ...string) *http.Response {
	resp := &http.Response{
		StatusCode:    status,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(content)),
		ContentLength: int64(len(content)),
	}
	for i := 0; i+1 < len(headers); i += 2 {
		resp.Header.Set(headers[i], headers[i+1])
	}
	return resp
}

// newTestClient is a client with a merchant key over an in-memory transport.
func newTestClient(t *testing.T, transport doerFunc, opts ...Option) *Client {
	t.Helper()
	client, err := New(append([]Option{
		WithBaseURL("https://api.example"),
		WithAPIKey("key-1"),
		WithHTTPClient(&http.Client{Transport: transport}),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// begun makes a request of a call of its own, as send does.
func begun(t *testing.T, req *http.Request, op *pepay.Operation) (*http.Request, *call) {
	t.Helper()
	c := &call{Context: req.Context(), client: newTestClient(t, nil), method: req.Method, path: req.URL.Path}
	if op != nil {
		c.op = newOperation(op)
	}
	return req.WithContext(c), c
}

// closeCounter is a body that counts its Close calls.
type closeCounter struct {
	io.Reader
	closed *atomic.Int64
}

func (b closeCounter) Close() error {
	b.closed.Add(1)
	return nil
}
