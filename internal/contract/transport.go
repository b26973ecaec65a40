package contract

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// Transport is an http.RoundTripper that validates every exchange and passes it
// on unchanged. It is safe for concurrent use.
type Transport struct {
	// Validator holds the document.
	Validator *Validator
	// Base does the exchange. It must be set.
	Base http.RoundTripper

	mu        sync.Mutex
	exchanges []Exchange
}

// Exchange is one request, its answer, and what is wrong with them.
type Exchange struct {
	// Operation is the operationId; "" for a request that is not in the document
	// or an operation without one.
	Operation string
	// Status is that of the answer; 0 if none arrived completely.
	Status int
	// Request and Answer are the violations found, nil for none.
	Request, Answer error
}

// Exchanges returns all exchanges so far, in the order they ended.
func (t *Transport) Exchanges() []Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Exchange(nil), t.exchanges...)
}

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := drain(req.Body)
	if err != nil {
		return nil, err
	}
	input, violation := t.Validator.request(withBody(req, body))
	exchange := Exchange{Request: violation}
	if input != nil {
		exchange.Operation = input.Route.Operation.OperationID
	}
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.exchanges = append(t.exchanges, exchange)
	}()

	resp, err := t.Base.RoundTrip(withBody(req, body))
	if err != nil {
		return nil, err
	}
	var answer []byte
	if resp.StatusCode != http.StatusSwitchingProtocols {
		if answer, err = drain(resp.Body); err != nil {
			// The answer broke off: the client sees the same, and there is nothing to validate.
			resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(answer), failing{err}))
			return resp, nil
		}
		resp.Body = io.NopCloser(bytes.NewReader(answer))
	}
	exchange.Status = resp.StatusCode
	if input != nil {
		exchange.Answer = t.Validator.response(input, resp, answer)
	}
	return resp, nil
}

func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	content, err := io.ReadAll(body)
	_ = body.Close()
	return content, err
}

// withBody copies req with a body of its own: a RoundTripper must not change the
// request it was given, and the validator reads what it validates.
func withBody(req *http.Request, body []byte) *http.Request {
	clone := req.Clone(req.Context())
	clone.Body = http.NoBody
	if len(body) > 0 {
		clone.Body = io.NopCloser(bytes.NewReader(body))
	}
	return clone
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
