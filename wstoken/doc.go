// Package wstoken manages ws_tokens: [NewSource] mints them, [Cache] reuses and renews
// them, and [Handler] serves them to a merchant's own pages and apps.
//
//	tokens := wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant}))
//	token, err := tokens.Token(ctx)
//
// See https://docs-alpha.pepay.io/api-spec/realtime/ws-token.
package wstoken
