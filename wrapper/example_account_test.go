package wrapper_test

import (
	"context"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/canned"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// newDashboardClient is a client for the examples, with the bearer token of someone
// who is signed in to Pepay's dashboard, and a server that answers it.
func newDashboardClient() (*canned.Server, *wrapper.Client) {
	server := canned.New()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithBearerToken("jwt"))
	if err != nil {
		panic(err)
	}
	return server, client
}

// Keys: create, list, revoke.
func ExampleAPIKeyService_Create() {
	server, client := newDashboardClient()
	defer server.Close()
	ctx := context.Background()

	key, err := client.APIKeys.Create(ctx, pepay.CreateAPIKeyRequest{
		Name:      "Production API Key",
		Scope:     pepay.WSTokenScopeMerchant,
		ExpiresAt: time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("created", key.Name, key.APIKey) // keep key.APIKey.Reveal() in a safe place

	keys, err := client.APIKeys.List(ctx, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, k := range keys {
		fmt.Println(k.Scope, k.Status, k.Name)
	}

	if err := client.APIKeys.Revoke(ctx, key.KeyID); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("revoked", key.KeyID)
	// Output:
	// created Production API Key [redacted]
	// merchant active Production API Key
	// commerce active Development API Key
	// revoked 550e8400-e29b-41d4-a716-446655440000
}

// Block a token.
func ExampleTokenService_SetBlocked() {
	server, client := newDashboardClient()
	defer server.Close()
	ctx := context.Background()

	list, err := client.Tokens.List(ctx, pepay.NetworkEnvironmentDevnet)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, token := range list.Tokens {
		if token.Network != "solana" {
			continue
		}
		if err := client.Tokens.SetBlocked(ctx, token.ID, true); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("blocked", token.TokenSymbol, "on", token.Network)
	}
	// Output: blocked DUSDC on solana
}

// Every token on base that settles as a stable coin. Pages are asked for when they
// are needed.
func ExampleTokenService_SearchAll() {
	server, client := newDashboardClient()
	defer server.Close()

	stable := true
	search := wrapper.TokenSearchParams{Search: "usdc", Network: string(pepay.NetworkBase), SupportsStableSettlement: &stable, Limit: 200}
	for token, err := range client.Tokens.SearchAll(context.Background(), search) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(token.ID, "blocked:", token.IsBlocked)
	}
	// Output: 123 blocked: true
}

// Settle in another stable coin.
func ExampleSettlementService_SetToken() {
	server, client := newDashboardClient()
	defer server.Close()
	ctx := context.Background()

	preference, err := client.Settlement.Preference(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	update, err := client.Settlement.SetToken(ctx, preference.AvailableStableTokens[0].ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(preference.SettlementPreference, update.SettlementToken.TokenSymbol, "on", update.SettlementToken.Network)
	// Output: stables_preferred USDC on ethereum
}

func ExampleAccountService_MainnetStatus() {
	server, client := newDashboardClient()
	defer server.Close()

	access, err := client.Account.MainnetStatus(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("mainnet:", access.HasMainnetAccess, "now on", access.CurrentEnvironment)
	// Output: mainnet: false now on devnet
}
