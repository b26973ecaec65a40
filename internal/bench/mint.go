package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The request every contestant sends and the answer it gets, Pepay's own example.
const (
	mintPath   = "/api/v1/ws/token"
	mintKey    = "bench-key"
	mintBody   = `{"scope":"merchant","ttl_seconds":60}`
	mintAnswer = `{"success":true,"data":{"token":"` + mintToken + `","scope":"merchant","merchant_id":123,` +
		`"network_environment":null,"expires_at":1766320496,"ws_url":"` + mintWSURL + `"}}`
	mintToken   = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."
	mintExpires = 1766320496
	mintWSURL   = "wss://api-beta.pepay.io/ws/merchant/events"
)

// mint compares minting a ws_token, from the parameters to the typed answer.
func mint(ctx context.Context, o options) ([]table, error) {
	const first, wrapped = 0, 1
	inMemory, err := compare(ctx, processorTime, mintContestants("https://pepay.invalid", mintMemory), o)
	if err != nil {
		return nil, err
	}

	base, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	overLoopback, err := compare(ctx, elapsedTime, mintContestants(base, newTransport), o.inTurns(5))
	if err != nil {
		return nil, err
	}
	floor := inMemory[first].name
	return []table{
		timing("mint, in-memory transport, processor time (ratio to "+floor+")", inMemory,
			timeAtMost(inMemory[wrapped], 1.3), allocsAtMost(inMemory[wrapped], 38)),
		timing("mint, over loopback, elapsed time (ratio to "+floor+")", overLoopback,
			timeAtMost(overLoopback[wrapped], 1.1)),
	}, nil
}

// newTransport is what every contestant has over loopback, each its own pool.
func newTransport() http.RoundTripper { return &http.Transport{MaxIdleConnsPerHost: 4} }

func mintMemory() http.RoundTripper { return newMemory(mintAnswer, checkMintRequest) }

// mintContestants returns the floor, this module's client, and the peers. Each
// has its own HTTP client and otherwise the defaults of its library.
func mintContestants(base string, transport func() http.RoundTripper) []contestant {
	client := func() *http.Client { return &http.Client{Transport: transport()} }
	return []contestant{
		{"net/http + encoding/json", mintFloor(base, client())},
		{"pepay-go wrapper", mintWrapper(base, client())},
		{"oapi-codegen client", mintGenerated(base, client())},
		{"go-retryablehttp", mintRetryable(base, client())},
		{"stripe-go", mintStripe(base, client())},
		{"openai-go", mintOpenAI(base, client())},
	}
}

func mintWrapper(base string, client *http.Client) func(context.Context) error {
	pepayClient, err := wrapper.New(wrapper.WithAPIKey(mintKey), wrapper.WithBaseURL(base), wrapper.WithHTTPClient(client))
	return func(ctx context.Context) error {
		if err != nil {
			return err
		}
		token, err := pepayClient.WSTokens.Mint(ctx, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
		if err != nil {
			return err
		}
		return checkMint(token.Token.Reveal(), token.ExpiresAt.Unix(), token.WSURL)
	}
}

// checkMint fails for a wrong result, so that a failing contestant is not measured.
func checkMint(token string, expires int64, wsURL string) error {
	if token != mintToken || expires != mintExpires || wsURL != mintWSURL {
		return fmt.Errorf("the answer came out as token %q, expires_at %d, ws_url %q", token, expires, wsURL)
	}
	return nil
}

// checkMintRequest is the check of both transports. content is the body; some clients
// add a newline to it.
func checkMintRequest(req *http.Request, content []byte) error {
	if req.Method != http.MethodPost || string(bytes.TrimSuffix(content, []byte("\n"))) != mintBody {
		return fmt.Errorf("unexpected request: %s with the body %q", req.Method, content)
	}
	return checkCredential(req)
}

// answerMint is the same over a real connection.
func answerMint(w http.ResponseWriter, req *http.Request) {
	content, err := io.ReadAll(req.Body)
	if err == nil {
		err = checkMintRequest(req, content)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(mintAnswer)))
	w.Header().Set("X-Request-Id", "req_123")
	_, _ = io.WriteString(w, mintAnswer)
}
