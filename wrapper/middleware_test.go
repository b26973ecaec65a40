package wrapper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// Whatever a middleware changes, the call goes on or is refused, and no credential
// goes to another host.
func TestMiddlewareMayChangeTheRequest(t *testing.T) {
	t.Parallel()
	type key struct{}
	with := func(change func(*http.Request) *http.Request) Middleware {
		return func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer {
			return doerFunc(func(req *http.Request) (*http.Response, error) { return next.Do(change(req)) })
		}
	}
	inPlace := func(change func(*http.Request)) Middleware {
		return with(func(req *http.Request) *http.Request { change(req); return req })
	}
	for _, c := range []struct {
		name       string
		middleware Middleware
		want       error
		url        string // where the request goes
	}{
		{"a context from the request's", with(func(req *http.Request) *http.Request {
			return req.WithContext(context.WithValue(req.Context(), key{}, 1))
		}), nil, "https://api.example/api/v1/ws/token"},
		{"a clone", with(func(req *http.Request) *http.Request { return req.Clone(req.Context()) }), nil, "https://api.example/api/v1/ws/token"},
		{"a context of its own", with(func(req *http.Request) *http.Request { return req.WithContext(context.Background()) }), ErrInvalidArgument, ""},
		{"a new request", with(func(*http.Request) *http.Request {
			req, _ := http.NewRequestWithContext(context.Background(), "GET", "https://api.example/x", nil)
			return req
		}), ErrInvalidArgument, ""},
		{"no request", with(func(*http.Request) *http.Request { return nil }), ErrInvalidArgument, ""},
		{"another path and query", inPlace(func(req *http.Request) {
			req.URL = &url.URL{Scheme: "https", Host: "API.example:443", Path: "/other", RawQuery: "a=b c"}
			req.Host = ""
		}), nil, "https://API.example:443/other?a=b%20c"},
		{"another host", inPlace(func(req *http.Request) { req.URL = &url.URL{Scheme: "https", Host: "evil.example", Path: "/x"} }), ErrInvalidArgument, ""},
		{"another host by its header", inPlace(func(req *http.Request) { req.Host = "evil.example" }), ErrInvalidArgument, ""},
		{"in clear", inPlace(func(req *http.Request) { req.URL.Scheme = "http" }), ErrInvalidArgument, ""},
		{"an opaque URL", inPlace(func(req *http.Request) { req.URL.Opaque = "//evil.example/x" }), ErrInvalidArgument, ""},
		{"no URL", inPlace(func(req *http.Request) { req.URL = nil }), ErrInvalidArgument, ""},
		{"an empty URL", inPlace(func(req *http.Request) { req.URL = &url.URL{} }), ErrInvalidArgument, ""},
		{"no headers", inPlace(func(req *http.Request) { req.Header = nil }), nil, "https://api.example/api/v1/ws/token"},
		{"no body", inPlace(func(req *http.Request) { req.Body = nil }), nil, "https://api.example/api/v1/ws/token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sent string
			client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
				if req.Header.Get("X-Api-Key") != "key-1" {
					t.Errorf("sent %v", req.Header)
				}
				sent = req.URL.String()
				return respond(200, minted), nil
			}, WithMiddleware(c.middleware))
			for way, call := range map[string]func() error{
				"Mint": func() error { _, err := client.WSTokens.Mint(t.Context(), MintParams{}); return err },
				"API": func() error {
					_, err := client.API().MintWSTokenWithResponse(t.Context(), pepay.MintWSTokenRequest{})
					return err
				},
				"Call": func() error {
					return client.Call(t.Context(), "POST", "/api/v1/ws/token", struct{}{}, nil)
				},
			} {
				sent = ""
				if err := call(); !errors.Is(err, c.want) || sent != c.url {
					t.Errorf("%s: %v, sent to %q", way, err, sent)
				}
			}
		})
	}
}

// A deadline that a middleware sets is that of the call behind it.
func TestMiddlewareMayShortenTheCall(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}, WithMiddleware(func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer {
		return doerFunc(func(req *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithTimeout(req.Context(), time.Millisecond)
			defer cancel()
			return next.Do(req.WithContext(ctx))
		})
	}))
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// An answer made by a middleware is checked as Pepay's are.
func TestMiddlewareMayAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer *http.Response
		want   error
		text   string
	}{
		{"a success", respond(200, minted), nil, ""},
		{"a failure", respond(429, `{"error":"slow down","code":"BUSY"}`), ErrRateLimited, "429 BUSY: slow down"},
		{"a redirect", respond(302, ""), ErrRedirect, ""},
		{"success:false", respond(200, `{"success":false,"error":"no"}`), nil, "200 no"},
		{"without a body", &http.Response{StatusCode: 200, Header: http.Header{}}, ErrMalformedResponse, "empty"},
		{"without headers", &http.Response{StatusCode: 500}, ErrServer, "500"},
		{"nothing", nil, nil, "neither an answer nor an error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			var captured *http.Response
			client := newTestClient(t, func(*http.Request) (*http.Response, error) {
				t.Error("sent")
				return nil, io.EOF
			}, WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
				WithMiddleware(func(pepay.HttpRequestDoer) pepay.HttpRequestDoer {
					return doerFunc(func(*http.Request) (*http.Response, error) { return c.answer, nil })
				}))
			token, err := client.WSTokens.Mint(t.Context(), MintParams{}, CaptureResponse(&captured))
			if c.text == "" && c.want == nil {
				if err != nil || token == nil {
					t.Errorf("got %v, %v", token, err)
				}
			} else if err == nil || !errors.Is(err, c.want) && c.want != nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v", err)
			}
			var failure *Error
			if err != nil && !errors.As(err, &failure) {
				t.Errorf("got %T", err)
			}
			if captured != c.answer || strings.Count(log.String(), "\n") != 1 {
				t.Errorf("captured %v, logged %s", captured, log.String())
			}
		})
	}
	client := newTestClient(t, nil)
	if _, err := client.With(WithMiddleware(func(pepay.HttpRequestDoer) pepay.HttpRequestDoer { return nil })); !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("a middleware that is nil: %v", err)
	}
	if _, err := client.With(WithMiddleware()); err != nil {
		t.Errorf("no middleware: %v", err)
	}
}

// The context of a request is the call, which holds the credential.
func TestMiddlewareMayPrintTheRequest(t *testing.T) {
	t.Parallel()
	const canary = "canary-77aa77aa"
	var printed strings.Builder
	client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, minted), nil }, WithAPIKey(canary),
		WithMiddleware(func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer {
			return doerFunc(func(req *http.Request) (*http.Response, error) {
				resp, err := next.Do(req)
				derived := context.WithValue(req.Context(), http.ServerContextKey, 1)
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
					fmt.Fprintf(&printed, verb+verb+verb+verb, req.Context(), derived, *req, *resp)
				}
				return resp, err
			})
		}))
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{canary, fmt.Sprintf("%x", canary), decimal(canary)} {
		if strings.Contains(printed.String(), secret) {
			t.Errorf("the credential is in %s", around(printed.String(), secret))
		}
	}
	if !strings.Contains(printed.String(), "pepay call mintWsToken") {
		t.Error("the context does not say what it is")
	}
}

func around(text, part string) string {
	at := strings.Index(text, part)
	return text[max(0, at-200):min(len(text), at+len(part))]
}

// decimal is text as fmt prints bytes.
func decimal(text string) string { return strings.Trim(fmt.Sprintf("%d", []byte(text)), "[]") }
