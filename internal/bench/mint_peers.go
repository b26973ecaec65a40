package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/stripe/stripe-go/v85"

	"github.com/pepaylabs/pepay-go"
)

// mintRequest and mintResponse are the wire types, written by hand.
type mintRequest struct {
	Scope      string `json:"scope,omitempty"`
	TTLSeconds int64  `json:"ttl_seconds,omitempty"`
}

type mintResponse struct {
	Success bool `json:"success"`
	Data    struct {
		Token              string `json:"token"`
		Scope              string `json:"scope"`
		MerchantID         int64  `json:"merchant_id"`
		NetworkEnvironment string `json:"network_environment"`
		ExpiresAt          int64  `json:"expires_at"`
		WSURL              string `json:"ws_url"`
	} `json:"data"`
}

func (r *mintResponse) check() error {
	if !r.Success {
		return errors.New("not a success")
	}
	return checkMint(r.Data.Token, r.Data.ExpiresAt, r.Data.WSURL)
}

func newMintRequest() mintRequest { return mintRequest{Scope: "merchant", TTLSeconds: 60} }

// mintFloor is the least that a mint costs with the standard library: no retry, no
// size limit, no typed error.
func mintFloor(base string, client *http.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		content, err := json.Marshal(newMintRequest())
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+mintPath, bytes.NewReader(content))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Api-Key", mintKey)
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		return readMint(resp)
	}
}

func readMint(resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", resp.Status)
	}
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var answer mintResponse
	if err := json.Unmarshal(content, &answer); err != nil {
		return err
	}
	return answer.check()
}

// mintGenerated is the client that oapi-codegen generates from the contract, alone.
func mintGenerated(base string, client *http.Client) func(context.Context) error {
	raw, err := pepay.NewClientWithResponses(base, pepay.WithHTTPClient(client),
		pepay.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
			req.Header.Set("X-Api-Key", mintKey)
			return nil
		}))
	return func(ctx context.Context) error {
		if err != nil {
			return err
		}
		seconds := int64(60)
		answer, err := raw.MintWSTokenWithResponse(ctx, pepay.MintWSTokenRequest{Scope: pepay.WSTokenScopeMerchant, TTLSeconds: &seconds})
		if err != nil {
			return err
		}
		if answer.JSON200 == nil {
			return fmt.Errorf("status %s", answer.Status())
		}
		data := answer.JSON200.Data
		return checkMint(data.Token.Reveal(), data.ExpiresAt.Unix(), data.WSURL)
	}
}

func mintRetryable(base string, client *http.Client) func(context.Context) error {
	retrying := retryablehttp.NewClient()
	retrying.HTTPClient = client
	retrying.Logger = nil
	return func(ctx context.Context) error {
		content, err := json.Marshal(newMintRequest())
		if err != nil {
			return err
		}
		req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodPost, base+mintPath, content)
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Api-Key", mintKey)
		resp, err := retrying.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		return readMint(resp)
	}
}

// stripe-go sends JSON only below /v2, and its key as a bearer token.
const (
	stripeBase = "/stripe"
	stripePath = "/v2/ws/token"
)

func mintStripe(base string, client *http.Client) func(context.Context) error {
	backend, ok := stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
		URL:             stripe.String(base + stripeBase),
		HTTPClient:      client,
		EnableTelemetry: stripe.Bool(false),
	}).(stripe.RawRequestBackend)
	return func(ctx context.Context) error {
		if !ok {
			return errors.New("the backend takes no raw requests any more")
		}
		content, err := json.Marshal(newMintRequest())
		if err != nil {
			return err
		}
		resp, err := backend.RawRequest(http.MethodPost, stripePath, mintKey, string(content),
			&stripe.RawParams{Params: stripe.Params{Context: ctx}})
		if err != nil {
			return err
		}
		var answer mintResponse
		if err := json.Unmarshal(resp.RawJSON, &answer); err != nil {
			return err
		}
		return answer.check()
	}
}

func mintOpenAI(base string, client *http.Client) func(context.Context) error {
	// Not NewClient, which reads the environment.
	api := openai.Client{Options: []option.RequestOption{
		option.WithBaseURL(base),
		option.WithHTTPClient(client),
		option.WithHeader("X-Api-Key", mintKey),
	}}
	return func(ctx context.Context) error {
		var answer mintResponse
		if err := api.Post(ctx, mintPath, newMintRequest(), &answer); err != nil {
			return err
		}
		return answer.check()
	}
}
