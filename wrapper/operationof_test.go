package wrapper_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

type doer func(*http.Request) (*http.Response, error)

func (f doer) Do(req *http.Request) (*http.Response, error) { return f(req) }

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// The operation is known outside and inside of the chain, whichever way a call comes.
func TestOperationOf(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	var seen []string
	note := func(where string, req *http.Request) {
		op, ok := wrapper.OperationOf(req.Context())
		if !ok {
			op = pepay.Operation{ID: "none"}
		}
		seen = append(seen, where+" "+op.ID+" "+op.Method+" "+op.Path)
	}
	client, err := wrapper.New(wrapper.WithAPIKey(server.APIKey()), wrapper.WithBaseURL(server.URL()),
		wrapper.WithHTTPClient(&http.Client{Transport: tripper(func(req *http.Request) (*http.Response, error) {
			note("transport", req)
			return server.Client().Transport.RoundTrip(req)
		})}),
		wrapper.WithMiddleware(func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer {
			return doer(func(req *http.Request) (*http.Response, error) {
				note("middleware", req)
				return next.Do(req)
			})
		}))
	if err != nil {
		t.Fatal(err)
	}
	const event = "getEvent GET /api/v1/events/{eventId}"
	for _, c := range []struct {
		name string
		call func(context.Context) error
		want string
	}{
		{"a method", func(ctx context.Context) error { _, err := client.Events.Get(ctx, "evt_1"); return err }, event},
		{"the generated client", func(ctx context.Context) error { _, err := client.API().GetEvent(ctx, "evt_1"); return err }, event},
		{"Call", func(ctx context.Context) error { return client.Call(ctx, "GET", "/api/v1/events/evt_1", nil, nil) }, event},
		{"Call of something new", func(ctx context.Context) error { return client.Call(ctx, "GET", "/api/v9/secret", nil, nil) }, "none  "},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen = nil
			if err := c.call(t.Context()); err == nil {
				t.Error("the simulator knows no such event, but there is no error")
			}
			if want := []string{"middleware " + c.want, "transport " + c.want}; !slices.Equal(seen, want) {
				t.Errorf("got %q, want %q", seen, want)
			}
		})
	}
	if op, ok := wrapper.OperationOf(t.Context()); ok || op.ID != "" {
		t.Errorf("without a call: %v", op)
	}
}

// A middleware counts calls by the name of their operation.
func ExampleOperationOf() {
	server, err := pepaytest.Start("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()
	calls := map[string]int{}
	count := func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer {
		return doer(func(req *http.Request) (*http.Response, error) {
			name := "other"
			if op, ok := wrapper.OperationOf(req.Context()); ok {
				name = op.ID
			}
			calls[name]++
			return next.Do(req)
		})
	}
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey(server.APIKey()), wrapper.WithMiddleware(count))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := client.WSTokens.Mint(context.Background(), wrapper.MintParams{}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(calls)
	// Output: map[mintWsToken:1]
}
