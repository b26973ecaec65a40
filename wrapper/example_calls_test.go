package wrapper_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The newest events of one kind.
func ExampleEventService_List() {
	server, client := newExampleClient()
	defer server.Close()
	ev, _ := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	server.Emit(ev)

	list, err := client.Events.List(context.Background(), wrapper.EventParams{Types: []string{"invoice.*"}, Limit: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(list.Data), list.Data[0].Type, "more:", list.HasMore)
	// Output: 1 invoice.updated more: false
}

func ExampleEventService_Get() {
	server, client := newExampleClient()
	defer server.Close()
	ev, _ := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	id := server.Emit(ev).ID

	got, err := client.Events.Get(context.Background(), id)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(got.ID == id, got.Type)
	// Output: true invoice.updated
}

// A program that queues what may work later.
func ExampleIsRetryable() {
	server, client := newExampleClient()
	defer server.Close()
	server.Faults().On("mintWsToken", pepaytest.StatusRetryAfter(429, "3600"), pepaytest.Always())

	_, err := client.WSTokens.Mint(context.Background(), wrapper.MintParams{})
	fmt.Println(wrapper.IsRetryable(err))
	_, err = client.WSTokens.Mint(context.Background(), wrapper.MintParams{TTL: -time.Second})
	fmt.Println(wrapper.IsRetryable(err))
	// Output:
	// true
	// false
}

// What Pepay calls a failure.
func ExampleIsCode() {
	server, client := newExampleClient()
	defer server.Close()
	server.Faults().On("*", pepaytest.Envelope(401, `{"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key"}}`), pepaytest.Always())

	_, err := client.WSTokens.Mint(context.Background(), wrapper.MintParams{})
	fmt.Println(wrapper.IsCode(err, "API_KEY_INVALID", "API_KEY_REVOKED"))
	// Output: true
}

// The status and headers of the final answer.
func ExampleCaptureResponse() {
	server, client := newExampleClient()
	defer server.Close()

	var resp *http.Response
	if _, err := client.WSTokens.Mint(context.Background(), wrapper.MintParams{}, wrapper.CaptureResponse(&resp)); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, resp.Header.Get("X-Request-Id") != "")
	// Output: 200 true
}

type timed struct{ next pepay.HttpRequestDoer }

func (t timed) Do(req *http.Request) (*http.Response, error) {
	started := time.Now()
	resp, err := t.next.Do(req)
	fmt.Println(req.Method, req.URL.Path, "failed:", err != nil, "took a while:", time.Since(started) > time.Minute)
	return resp, err
}

// A middleware sees a call once, with its final outcome and without credentials.
func ExampleWithMiddleware() {
	server, client := newExampleClient()
	defer server.Close()
	client, err := client.With(wrapper.WithMiddleware(func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer { return timed{next} }))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := client.WSTokens.Mint(context.Background(), wrapper.MintParams{}); err != nil {
		fmt.Println(err)
	}
	// Output: POST /api/v1/ws/token failed: false took a while: false
}
