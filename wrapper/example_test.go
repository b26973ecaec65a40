package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The examples talk to the simulator. Against Pepay itself, New needs nothing
// but PEPAY_API_KEY in the environment.
func newExampleClient(opts ...wrapper.Option) (*pepaytest.Server, *wrapper.Client) {
	server, err := pepaytest.Start("127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	client, err := wrapper.New(append([]wrapper.Option{wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey())}, opts...)...)
	if err != nil {
		log.Fatal(err)
	}
	return server, client
}

// Hand a signed-in person's page a token instead of the API key.
func Example() {
	server, client := newExampleClient()
	defer server.Close()

	token, err := client.WSTokens.Mint(context.Background(), wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("scope", token.Scope, "for merchant", token.MerchantID)
	fmt.Println("token", token.Token) // Reveal returns the value
	// Output:
	// scope merchant for merchant 123
	// token [redacted]
}

func ExampleNew() {
	client, err := wrapper.New(
		wrapper.WithAPIKey("the merchant's key"), // or PEPAY_API_KEY
		wrapper.WithTimeout(5*time.Second),
		wrapper.WithApplication("shop", "1.2"),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.BaseURL(), client.StreamURL())
	// Output: https://api-beta.pepay.io wss://api-beta.pepay.io
}

func ExampleWSTokenService_Mint() {
	server, client := newExampleClient()
	defer server.Close()

	_, err := client.WSTokens.Mint(context.Background(), wrapper.MintParams{
		Scope: pepay.WSTokenScopeCommerce, // the key is the merchant's
		TTL:   30 * time.Second,
	})
	var failure *wrapper.Error
	switch {
	case errors.Is(err, wrapper.ErrRateLimited) && errors.As(err, &failure):
		fmt.Println("try again in", failure.RetryAfter)
	case errors.Is(err, wrapper.ErrUnauthorized):
		fmt.Println("the key is wrong or revoked")
	case errors.Is(err, wrapper.ErrInvalidRequest):
		fmt.Println("the key does not have this scope")
	case err != nil:
		log.Fatal(err)
	}
	// Output: the key does not have this scope
}

// Every operation of the contract is there, authenticated and retried, before
// it has a friendly method.
func ExampleClient_API() {
	server, client := newExampleClient()
	defer server.Close()

	seconds := int64(30)
	answer, err := client.API().MintWSTokenWithResponse(context.Background(), pepay.MintWSTokenRequest{TTLSeconds: &seconds})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.StatusCode(), answer.JSON200.Data.Scope)
	// Output: 200 merchant
}

// An operation that the contract does not have yet.
func ExampleClient_Call() {
	server, client := newExampleClient()
	defer server.Close()

	var out struct{ Name string }
	err := client.Call(context.Background(), http.MethodGet, "/api/v1/news?limit=1", nil, &out)
	fmt.Println(errors.Is(err, wrapper.ErrNotFound))
	// Output: true
}

// One client per merchant, all on one connection pool.
func ExampleClient_With() {
	server, client := newExampleClient()
	defer server.Close()

	merchant, err := client.With(wrapper.WithAPIKey("another merchant's key"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = merchant.WSTokens.Mint(context.Background(), wrapper.MintParams{})
	fmt.Println(err)
	// Output: pepay: mintWsToken: 401 API_KEY_INVALID: Invalid API key (request req_1)
}

// Keys that rotate without a restart.
func ExampleWithCredentialFunc() {
	var vault = func(context.Context) (pepay.Secret, error) { return "the current key", nil }

	client, err := wrapper.New(wrapper.WithCredentialFunc("merchantApiKey", vault))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client)
	// Output: wrapper.Client{https://api-beta.pepay.io}
}

// Authorize is for requests that the client does not send itself.
func ExampleClient_Authorize() {
	client, err := wrapper.New(wrapper.WithAPIKey("the merchant's key"))
	if err != nil {
		log.Fatal(err)
	}
	elsewhere, err := http.NewRequest(http.MethodGet, "https://example.com/ws/merchant/events", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Authorize(elsewhere))
	// Output: pepay: invalid argument: Authorize: the request is for another host than this client's
}

// More patience than the default has, for a job that nobody waits for.
func ExampleDefaultRetry() {
	policy := wrapper.DefaultRetry()
	fmt.Println(policy.MaxRetries, policy.MaxDelay, policy.MaxRetryAfter)
	policy.MaxRetries, policy.MaxRetryAfter = 6, 10*time.Minute
	_, err := wrapper.New(wrapper.WithAPIKey("the merchant's key"), wrapper.WithRetry(policy))
	fmt.Println(err)
	// Output:
	// 2 8s 1m0s
	// <nil>
}
