package wrapper

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

func TestCall(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var content string
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		got = req
		if req.Body != nil {
			raw, err := io.ReadAll(req.Body)
			if err != nil {
				return nil, err
			}
			content = string(raw)
		}
		return respond(200, `{"success":true,"data":{"id":"inv_1"}}`), nil
	}, WithBaseURL("https://gateway.example/pepay"))

	var out struct{ ID string }
	err := client.Call(t.Context(), "post", "/api/v9/invoices/a%2Fb?limit=1&x=%20", map[string]any{"amount": 5}, &out)
	if err != nil {
		t.Fatal(err)
	}
	if got.Method != "POST" || got.URL.String() != "https://gateway.example/pepay/api/v9/invoices/a%2Fb?limit=1&x=%20" {
		t.Errorf("sent %s %s", got.Method, got.URL)
	}
	if got.Header.Get("X-Api-Key") != "key-1" || got.Header.Get("Content-Type") != "application/json" || got.Header.Get("Idempotency-Key") != "" {
		t.Errorf("sent %v", got.Header)
	}
	if strings.TrimSpace(content) != `{"amount":5}` || out.ID != "inv_1" {
		t.Errorf("sent %s, decoded %+v", content, out)
	}

	if err := client.Call(t.Context(), "GET", "/x", nil, nil); err != nil {
		t.Fatal(err)
	}
	if got.Body != nil && got.Body != http.NoBody || got.Header.Get("Content-Type") != "" {
		t.Error("a call without in sends a body")
	}
}

// An operation the contract has is treated as it says, also through Call.
func TestCallOfADocumentedOperation(t *testing.T) {
	t.Parallel()
	var token pepay.WSToken
	client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, minted), nil })
	if err := client.Call(t.Context(), "POST", "/api/v1/ws/token", nil, &token); err != nil || token.MerchantID != 123 {
		t.Errorf("%v, %+v", err, token)
	}
	client = newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(401, ""), nil })
	var failure *Error
	if err := client.Call(t.Context(), "POST", "/api/v1/ws/token", nil, nil); !errors.As(err, &failure) || failure.Operation != "mintWsToken" {
		t.Errorf("got %v", err)
	}
}

func TestCallDecodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, answer string
		want         string
		err          error
	}{
		{"envelope", `{"success":true,"data":[1]}`, `[1]`, nil},
		{"bare array", `[1]`, `[1]`, nil},
		{"list", `{"object":"list","data":[]}`, `{"object":"list","data":[]}`, nil},
		{"empty", ``, ``, ErrMalformedResponse},
		{"truncated", `{"a":`, ``, ErrMalformedResponse},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, c.answer), nil })
			var out json.RawMessage
			err := client.Call(t.Context(), "GET", "/x", nil, &out)
			if !errors.Is(err, c.err) || string(out) != c.want {
				t.Errorf("got %s, %v", out, err)
			}
		})
	}
	broken := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, `{"a":`), nil })
	if err := broken.Call(t.Context(), "GET", "/x", nil, nil); !errors.Is(err, ErrMalformedResponse) {
		t.Errorf("broken JSON that nobody decodes: %v", err)
	}
	client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, `{"a":"x"}`), nil })
	var out struct{ A int }
	var failure *Error
	if err := client.Call(t.Context(), "GET", "/x", nil, &out); !errors.Is(err, ErrMalformedResponse) || !errors.As(err, &failure) || failure.StatusCode != 200 {
		t.Errorf("got %v", err)
	}
}

func TestCallRefuses(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, errors.New("sent")
	})
	for _, c := range []struct {
		name, method, path string
		in                 any
		opts               []CallOption
	}{
		{name: "method", method: "GE T", path: "/x"},
		{name: "no method", path: "/x"},
		{name: "relative path", method: "GET", path: "x"},
		{name: "empty path", method: "GET"},
		{name: "another host", method: "GET", path: "//evil.example/x"},
		{name: "URL", method: "GET", path: "https://evil.example/x"},
		{name: "userinfo", method: "GET", path: "@evil.example/x"},
		{name: "dots", method: "GET", path: "/a/../b"},
		{name: "escaped dots", method: "GET", path: "/a/%2e%2e/b"},
		{name: "fragment", method: "GET", path: "/a#b"},
		{name: "line feed", method: "GET", path: "/a\nb"},
		{name: "bad escape", method: "GET", path: "/%zz"},
		{name: "in cannot be encoded", method: "POST", path: "/x", in: make(chan int)},
		{name: "nil option", method: "GET", path: "/x", opts: []CallOption{nil}},
		{name: "credential header", method: "GET", path: "/x", opts: []CallOption{WithHeader("x-api-key", "other")}},
		{name: "commerce credential header", method: "GET", path: "/x", opts: []CallOption{WithHeader("X-COMMERCE-API-KEY", "other")}},
		{name: "authorization", method: "GET", path: "/x", opts: []CallOption{WithHeader("authorization", "Basic x")}},
		{name: "cookie", method: "GET", path: "/x", opts: []CallOption{WithHeader("Cookie", "a=b")}},
		{name: "idempotency header", method: "POST", path: "/x", opts: []CallOption{WithHeader("Idempotency-Key", "k")}},
		{name: "the other idempotency header", method: "POST", path: "/x", opts: []CallOption{WithHeader("X-Idempotency-Key", "k")}},
		{name: "host", method: "GET", path: "/x", opts: []CallOption{WithHeader("Host", "evil.example")}},
		{name: "content length", method: "GET", path: "/x", opts: []CallOption{WithHeader("Content-Length", "0")}},
		{name: "header name", method: "GET", path: "/x", opts: []CallOption{WithHeader("a b", "c")}},
		{name: "header value", method: "GET", path: "/x", opts: []CallOption{WithHeader("X-A", "b\r\nX-Api-Key: c")}},
		{name: "idempotency key", method: "POST", path: "/x", opts: []CallOption{WithIdempotencyKey("a\nb")}},
		{name: "empty idempotency key", method: "POST", path: "/x", opts: []CallOption{WithIdempotencyKey("")}},
		{name: "idempotency key where none is documented", method: "POST", path: "/api/v1/ws/token", opts: []CallOption{WithIdempotencyKey("k")}},
		{name: "capture into nil", method: "GET", path: "/x", opts: []CallOption{CaptureResponse(nil)}},
		{name: "unknown preference", method: "GET", path: "/x", opts: []CallOption{WithPreferredCredential("nope")}},
		{name: "unknown scheme", method: "GET", path: "/x", opts: []CallOption{WithSecurity("nope")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := client.Call(t.Context(), c.method, c.path, c.in, nil, c.opts...); !errors.Is(err, ErrInvalidArgument) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCallOptions(t *testing.T) {
	t.Parallel()
	var sent []http.Header
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		sent = append(sent, req.Header)
		if len(sent)%2 == 1 {
			return respond(500, ""), nil
		}
		return respond(200, `{}`, "X-Request-Id", "req_5"), nil
	}, WithRetry(RetryPolicy{MaxRetries: 1, BaseDelay: time.Microsecond}), WithCommerceAPIKey("key-2"))

	var captured *http.Response
	err := client.Call(t.Context(), "POST", "/x", nil, nil, WithIdempotencyKey("key-9"), WithHeader("X-Trace", "a"), WithHeader("x-trace", "b"),
		WithSecurity("commerceApiKey"), CaptureResponse(&captured))
	if err != nil || len(sent) != 2 {
		t.Fatalf("%v after %d attempts: with a key a write is repeated", err, len(sent))
	}
	for _, header := range sent {
		if header.Get("Idempotency-Key") != "key-9" || strings.Join(header.Values("X-Trace"), " ") != "a b" {
			t.Errorf("sent %v", header)
		}
		if header.Get("X-Commerce-Api-Key") != "key-2" || header.Get("X-Api-Key") != "" {
			t.Errorf("WithSecurity chose %v", header)
		}
	}
	if captured.StatusCode != 200 || captured.Header.Get("X-Request-Id") != "req_5" {
		t.Errorf("captured %v", captured)
	}
	if rest, err := io.ReadAll(captured.Body); err != nil || len(rest) != 0 {
		t.Errorf("the captured body is not drained: %q %v", rest, err)
	}
	if captured.Request.Header.Get("X-Commerce-Api-Key") != "" {
		t.Error("the captured request carries the credential")
	}

	for scheme, header := range map[string]string{"commerceApiKey": "X-Commerce-Api-Key", "merchantApiKey": "X-Api-Key", "bearerAuth": "X-Api-Key"} {
		sent = nil
		if err := client.Call(t.Context(), "GET", "/x", nil, nil, WithPreferredCredential(scheme)); err != nil {
			t.Fatal(err)
		}
		if len(sent[0]["X-Api-Key"])+len(sent[0]["X-Commerce-Api-Key"]) != 1 || sent[0].Get(header) == "" {
			t.Errorf("preferring %s sent %v", scheme, sent[0])
		}
	}

	sent = nil
	if err := client.Call(t.Context(), "GET", "/x", nil, nil, WithSecurity()); err != nil {
		t.Fatal(err)
	}
	if sent[0].Get("X-Api-Key") != "" || sent[0].Get("X-Commerce-Api-Key") != "" {
		t.Errorf("WithSecurity() sent %v", sent[0])
	}
}

func TestCaptureResponseOfAFailure(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(401, `{"error":"no"}`, "X-A", "b"), nil })
	var captured *http.Response
	_, err := client.WSTokens.Mint(t.Context(), MintParams{}, CaptureResponse(&captured))
	if !errors.Is(err, ErrUnauthorized) || captured == nil || captured.StatusCode != 401 || captured.Header.Get("X-A") != "b" {
		t.Fatalf("%v, captured %v", err, captured)
	}
	if captured.Request.Header.Get("X-Api-Key") != "" {
		t.Error("the captured request carries the credential")
	}
	captured = nil
	client = newTestClient(t, func(*http.Request) (*http.Response, error) { return nil, context.Canceled })
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}, CaptureResponse(&captured)); err == nil || captured != nil {
		t.Errorf("%v, captured %v", err, captured)
	}
}
