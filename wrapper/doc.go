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
// # Credentials
//
// Each operation of the contract names the credentials it accepts; the client
// sends the first it has, and never more than one alternative. API keys belong
// on a server: a browser or an app gets a ws_token.
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
