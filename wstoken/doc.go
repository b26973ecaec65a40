// Package wstoken is the life of a ws_token after it was minted: where a fresh
// one comes from ([Source]) and how long one is reused ([Cache]).
//
//	tokens := wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant}))
//	token, err := tokens.Token(ctx)
//
// See https://docs-alpha.pepay.io/api-spec/realtime/ws-token.
package wstoken
