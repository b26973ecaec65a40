// Package pepay is Pepay's API contract in Go: the request and response types,
// a raw client, and the tables of operations and security schemes, all
// generated from openapi.json.
//
// # Use package wrapper to call Pepay
//
// The raw client of this package ([Client], [ClientWithResponses]) sends no
// credentials, does not retry, reads answers of any size, and returns a 401 or a
// 503 without an error. Programs call Pepay through
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
// # Packages
//
//   - [github.com/pepaylabs/pepay-go/wrapper]: the client. Credentials, retries, limits and
//     errors, and a method for every documented call
//   - [github.com/pepaylabs/pepay-go/wstoken]: the life of a ws_token after it is minted.
//     Sources, a cache, and the endpoint for a merchant's own pages
//   - [github.com/pepaylabs/pepay-go/stream]: event streams that lose nothing, followed by
//     one program or by a group of replicas
//   - [github.com/pepaylabs/pepay-go/webhook]: events by HTTP. Verify, decode, handle once
//   - [github.com/pepaylabs/pepay-go/inbox]: an event and its effects in one database
//     transaction
//   - [github.com/pepaylabs/pepay-go/store/postgres]: leases and handled events that replicas
//     share in PostgreSQL; a module of its own
//   - [github.com/pepaylabs/pepay-go/storetest]: the rules that every cursor store, lease and
//     deduper keeps, as tests
//   - [github.com/pepaylabs/pepay-go/pepaytest]: Pepay in one process, for tests, with faults
//     on demand
//   - [github.com/pepaylabs/pepay-go/cmd/pepay]: the command line
//
// # Models
//
// Models of answers have no pointer fields, but where a schema holds itself: false,
// 0 and null look alike in them. Two types tell what is null from what is zero: a
// [Timestamp] such as an invoice's PaidAt is its zero time, and a [Decimal] is
// unset.
//
// In a request, what can be null, has a default, or is an optional boolean or
// integer is a pointer, so that false and 0 can be sent. Any other optional field
// is left out when it is zero. Optional parameters are pointers; nil is not sent.
//
// Enum values that Pepay adds later decode and are kept; Valid tells whether this
// version knows a value. Numbers that are not whole are [Decimal], never float64.
// [Secret] does not print itself, nor do the models that hold one. [Timestamp]
// reads every form in which Pepay sends a point in time.
//
// # Where it comes from
//
// openapi.json is the document as Pepay publishes it. The files in api/overlays
// repair it and add what the public documentation describes;
// api/openapi.effective.json is the result.
package pepay

//go:generate go -C internal/tools run ./specgen -root ../..
//go:generate go tool -modfile=internal/tools/go.mod oapi-codegen -config api/client.yaml openapi.json
//go:generate go -C internal/tools run ./doccomments ../../pepay.gen.go
//go:generate go tool -modfile=internal/tools/go.mod oapi-codegen -config api/server.yaml openapi.json
//go:generate go -C internal/tools run ./explicitnulls ../../api/openapi.effective.json ../../internal/server/server.gen.go
//go:generate go -C internal/tools run ./methods -root ../..
