// Package pepay is Pepay's API contract in Go: the request and response types,
// a raw client, and the tables of operations and security schemes, all
// generated from openapi.json.
//
// # Use package wrapper to call Pepay
//
// The raw client of this package ([Client], [ClientWithResponses]) carries no
// credentials, does not retry, reads answers of any size and reports a 401 or a
// 503 as success. Programs call Pepay through
// [github.com/pepaylabs/pepay-go/wrapper], which puts all of that around the
// same generated code:
//
//	client, err := wrapper.New(wrapper.WithAPIKey(key))
//	token, err := client.WSTokens.Mint(ctx, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
//
// Every operation of the document is reachable that way, also one without a
// friendly method yet: wrapper.Client.API returns the [ClientWithResponses] of
// this package with credentials, retries and errors added.
//
// # Models
//
// Models of answers have no pointer fields, but where a schema holds itself. In
// a request, what can be null, has a default, or is an optional boolean or integer
// is a pointer, so that false and 0 can be sent; any other optional field is left
// out when it is zero.
// Optional parameters are pointers, nil meaning that the parameter is not sent.
// Enum values that Pepay adds later decode and are kept; Valid tells whether
// this version knows a value. [Secret] never prints itself, and [Timestamp]
// reads both forms in which Pepay sends a point in time.
//
// # Where it comes from
//
// openapi.json is the document as Pepay publishes it. The files in api/overlays
// repair what it leaves out; api/openapi.effective.json is the result.
package pepay

//go:generate go -C internal/tools run ./specgen -root ../..
//go:generate go tool -modfile=internal/tools/go.mod oapi-codegen -config api/client.yaml openapi.json
//go:generate go tool -modfile=internal/tools/go.mod oapi-codegen -config api/server.yaml openapi.json
