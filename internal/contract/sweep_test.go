package contract_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Every operation of the document can be sent by the client, with credentials,
// and gets an answer that the document allows, if only that the simulator does
// not simulate it.
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
				if http.CanonicalHeaderKey(name) != "Idempotency-Key" { // the client sees to that
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
