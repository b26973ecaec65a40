// Package wrapper is the client for Pepay's API.
//
//	client, err := wrapper.New(wrapper.WithAPIKey(key))
//	if err != nil {
//		return err
//	}
//	token, err := client.WSTokens.Mint(ctx, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
//
// It is a thin layer over the client generated from Pepay's contract. Every
// call, friendly method or generated operation ([Client.API]), goes through the
// same chain: the credential the contract asks for is attached, an attempt is
// bounded in time and size, failures that can pass are retried within a budget,
// and whatever is not a success becomes an [*Error].
//
// # Services
//
// A [Client] has a field for each part of Pepay:
//
//	Invoices    create, list, read and wait for invoices
//	Tokens      the tokens a merchant accepts
//	Settlement  the token that payments are settled in
//	APIKeys     create, list and revoke API keys
//	Account     the network environment, and access to mainnet
//	Commerce    products, and Carts, Checkout, Orders, Payments, Addresses and Devnet
//	Events      the history of events
//	WSTokens    ws_tokens for browsers and apps
//
// Client.Payor is the side of the one who pays an invoice: it has the two credentials
// of a payment session and no key. A method of a service takes a context first and
// call options last. Methods called All and SearchAll go through all pages; those
// called WaitForStatus ask until a status comes, see [Wait]. A parameter that is zero
// is not sent.
//
// # Credentials
//
// Each operation of the contract names the credentials it accepts; the client
// sends the first alternative that it has all of, and never more than one. Where it
// has none, the error is [ErrNoCredential], which names what is missing and how to
// set it, and nothing is sent. API keys belong on a server: a browser or an app gets
// a ws_token.
//
// # Errors
//
// Bad arguments match [ErrInvalidArgument]. Every failure after that is an
// [*Error]; errors.Is tells what can be done about it ([ErrUnauthorized],
// [ErrRateLimited], …) and [IsCode] what Pepay called it. No error, log line or
// printed client contains a credential.
//
// See https://docs-alpha.pepay.io/api-spec/authentication and
// https://docs-alpha.pepay.io/api-spec/errors.
package wrapper
