package wrapper_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// No fault, and no way of printing what comes of it, shows a credential or a
// minted token.
func TestNoFaultShowsASecret(t *testing.T) {
	t.Parallel()
	const canary = "canary-d41d8cd98f00b204"
	faults := map[string]pepaytest.Fault{
		"none":                pepaytest.Latency(time.Microsecond),
		"reset before":        pepaytest.ResetBefore(),
		"reset in mid-body":   pepaytest.ResetMidBody(),
		"content type":        pepaytest.ContentType("text/html"),
		"content type echoes": pepaytest.ContentType("text/" + canary),
		"truncated":           pepaytest.RawBody(`{"success":true,"data":{"token":"` + canary),
		"wrong type":          pepaytest.RawBody(`{"success":true,"data":{"token":"` + canary + `","expires_at":"` + canary + `"}}`),
		"oversized":           pepaytest.Oversized(10 << 20),
		"success false":       pepaytest.SuccessFalse(canary, "key "+canary+" is unknown"),
		"missing data":        pepaytest.MissingData(),
		"redirect":            pepaytest.RedirectTo("https://evil.example/?key=" + canary),
		"echo":                pepaytest.Envelope(401, `{"success":false,"error":{"code":"`+canary+`","message":"Invalid API key `+canary+`"}}`),
		"echo, legacy":        pepaytest.Envelope(500, `{"error":"`+canary+`","code":"`+canary+`"}`),
	}
	for _, status := range []int{400, 401, 403, 404, 409, 410, 429, 500, 502, 503} {
		faults[fmt.Sprint(status)] = pepaytest.Status(status)
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := pepaytest.NewServer(t,
				pepaytest.WithKey(canary, pepaytest.Key{MerchantID: 1, Scope: pepay.WSTokenScopeCommerce, Environment: pepay.NetworkEnvironmentDevnet}))
			server.Faults().On("*", fault, pepaytest.Always())
			var log safeBuffer
			level := &slog.HandlerOptions{Level: slog.LevelDebug}
			for _, handler := range []slog.Handler{slog.NewTextHandler(&log, level), slog.NewJSONHandler(&log, level)} {
				client, err := wrapper.New(
					wrapper.WithBaseURL(server.URL()),
					wrapper.WithHTTPClient(server.Client()),
					wrapper.WithAPIKey(canary),
					wrapper.WithCommerceAPIKey(canary),
					wrapper.WithBearerToken(canary),
					wrapper.WithLogger(slog.New(handler)),
					wrapper.WithRetry(wrapper.RetryPolicy{MaxRetries: 1, BaseDelay: time.Microsecond}),
				)
				if err != nil {
					t.Fatal(err)
				}
				token, minted := client.WSTokens.Mint(t.Context(), wrapper.MintParams{Scope: pepay.WSTokenScopeCommerce})
				answer, raw := client.API().MintWSTokenWithResponse(t.Context(), pepay.MintWSTokenRequest{})
				called := client.Call(t.Context(), http.MethodPost, "/api/v1/ws/token?key="+canary, nil, nil)
				cancelled, cancel := context.WithCancel(t.Context())
				cancel()
				_, aborted := client.WSTokens.Mint(cancelled, wrapper.MintParams{})

				secrets := []string{canary}
				if token != nil {
					secrets = append(secrets, token.Token.Reveal())
				}
				logger := slog.New(handler)
				if token != nil && answer != nil {
					logger.Info("results", "token", token, "answer", answer, "client", client)
				}
				printed := fmt.Sprintf("%v %+v %#v %s", token, token, token, client)
				for _, err := range []error{minted, raw, called, aborted} {
					logger.Info("failed", "err", err)
					printed += everyForm(err)
				}
				if answer != nil {
					printed += fmt.Sprintf("%v %+v", *answer.JSON200, answer.JSON200)
				}
				for _, secret := range secrets {
					if strings.Contains(printed, secret) {
						t.Errorf("printed: …%s", around(printed, secret))
					}
					if strings.Contains(log.String(), secret) {
						t.Errorf("logged: …%s", around(log.String(), secret))
					}
				}
			}
		})
	}
}

// around is the part of text that a reader of the failure needs.
func around(text, secret string) string {
	at := strings.Index(text, secret)
	return text[max(0, at-200):min(len(text), at+len(secret))]
}

// everyForm prints an error and all it wraps in the ways programs print errors.
func everyForm(err error) string {
	if err == nil {
		return ""
	}
	encoded, jsonErr := json.Marshal(err)
	text := fmt.Sprintf("%v %+v %#v %q %s %v", err, err, err, err, encoded, jsonErr)
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, inner := range many.Unwrap() {
			text += everyForm(inner)
		}
	}
	return text + everyForm(errors.Unwrap(err))
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
