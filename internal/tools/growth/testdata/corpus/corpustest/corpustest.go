// Package corpustest serves what the documents of the corpus describe, and checks
// what arrived.
package corpustest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Request is what the server saw.
type Request struct {
	Method, URI, Body string
	Header            http.Header
}

// Serve answers every request alike. It returns the API of a client with every
// credential, and the request that arrived last.
func Serve(t *testing.T, status int, contentType, answer string) (*pepay.ClientWithResponses, func() Request) {
	t.Helper()
	requests := make(chan Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		requests <- Request{r.Method, r.RequestURI, string(body), r.Header}
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL), wrapper.WithAPIKey("corpus-key-1"), wrapper.WithCommerceAPIKey("corpus-key-2"),
		wrapper.WithBearerToken("corpus.bearer.token"))
	if err != nil {
		t.Fatal(err)
	}
	return client.API(), func() Request {
		t.Helper()
		select {
		case r := <-requests:
			return r
		default:
			t.Fatal("nothing arrived")
			return Request{}
		}
	}
}

// Is compares the request line and the body.
func (r Request) Is(t *testing.T, method, uri, body string) {
	t.Helper()
	for _, part := range []struct{ name, got, want string }{{"method", r.Method, method}, {"URI", r.URI, uri}, {"body", r.Body, body}} {
		if part.got != part.want {
			t.Errorf("%s is\n%s, want\n%s", part.name, part.got, part.want)
		}
	}
}

// Has compares headers, given as name and value in turn. Empty: none of the name.
func (r Request) Has(t *testing.T, headers ...string) {
	t.Helper()
	for i := 0; i < len(headers); i += 2 {
		if got := r.Header.Get(headers[i]); got != headers[i+1] {
			t.Errorf("%s is %q, want %q", headers[i], got, headers[i+1])
		}
	}
}

// Ptr returns a pointer to v.
func Ptr[T any](v T) *T { return &v }

// Decimal is a decimal number that is known to be one.
func Decimal(t *testing.T, text string) pepay.Decimal {
	t.Helper()
	d, err := pepay.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
