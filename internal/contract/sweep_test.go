package contract_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The client can send every operation of the document, with credentials, and the
// simulator's answer conforms to the document; for an operation that is not
// simulated that is 501.
func TestEveryOperationConforms(t *testing.T) {
	t.Parallel()
	doc := load(t, readEffective(t))
	for _, op := range pepay.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			item := doc.Paths.Value(op.Path)
			target, header, body := sampleRequest(op.Path, item, item.GetOperation(op.Method))
			var opts []wrapper.CallOption
			for name := range header {
				if http.CanonicalHeaderKey(name) != "Idempotency-Key" { // the client sets it
					opts = append(opts, wrapper.WithHeader(name, header.Get(name)))
				}
			}
			h := newHarness(t)
			credentials := []wrapper.Option{wrapper.WithAPIKey(h.server.APIKey())}
			for scheme := range pepay.SecuritySchemes() {
				if scheme != "merchantApiKey" {
					credentials = append(credentials, wrapper.WithCredential(scheme, "credential"))
				}
			}
			err := h.client(t, credentials...).Call(t.Context(), op.Method, target, body, nil, opts...)
			if errors.Is(err, wrapper.ErrInvalidArgument) || errors.Is(err, wrapper.ErrNoCredential) {
				t.Fatalf("not sent: %v", err)
			}
			h.wantConforming(t)
		})
	}
}
