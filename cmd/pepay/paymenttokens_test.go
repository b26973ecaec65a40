package main

import "testing"

func TestPaymentTokens(t *testing.T) {
	t.Parallel()
	const (
		usdc  = `{"id":123,"token_symbol":"USDC","token_name":"USD Coin","network":"base","network_environment":"mainnet","is_blocked":false,"price":{"usd":1.00,"last_updated_at":1766320496}}`
		dusdc = `{"id":10,"token_symbol":"DUSDC","token_name":"Devnet USDC","network":"solana","network_environment":"devnet","is_blocked":true,"price":null}`
	)
	list := `{"acceptance_policy":"selective","environment":"devnet","tokens":[` + usdc + `,` + dusdc + `]}`
	shown := ` ID  TOKEN  NETWORK  STATUS       PRICE  NAME         ENVIRONMENT
123  USDC   base     accepted  1.00 usd  USD Coin     mainnet
 10  DUSDC  solana   blocked          -  Devnet USDC  devnet
`
	search := "/api/v1/merchant/tokens/search"
	runCases(t, []commandCase{
		{name: "list", args: []string{"payment-tokens", "list"}, answers: map[string]string{"/api/v1/merchant/tokens": list}, asked: []string{"GET /api/v1/merchant/tokens"}, stdout: shown},
		{
			name: "list as JSON", args: []string{"payment-tokens", "list", "--environment", "mainnet", "--json"}, answers: map[string]string{"/api/v1/merchant/tokens?environment=mainnet": list},
			asked: []string{"GET /api/v1/merchant/tokens?environment=mainnet"}, stdout: usdc + "\n" + dusdc + "\n",
		},
		{
			name: "search", args: []string{"payment-tokens", "search", "us dc", "--network", "base", "--token-type", "erc20", "--environment", "mainnet", "--active", "--stable-settlement=false", "--blocked=false"},
			answers: map[string]string{search + "?blocked=false&environment=mainnet&is_active=true&limit=20&network=base&search=us+dc&supports_stable_settlement=false&token_type=erc20": `{"acceptance_policy":"accept_all","environment":"mainnet","total":1,"limit":20,"offset":0,"tokens":[` + usdc + `]}`},
			asked:   []string{"GET " + search + "?blocked=false&environment=mainnet&is_active=true&limit=20&network=base&search=us+dc&supports_stable_settlement=false&token_type=erc20"},
			stdout:  " ID  TOKEN  NETWORK  STATUS       PRICE  NAME      ENVIRONMENT\n123  USDC   base     accepted  1.00 usd  USD Coin  mainnet\n",
		},
		{
			name: "search through all pages", args: []string{"payment-tokens", "search", "--all", "--format", "{{.ID}}"},
			answers: map[string]string{
				search + "?limit=200":          `{"total":2,"limit":1,"offset":0,"tokens":[` + usdc + `]}`,
				search + "?limit=200&offset=1": `{"total":2,"limit":1,"offset":1,"tokens":[` + dusdc + `]}`,
				search + "?limit=200&offset=2": `{"total":2,"limit":1,"offset":2,"tokens":[]}`,
			},
			asked: []string{"GET " + search + "?limit=200", "GET " + search + "?limit=200&offset=1", "GET " + search + "?limit=200&offset=2"}, stdout: "123\n10\n",
		},
		{
			name: "block several", args: []string{"payment-tokens", "block", "123", "10"},
			answers: map[string]string{"/api/v1/merchant/tokens/123/block": `{"success":true,"blocked":true}`, "/api/v1/merchant/tokens/10/block": `{"success":true,"blocked":true}`},
			asked:   []string{`POST /api/v1/merchant/tokens/123/block {"blocked":true}`, `POST /api/v1/merchant/tokens/10/block {"blocked":true}`},
		},
		{
			name: "unblock", args: []string{"payment-tokens", "unblock", "123"}, answers: map[string]string{"/api/v1/merchant/tokens/123/block": `{"success":true,"blocked":false}`},
			asked: []string{`POST /api/v1/merchant/tokens/123/block {"blocked":false}`},
		},
		{
			name: "block what there is not", args: []string{"payment-tokens", "block", "7", "8"}, asked: []string{`POST /api/v1/merchant/tokens/7/block {"blocked":true}`}, code: exitFailed,
			stderr: "pepay: token 7: pepay: blockMerchantToken: 404 NOT_FOUND: no such thing; check the id, and that the API key is of the account and environment it belongs to\n",
		},
	})
}

func TestPaymentTokensWrongUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no token", []string{"block"}, "say which token, by its number"},
		{"a name", []string{"block", "1", "USDC"}, "ID: write the number of a token"},
		{"zero", []string{"unblock", "0"}, "ID: write the number of a token"},
		{"two texts", []string{"search", "a", "b"}, "'pepay payment-tokens search' takes one text"},
		{"unknown network", []string{"search", "--network", "solanna"}, "did you mean solana?"},
		{"unknown type", []string{"search", "--token-type", "erc-20"}, "did you mean erc20?"},
		{"unknown environment", []string{"list", "--environment", "x"}, "--environment: write devnet or mainnet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, at("http://127.0.0.1:1"), append([]string{"payment-tokens"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
}
