package wrapper

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
)

// transport hands requests to the user's HTTP client, or where that has neither a
// cookie jar nor a timeout to its transport: what is left for the client to do
// then is to follow redirects, and those are refused.
type transport struct {
	client *http.Client
	direct http.RoundTripper // nil: through the client
}

func newTransport(client *http.Client) *transport {
	t := &transport{client: client}
	if client.Jar == nil && client.Timeout == 0 {
		t.direct = client.Transport
		if t.direct == nil {
			t.direct = http.DefaultTransport //nolint:forbidigo // what a nil Transport means to net/http
		}
	}
	return t
}

func (t *transport) Do(req *http.Request) (*http.Response, error) {
	callOf(req).attempts++
	if t.direct == nil {
		return t.client.Do(req)
	}
	resp, err := t.direct.RoundTrip(req)
	switch {
	case err != nil:
		return nil, withoutTLS(err)
	case resp == nil:
		return nil, permanent{errors.New("the transport returned neither an answer nor an error")}
	case resp.Body == nil:
		resp.Body = http.NoBody
	}
	return resp, nil
}

// withoutTLS says so where a server answers https in plain HTTP, as http.Client
// does.
func withoutTLS(err error) error {
	var record tls.RecordHeaderError
	if errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/" {
		return fmt.Errorf("%w: %w", http.ErrSchemeMismatch, err)
	}
	return err
}
