package wrapper

import (
	"context"

	"github.com/pepaylabs/pepay-go"
)

// OperationOf returns the operation that a request belongs to, given the request's
// context, for metrics and traces: its ID and Path are names from the contract, with
// parameters in braces, so that they are few and never hold a value. It works in a
// [Middleware], and in the http.RoundTripper of [WithHTTPClient] for each attempt. It
// reports false for a request of [Client.Call] that the contract does not have, for
// the upgrade of a stream, and for any request that is not the client's. The
// operation's slices and maps are shared and must not be changed. It is safe for
// concurrent use.
func OperationOf(ctx context.Context) (pepay.Operation, bool) {
	c, _ := ctx.Value(callKey{}).(*call)
	if c == nil || c.op == nil {
		return pepay.Operation{}, false
	}
	return *c.op.Operation, true
}
