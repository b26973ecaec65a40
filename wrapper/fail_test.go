package wrapper

import (
	"errors"
	"net/http"
	"slices"
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
		{"array", respond(200, `[]`), ErrMalformedResponse, "", "the answer is a JSON array, not an object"},
		{"null", respond(200, `null`), ErrMalformedResponse, "", "data is missing"},
		{"no data", respond(200, `{"success":true}`), ErrMalformedResponse, "", "data is missing"},
		{"data is null", respond(200, `{"success":true,"data":null}`), ErrMalformedResponse, "", "data is missing"},
		{"data is a list", respond(200, `{"success":true,"data":[]}`), ErrMalformedResponse, "", "data is a JSON array, not an object"},
		{"token is empty", respond(200, `{"success":true,"data":{"token":"","expires_at":1766320496}}`), ErrMalformedResponse, "", "data.token is missing"},
		{"no expiry", respond(200, `{"success":true,"data":{"token":"t"}}`), ErrMalformedResponse, "", "data.expires_at is missing"},
		{"expiry is nonsense", respond(200, `{"success":true,"data":{"token":"t","expires_at":"soon"}}`), ErrMalformedResponse, "", "epoch seconds or RFC 3339"},
		{"wrong type", respond(200, `{"success":true,"data":{"token":"t","expires_at":1,"merchant_id":"x"}}`), ErrMalformedResponse, "", "data.merchant_id is a JSON string, not an integer"},
		{"merchant_id is too large", respond(200, `{"success":true,"data":{"token":"t","expires_at":1,"merchant_id":1e30}}`), ErrMalformedResponse, "", "data.merchant_id is a JSON number 1e30, not an integer that fits"},
		{"token has a control character", respond(200, `{"success":true,"data":{"token":"t\n","expires_at":1}}`), ErrMalformedResponse, "", "data.token has a control character"},
		{"204", respond(204, ``), ErrMalformedResponse, "", "the answer is empty"},
		{"205", respond(205, ``), ErrMalformedResponse, "", "the answer is empty"},
		{"202, empty", respond(202, ``), ErrMalformedResponse, "", "the answer is empty"},
		{"201, text", respond(201, `done`, "Content-Type", "text/plain"), ErrMalformedResponse, "", "text/plain"},
		{"402", respond(402, ``), ErrPaymentRequired, "", "402 Payment Required"},
		{"405", respond(405, ``), ErrMethodNotAllowed, "", "405 Method Not Allowed"},
		{"408", respond(408, ``), ErrRequestTimeout, "", "408 Request Timeout"},
		{"422", respond(422, `{"error":"Invalid","error_code":"X","hint":"ask","details":["a","b"]}`), ErrUnprocessable, "X", "422 X: Invalid (ask; a; b)"},
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

// A success need not be JSON where the contract does not promise JSON.
func TestUndocumentedAnswersMayBeAnything(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		return respond(200, "pong", "Content-Type", "text/plain"), nil
	})
	if err := client.Call(t.Context(), "GET", "/ping", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestPromised(t *testing.T) {
	t.Parallel()
	json, csv := []string{"application/json"}, []string{"text/csv"}
	some := []pepay.SuccessAnswer{{Status: "200", MediaTypes: json}, {Status: "201", MediaTypes: csv}}
	for name, c := range map[string]struct {
		method  string
		answers []pepay.SuccessAnswer
		status  int
		want    []string
	}{
		"documented":                     {"GET", some, 200, json},
		"another":                        {"GET", some, 201, csv},
		"not documented":                 {"GET", some, 203, []string{"application/json", "text/csv"}},
		"no content":                     {"GET", some, 204, []string{"application/json", "text/csv"}},
		"no content, documented":         {"GET", append(some, pepay.SuccessAnswer{Status: "204"}), 204, nil},
		"another, 204 being documented":  {"GET", append(some, pepay.SuccessAnswer{Status: "204"}), 202, nil},
		"all of them":                    {"GET", []pepay.SuccessAnswer{{Status: "2XX", MediaTypes: json}}, 202, json},
		"one of its own beside the rest": {"GET", []pepay.SuccessAnswer{{Status: "204"}, {Status: "2XX", MediaTypes: json}}, 204, nil},
		"one of the rest":                {"GET", []pepay.SuccessAnswer{{Status: "204"}, {Status: "2XX", MediaTypes: json}}, 200, json},
		"nothing documented":             {"GET", nil, 200, nil},
		"to HEAD":                        {"HEAD", some, 200, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := &call{method: c.method, op: newOperation(&pepay.Operation{Success: c.answers})}
			if got := cl.promised(c.status); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	if got := (&call{method: "GET"}).promised(200); got != nil {
		t.Errorf("an operation that the contract lacks promises %v", got)
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		promised, actual string
		want             bool
	}{
		{"application/json", "application/json", true},
		{"application/json", "APPLICATION/JSON ; charset=utf-8", true},
		{"application/json", "application/problem+json", true},
		{"application/vnd.pepay+json", "application/json", true},
		{"application/json", "text/json", false},
		{"application/json", "application/jsonp", false},
		{"application/json", "", false},
		{"text/csv", "Text/CSV;header=present", true},
		{"text/csv", "application/json", false},
		{"text/csv application/json", "text/csv", true},
		{"text/*", "text/csv", true},
		{"text/*", "textual/csv", false},
		{"*/*", "anything", true},
	} {
		if got := fits(strings.Fields(c.promised), c.actual); got != c.want {
			t.Errorf("%q for %q: got %t", c.actual, c.promised, got)
		}
	}
}
