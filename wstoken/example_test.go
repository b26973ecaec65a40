package wstoken_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

func ExampleNewCache() {
	server, err := pepaytest.Start("127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		log.Fatal(err)
	}

	source := wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
	tokens := wstoken.NewCache(source, wstoken.WithMintTimeout(5*time.Second))
	for range 3 {
		if _, err := tokens.Token(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("minted", len(server.Requests()))
	// Output: minted 1
}

// One token for each call, with the life that is asked for.
func ExampleNewSource() {
	server, err := pepaytest.Start("127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		log.Fatal(err)
	}
	source := wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant, TTL: 30 * time.Second})
	token, err := source.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Scope, time.Until(token.ExpiresAt.Time).Round(10*time.Second))
	// Output: merchant 30s
}

// Tokens of another service. An error that has RetryAfter is remembered for that
// long.
func ExampleSourceFunc() {
	calls := 0
	tokens := wstoken.NewCache(wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) {
		calls++
		return nil, busy{}
	}))
	for range 3 {
		_, err := tokens.Token(context.Background())
		fmt.Println(err)
	}
	fmt.Println("asked", calls)
	// Output:
	// the token service is busy
	// the token service is busy
	// the token service is busy
	// asked 1
}

type busy struct{}

func (busy) Error() string             { return "the token service is busy" }
func (busy) RetryAfter() time.Duration { return time.Minute }

// A token that Pepay rejects is not handed out again.
func ExampleCache_Invalidate() {
	n := 0
	tokens := wstoken.NewCache(wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) {
		n++
		return &pepay.WSToken{Token: pepay.Secret(fmt.Sprint("token ", n)), ExpiresAt: pepay.Timestamp{Time: never}}, nil
	}))
	rejected, err := tokens.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tokens.Invalidate(rejected), tokens.Invalidate(rejected))
	fresh, err := tokens.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fresh.Token.Reveal())
	// Output:
	// true false
	// token 2
}

var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// The endpoint of a merchant's own page: signed-in staff get a token, nobody else does.
func ExampleHandler() {
	server, err := pepaytest.Start("127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		log.Fatal(err)
	}
	tokens := wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant}))

	mux := http.NewServeMux()
	mux.Handle("/pepay/token", wstoken.Handler(
		func(pepay.WSTokenScope) wstoken.Source { return tokens },
		func(r *http.Request) (pepay.WSTokenScope, error) {
			if cookie, err := r.Cookie("session"); err != nil || cookie.Value != "of somebody on the staff" {
				return "", wstoken.ErrNotSignedIn
			}
			return pepay.WSTokenScopeMerchant, nil
		},
		wstoken.WithMinLife(15*time.Second), // left, so that a slow page can still use it
	))

	request := httptest.NewRequest(http.MethodPost, "/pepay/token", nil)
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, request)
	fmt.Print(answer.Code, " ", answer.Body)

	request.AddCookie(&http.Cookie{Name: "session", Value: "of somebody on the staff"})
	answer = httptest.NewRecorder()
	mux.ServeHTTP(answer, request)
	fmt.Println(answer.Code, answer.Header().Get("Cache-Control"))
	// Output:
	// 401 {"error":"not_signed_in"}
	// 200 no-store
}
