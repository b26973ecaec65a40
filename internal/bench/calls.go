package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// noHost is the base URL for transports in memory.
const noHost = "https://pepay.invalid"

// request is what the clients without methods of their own send.
type request struct {
	method, path, query string
	body                func() any // nil for none
}

func (r request) url() string {
	if r.query == "" {
		return noHost + r.path
	}
	return noHost + r.path + "?" + r.query
}

// encoded is the body, and nil where there is none.
func (r request) encoded() ([]byte, error) {
	if r.body == nil {
		return nil, nil
	}
	return json.Marshal(r.body())
}

func (r request) setHeaders(header http.Header) {
	if r.body != nil {
		header.Set("Content-Type", "application/json")
	}
	header.Set("X-Api-Key", mintKey)
}

// byHand is the least that a call costs with the standard library: no retry, no size
// limit, no typed error.
func byHand[T any](r request, client *http.Client, check func(*T) error) contestant {
	return contestant{"net/http + encoding/json", func(ctx context.Context) error {
		content, err := r.encoded()
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, r.method, r.url(), bytes.NewReader(content))
		if err != nil {
			return err
		}
		r.setHeaders(req.Header)
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		return readAnswer(resp, check)
	}}
}

func readAnswer[T any](resp *http.Response, check func(*T) error) error {
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", resp.Status)
	}
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	answer := new(T)
	if err := json.Unmarshal(content, answer); err != nil {
		return err
	}
	return check(answer)
}

// byRetryable is byHand with go-retryablehttp.
func byRetryable[T any](r request, client *http.Client, check func(*T) error) contestant {
	retrying := retryablehttp.NewClient()
	retrying.HTTPClient = client
	retrying.Logger = nil
	return contestant{"go-retryablehttp", func(ctx context.Context) error {
		content, err := r.encoded()
		if err != nil {
			return err
		}
		req, err := retryablehttp.NewRequestWithContext(ctx, r.method, r.url(), content)
		if err != nil {
			return err
		}
		r.setHeaders(req.Header)
		resp, err := retrying.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		return readAnswer(resp, check)
	}}
}

// byOpenAI is a request that openai-go has no method for, with types written by hand.
func byOpenAI[T any](r request, client *http.Client, check func(*T) error) contestant {
	api := newOpenAI(client)
	return contestant{"openai-go", func(ctx context.Context) error {
		var body any
		if r.body != nil {
			body = r.body()
		}
		answer := new(T)
		path := r.path
		if r.query != "" {
			path += "?" + r.query
		}
		if err := api.Execute(ctx, r.method, path, body, answer); err != nil {
			return err
		}
		return check(answer)
	}}
}

// newOpenAI does not use NewClient, which reads the environment.
func newOpenAI(client *http.Client) openai.Client {
	options := []option.RequestOption{option.WithBaseURL(noHost), option.WithHTTPClient(client), option.WithHeader("X-Api-Key", mintKey)}
	return openai.Client{Options: options, FineTuning: openai.NewFineTuningService(options...)}
}

// byWrapper is a method of this module's client.
func byWrapper[T any](client *http.Client, method func(context.Context, *wrapper.Client) (T, error), check func(T) error) contestant {
	ours, err := wrapper.New(wrapper.WithAPIKey(mintKey), wrapper.WithBaseURL(noHost), wrapper.WithHTTPClient(client))
	return contestant{"pepay-go wrapper", func(ctx context.Context) error {
		if err != nil {
			return err
		}
		answer, err := method(ctx, ours)
		if err != nil {
			return err
		}
		return check(answer)
	}}
}

// byGenerated is a method of the client that oapi-codegen generates from the contract,
// alone.
func byGenerated[T any](client *http.Client, method func(context.Context, *pepay.ClientWithResponses) (*T, error), check func(*T) error) contestant {
	raw, err := pepay.NewClientWithResponses(noHost, pepay.WithHTTPClient(client),
		pepay.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
			req.Header.Set("X-Api-Key", mintKey)
			return nil
		}))
	return contestant{"oapi-codegen client", func(ctx context.Context) error {
		if err != nil {
			return err
		}
		answer, err := method(ctx, raw)
		if err != nil {
			return err
		}
		if answer == nil {
			return fmt.Errorf("an answer that is not 200")
		}
		return check(answer)
	}}
}
