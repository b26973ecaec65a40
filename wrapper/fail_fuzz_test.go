package wrapper

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// FuzzAnswer answers a mint with anything. A token comes of it, or an *Error whose
// texts are short, clean and without the key.
func FuzzAnswer(f *testing.F) {
	for _, answer := range []struct {
		status            int
		contentType, body string
	}{
		{200, "application/json", minted},
		{401, "application/json", `{"success":false,"error":{"code":"API_KEY_INVALID","message":"key-canary-1"}}`},
		{429, "application/json", `{"success":false,"message":"no","error_code":"X","retry_after":"15 minutes","details":["a",{"b":"c"}]}`},
		{200, "application/json; charset=utf-8", `{"success":false,"data":{"token":1}}`},
		{502, "text/html", "<html>\x1b[31m"},
		{200, "application/json", `{"data":{"token":"\u0000","expires_at":"soon"}}`},
		{503, "", "[[[[[["},
	} {
		f.Add(answer.status, answer.contentType, answer.body)
	}
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		if status < 200 || status > 599 {
			t.Skip("net/http would refuse it")
		}
		client := newTestClient(t, func(*http.Request) (*http.Response, error) {
			return respond(status, body, "Content-Type", contentType, "X-Request-Id", contentType), nil
		}, once, WithAPIKey("key-canary-1"))
		token, err := client.WSTokens.Mint(t.Context(), MintParams{})
		if err == nil {
			if token == nil || token.Token == "" || token.ExpiresAt.IsZero() || wire.HasControl(token.Token.Reveal()) {
				t.Fatalf("a token that cannot be used: %#v", token)
			}
			return
		}
		var failure *Error
		if !errors.As(err, &failure) || failure.StatusCode != status || token != nil {
			t.Fatalf("%d: %v and %v", status, err, token)
		}
		text := err.Error()
		if len(text) > maxErrorText || wire.HasControl(text) {
			t.Errorf("error text %q", text)
		}
		for _, shown := range append(failure.Details, text, failure.Code, failure.Message, failure.Hint, failure.RequestID, string(failure.Body())) {
			if strings.Contains(shown, "key-canary-1") {
				t.Errorf("the key is in %q", shown)
			}
		}
	})
}
