package wrapper

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// What Pepay may answer to a mint that is not the documented success.
func TestAnswersToMint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		answer  *http.Response
		want    error
		code    string
		message string // part of the text
	}{
		{"401", respond(401, `{"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key"}}`), ErrUnauthorized, "API_KEY_INVALID", "401 API_KEY_INVALID: Invalid API key"},
		{"401, empty", respond(401, ``), ErrUnauthorized, "", "401 Unauthorized"},
		{"401, HTML", respond(401, `<html>`, "Content-Type", "text/html"), ErrUnauthorized, "", "401 Unauthorized"},
		{"400, scope mismatch", respond(400, `{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request data"}}`), ErrInvalidRequest, "VALIDATION_ERROR", "Invalid request data"},
		{"403", respond(403, `{"error":"no","code":"FORBIDDEN"}`), ErrForbidden, "FORBIDDEN", "403 FORBIDDEN: no"},
		{"404", respond(404, ``), ErrNotFound, "", "404 Not Found"},
		{"409", respond(409, ``), ErrConflict, "", "409 Conflict"},
		{"410", respond(410, ``), ErrGone, "", "410 Gone"},
		{"418", respond(418, ``), nil, "", "418"},
		{"429", respond(429, `{"success":false,"message":"Too many requests from this IP. Please try again later.","error_code":"RATE_LIMIT_EXCEEDED","retry_after":"15 minutes"}`), ErrRateLimited, "RATE_LIMIT_EXCEEDED", "Too many requests"},
		{"500", respond(500, `{"error":"Failed to fetch wallets","code":"INTERNAL_SERVER_ERROR"}`), ErrServer, "INTERNAL_SERVER_ERROR", "Failed to fetch wallets"},
		{"502, HTML", respond(502, `<html>`, "Content-Type", "text/html"), ErrServer, "", "502 Bad Gateway"},
		{"599", respond(599, ``), ErrServer, "", "599"},
		{"success:false with 200", respond(200, `{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request data"}}`), nil, "VALIDATION_ERROR", "200 VALIDATION_ERROR: Invalid request data"},
		{"empty", respond(200, ``), ErrMalformedResponse, "", "empty"},
		{"HTML", respond(200, `<html>`, "Content-Type", "text/html; charset=utf-8"), ErrMalformedResponse, "", "text/html"},
		{"JSON without a content type", respond(200, minted, "Content-Type", ""), ErrMalformedResponse, "", "not JSON"},
		{"truncated", respond(200, minted[:40]), ErrMalformedResponse, "", "unexpected end"},
		{"followed by other bytes", respond(200, minted+`{}`), ErrMalformedResponse, "", "after top-level value"},
		{"array", respond(200, `[]`), ErrMalformedResponse, "", "cannot unmarshal array"},
		{"null", respond(200, `null`), ErrMalformedResponse, "", "data.token is missing"},
		{"no data", respond(200, `{"success":true}`), ErrMalformedResponse, "", "data.token is missing"},
		{"data is null", respond(200, `{"success":true,"data":null}`), ErrMalformedResponse, "", "data.token is missing"},
		{"data is a list", respond(200, `{"success":true,"data":[]}`), ErrMalformedResponse, "", "cannot unmarshal array"},
		{"token is empty", respond(200, `{"success":true,"data":{"token":"","expires_at":1766320496}}`), ErrMalformedResponse, "", "data.token is missing"},
		{"no expiry", respond(200, `{"success":true,"data":{"token":"t"}}`), ErrMalformedResponse, "", "data.expires_at is missing"},
		{"expiry is nonsense", respond(200, `{"success":true,"data":{"token":"t","expires_at":"soon"}}`), ErrMalformedResponse, "", "epoch seconds or RFC 3339"},
		{"wrong type", respond(200, `{"success":true,"data":{"token":"t","expires_at":1,"merchant_id":"x"}}`), ErrMalformedResponse, "", "merchant_id"},
		{"204", respond(204, ``), ErrMalformedResponse, "", "has no content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.answer.Header.Set("X-Request-Id", "req_123")
			client := newTestClient(t, func(*http.Request) (*http.Response, error) { return c.answer, nil }, once)
			token, err := client.WSTokens.Mint(t.Context(), MintParams{})
			var failure *Error
			if token != nil || !errors.As(err, &failure) {
				t.Fatalf("got %v and %v", token, err)
			}
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%v does not match %v", err, c.want)
			}
			if failure.Code != c.code || IsCode(err, "OTHER", c.code) != (c.code != "") {
				t.Errorf("code %q, want %q", failure.Code, c.code)
			}
			if failure.Operation != "mintWsToken" || failure.StatusCode != c.answer.StatusCode || failure.RequestID != "req_123" || failure.Attempts != 1 {
				t.Errorf("got %#v", *failure)
			}
			if text := err.Error(); !strings.HasPrefix(text, "pepay: mintWsToken: ") || !strings.Contains(text, c.message) || !strings.HasSuffix(text, "(request req_123)") {
				t.Errorf("text %q, want %q in it", text, c.message)
			}
		})
	}
}

// What decodes although it differs from the documented example.
func TestTolerantAnswersToMint(t *testing.T) {
	t.Parallel()
	want := time.Date(2025, 12, 21, 12, 34, 56, 0, time.UTC)
	for name, content := range map[string]string{
		"documented":            minted,
		"fractional expiry":     `{"success":true,"data":{"token":"t","expires_at":1766320496.0}}`,
		"expiry in quotes":      `{"success":true,"data":{"token":"t","expires_at":"1766320496"}}`,
		"expiry as RFC 3339":    `{"success":true,"data":{"token":"t","expires_at":"2025-12-21T12:34:56.000Z"}}`,
		"expiry in local time":  `{"success":true,"data":{"token":"t","expires_at":"2025-12-21T13:34:56+01:00"}}`,
		"unknown fields":        `{"success":true,"extra":1,"data":{"token":"t","expires_at":1766320496,"extra":{"a":[1]}}}`,
		"success left out":      `{"data":{"token":"t","expires_at":1766320496}}`,
		"success of other type": `{"data":{"token":"t","expires_at":1766320496}}`,
		"byte-order of keys":    `{"data":{"expires_at":1766320496,"token":"t"},"success":true}`,
		"space around":          " \n" + `{"success":true,"data":{"token":"t","expires_at":1766320496}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, func(*http.Request) (*http.Response, error) {
				return respond(200, content, "Content-Type", "application/json; charset=utf-8"), nil
			})
			token, err := client.WSTokens.Mint(t.Context(), MintParams{})
			if err != nil {
				t.Fatal(err)
			}
			if !token.ExpiresAt.Equal(want) || token.ExpiresAt.Location() != time.UTC || token.Token == "" {
				t.Errorf("got %+v", token)
			}
		})
	}
}

func TestUnknownEnumValuesAreKept(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		return respond(200, `{"success":true,"data":{"token":"t","expires_at":1,"scope":"platform","network_environment":"testnet"}}`), nil
	})
	token, err := client.WSTokens.Mint(t.Context(), MintParams{})
	if err != nil {
		t.Fatal(err)
	}
	if token.Scope != "platform" || token.Scope.Valid() || token.NetworkEnvironment != "testnet" || token.NetworkEnvironment.Valid() {
		t.Errorf("got %+v", token)
	}
}

// A non-JSON success is nobody's business where the contract does not promise JSON.
func TestUndocumentedAnswersMayBeAnything(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		return respond(200, "pong", "Content-Type", "text/plain"), nil
	})
	if err := client.Call(t.Context(), "GET", "/ping", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestPromisesJSON(t *testing.T) {
	t.Parallel()
	op := &pepay.Operation{Success: []pepay.SuccessAnswer{
		{Status: "200", MediaTypes: []string{"application/json"}}, {Status: "201", MediaTypes: []string{"text/csv", "application/problem+json"}}, {Status: "204"},
	}}
	for status, want := range map[int]bool{200: true, 201: true, 202: false, 204: false} {
		if promisesJSON(op, status) != want {
			t.Errorf("%d: want %t", status, want)
		}
	}
	if !promisesJSON(&pepay.Operation{Success: []pepay.SuccessAnswer{{Status: "2XX", MediaTypes: []string{"application/json"}}}}, 202) {
		t.Error("2XX covers every success")
	}
}
